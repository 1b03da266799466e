/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that change the list of parts: more, fewer, in another order. */
#include <unistd.h>

#include "compose-private.h"
#include "cur/base/path.h"
#include "cur/conf/keys.h"
#include "cur/conf/settings.h"
#include "cur/model/mailbox.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "cur/ui/viewer.h"

/* ---- adding ---- */

static void attach(struct app *app, struct composer *c, const char *text)
{
	g_autofree char *expanded = path_home_expand(text);
	g_autofree char *path = path_absolute(expanded);
	struct draft_part *part;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || access(path, R_OK) != 0) {
		app_error(app, "Unable to attach %s!", path);
		return;
	}
	part = draft_part_new_file(path, FALSE);
	g_ptr_array_add(composer_draft(c)->parts, part);
	composer_changed(c);
	composer_go(c, part);
}

static void file_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);

	if (c && text && *text)
		attach(app, c, text);
}

static void files_chosen(struct app *app, char *const *texts, void *data)
{
	struct composer *c = composer_top(app);

	for (guint i = 0; c && texts[i]; i++)
		attach(app, c, texts[i]);
}

static void fn_attach(struct view *view, int fn)
{
	struct ask ask = {
	    .question = "Attach file: ",
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = file_typed,
	    .many = files_chosen,
	};

	prompt_ask(view->app, &ask);
}

/* The tagged messages of the open mailbox, else the current one, as message/rfc822. */
static void fn_attach_message(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct app *app = view->app;
	g_autoptr(GArray) lids = NULL;
	g_autoptr(GPtrArray) items = NULL;
	guint pos;
	guint32 lid;

	if (!app->mailbox || !app_current(app, &pos)) {
		app_error(app, "No messages in that folder.");
		return;
	}
	lids = mailbox_session_lids(app->mailbox, SESSION_TAGGED);
	lid = mailbox_lid(app->mailbox, pos);
	if (!lids->len)
		g_array_append_val(lids, lid);
	items = viewer_messages(app, lids, FALSE, FALSE);
	for (guint i = 0; items && i < items->len; i++)
		g_ptr_array_add(
		    composer_draft(c)->parts,
		    draft_part_new_message(g_bytes_ref(g_ptr_array_index(items, i)), NULL));
	composer_changed(c);
}

/* ---- taking away ---- */

/* A pointer to what is gone must not stay tagged: another part may get its place in memory. */
static void detach(struct composer *c, struct draft_part *part)
{
	g_hash_table_remove_all(c->tagged);
	draft_remove(composer_draft(c), part);
	composer_changed(c);
}

static void detach_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (c && yes == 1)
		detach(c, composer_part(c));
}

static void fn_detach(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);

	if (draft_n_attachments(composer_draft(c)) + draft_has_text(composer_draft(c)) < 2)
		app_error(view->app, "You may not delete the only attachment.");
	else if (view->list.cursor == 0 && app_settings(view->app)->compose_confirm_detach_first)
		prompt_yes_no(view->app, "Really delete the main message?", QUAD_ASK_NO,
			      detach_answered, NULL);
	else
		detach(c, part);
}

/* ---- in another order ---- */

static void fn_move(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autoptr(GArray) entries = draft_entries(composer_draft(c));
	const struct draft_entry *entry =
	    &g_array_index(entries, struct draft_entry, view->list.cursor);
	gpointer *list = entry->siblings->pdata;
	guint from = entry->index;
	guint to = fn == FN_MOVE_UP ? from - 1 : from + 1;

	if (to >= entry->siblings->len) {
		app_error(view->app, "Attachment cannot be moved there.");
		return;
	}
	list[from] = list[to];
	list[to] = entry->part;
	composer_changed(c);
	composer_go(c, entry->part);
}

const struct fn_handler compose_part_handlers[] = {
    {FN_ATTACH_FILE, fn_attach, 0},	     {FN_ATTACH_MESSAGE, fn_attach_message, 0},
    {FN_DETACH_FILE, fn_detach, NEED_ENTRY}, {FN_MOVE_UP, fn_move, NEED_ENTRY},
    {FN_MOVE_DOWN, fn_move, NEED_ENTRY},     {FN_NOOP},
};
