/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is chosen in the browser: one entry, all that are tagged, or a name that is typed. */
#include "app-private.h"
#include "cur/base/file.h"
#include "cur/base/text.h"
#include "cur/conf/keys.h"
#include "cur/ui/pager.h"
#include "folders-private.h"

enum { VIEW_MAX = 16 << 20 };

/* Give the answer away before closing: close() answers those that have none. Takes `names`. */
static void choose_these(struct view *view, GPtrArray *names)
{
	struct browser *b = view->data;
	prompt_text_fn done = b->done;
	prompt_many_fn many = b->many;
	struct app *app = view->app;
	void *data = b->data;
	g_auto(GStrv) texts = NULL;

	g_ptr_array_add(names, NULL);
	texts = (char **)g_ptr_array_free(names, FALSE);
	b->done = NULL;
	b->many = NULL;
	view_close(view);
	if (many)
		many(app, texts, data);
	else if (done)
		done(app, texts[0], data);
	else
		app_open_mailbox(app, texts[0], app->read_only);
}

static void choose(struct view *view, const char *name)
{
	GPtrArray *names = g_ptr_array_new();

	g_ptr_array_add(names, g_strdup(name));
	choose_these(view, names);
}

/* What is tagged, in the order of the list. */
static void choose_tagged(struct view *view)
{
	const struct browser *b = view->data;
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < b->items->len; i++) {
		const struct item *item = g_ptr_array_index(b->items, i);

		if (g_hash_table_contains(b->tagged, item->name))
			g_ptr_array_add(names, g_strdup(item->name));
	}
	choose_these(view, names);
}

static void select_entry(struct view *view, int fn)
{
	const struct browser *b = view->data;
	const struct item *item = folders_current(view);

	if (g_hash_table_size(b->tagged) && fn != FN_DESCEND_DIRECTORY) {
		choose_tagged(view);
	} else if (item->is_dir || (fn == FN_DESCEND_DIRECTORY && S_ISDIR(item->st.st_mode))) {
		g_autofree char *dir = g_strdup(item->name);

		folders_go_to(view, dir);
	} else {
		choose(view, item->name);
	}
}

/* A file is shown, what is no file is chosen. */
static void view_file(struct view *view, int fn)
{
	const struct item *item = folders_current(view);
	GError *error = NULL;
	g_autofree char *bytes = NULL;
	gsize n;

	if (!S_ISREG(item->st.st_mode)) {
		select_entry(view, fn);
		return;
	}
	bytes = file_read(item->name, VIEW_MAX, FILE_READ_FOLLOW, &n, &error);
	if (bytes)
		pager_open_text(view->app, item->shown, text_make_valid(bytes, (gssize)n));
	else
		app_gerror(view->app, &error);
}

static void file_typed(struct app *app, const char *text, void *data)
{
	struct view *view = data;
	guint at;

	if (text && *text && g_ptr_array_find(app->views, view, &at))
		choose(view, text);
}

static void select_new(struct view *view, int fn)
{
	struct ask ask = {.question = "New file name: ",
			  .complete = COMPLETE_FILE,
			  .history = HISTORY_FILE,
			  .done = file_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

static void tag(struct view *view, int fn)
{
	struct browser *b = view->data;
	const struct item *item = folders_current(view);

	if (!b->many) {
		app_error(view->app, "Tagging is not supported.");
		return;
	}
	if (S_ISDIR(item->st.st_mode)) {
		app_error(view->app, "Can't attach a directory!");
		return;
	}
	if (!g_hash_table_remove(b->tagged, item->name))
		g_hash_table_add(b->tagged, g_strdup(item->name));
	if (app_settings(view->app)->resolve && view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

const struct fn_handler folders_choose_handlers[] = {
    {FN_SELECT_ENTRY, select_entry, NEED_ENTRY},
    {FN_DESCEND_DIRECTORY, select_entry, NEED_ENTRY},
    {FN_VIEW_FILE, view_file, NEED_ENTRY},
    {FN_SELECT_NEW, select_new, 0},
    {FN_TAG_ENTRY, tag, NEED_ENTRY},
    {FN_NOOP},
};
