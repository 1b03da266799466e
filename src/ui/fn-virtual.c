/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual mailboxes: opening them, their window in time, whole threads, and hiding messages. */
#include <string.h>

#include "app-private.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"
#include "cur/conf/virtual.h"
#include "cur/conf/words.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "fn-virtual.h"
#include "index.h"

/* ---- opening ----------------------------------------------------------------------------- */

static void query_typed(struct app *app, const char *text, void *read_only)
{
	g_autofree char *name = text && *text ? conf_virtual_name(text, FALSE) : NULL;

	if (name)
		app_open_mailbox(app, name, read_only != NULL);
}

static void ask_query(struct view *view, int fn)
{
	struct ask ask = {.question = "Query: ",
			  .history = HISTORY_OTHER,
			  .done = query_typed,
			  .data = fn == FN_VFOLDER_FROM_QUERY ? NULL : view};

	prompt_ask(view->app, &ask);
}

static void name_typed(struct app *app, const char *text, void *unused)
{
	const char *named = text ? conf_mailbox_labelled(app->conf, text) : NULL;

	if (!text || !*text)
		return;
	if (conf_is_virtual(named ? named : text))
		app_open_mailbox(app, text, app->read_only);
	else
		app_error(app, "%s is not a virtual mailbox.", text);
}

/* The next one with unread messages after the open one, as it is typed; NULL: there is none. */
static char *next_unread(struct app *app)
{
	const char *here = app->mailbox ? mailbox_name(app->mailbox) : "";
	guint n = directory_count(app->directory), start = 0;

	for (guint i = 0; i < n; i++)
		if (g_str_equal(directory_at(app->directory, i)->name, here))
			start = i + 1;
	for (guint i = 0; i < n; i++) {
		const struct folder *f = directory_at(app->directory, (start + i) % n);

		if (conf_is_virtual(f->name) && f->unread && !g_str_equal(f->name, here))
			return g_strdup(*f->label ? f->label : f->name);
	}
	return NULL;
}

static void change_vfolder(struct view *view, int fn)
{
	g_autofree char *initial = next_unread(view->app);
	struct ask ask = {.question = "Open virtual folder: ",
			  .initial = initial,
			  .complete = COMPLETE_MAILBOX,
			  .replace = TRUE,
			  .history = HISTORY_MAILBOX,
			  .done = name_typed};

	prompt_ask(view->app, &ask);
}

/* ---- the window ---------------------------------------------------------------------------- */

static void set(struct app *app, const char *name, const char *value)
{
	g_autofree char *quoted = words_quote(value);
	g_autofree char *line = g_strdup_printf("set %s=%s", name, quoted);

	conf_command(app->conf, line, NULL, NULL);
}

static void set_position(struct app *app, int position)
{
	g_autofree char *number = g_strdup_printf("%d", position);

	set(app, "nm_query_window_current_position", number);
}

void virtual_opening(struct app *app, const char *name)
{
	const struct settings *s = app_settings(app);
	auto_ptr(virtual_query) query =
	    conf_is_virtual(name) ? conf_virtual_query(app->conf, name, NULL) : NULL;

	if (!query || g_str_equal(query->asked, s->nm_query_window_current_search))
		return;
	set(app, "nm_query_window_current_search", query->asked);
	set_position(app, 0);
}

static int shifted(const struct settings *s, int fn)
{
	int at = s->nm_query_window_current_position;

	switch (fn) {
	case FN_VFOLDER_WINDOW_BACKWARD:
		return at + 1;
	case FN_VFOLDER_WINDOW_FORWARD:
		return MAX(at - 1, 0);
	default:
		return 0;
	}
}

static void shift_window(struct view *view, int fn)
{
	struct app *app = view->app;
	const struct settings *s = app_settings(app);
	g_autofree char *name = NULL;

	if (s->nm_query_window_duration <= 0 && !s->nm_query_window_enable) {
		app_error(app, "Windowed queries are off: set nm_query_window_duration.");
		return;
	}
	if (!*s->nm_query_window_current_search) {
		app_error(app, "No virtual mailbox was opened yet.");
		return;
	}
	set_position(app, shifted(s, fn));
	name = conf_virtual_name(app_settings(app)->nm_query_window_current_search, FALSE);
	app_open_mailbox(app, name, app->read_only);
}

/* ---- messages ------------------------------------------------------------------------------ */

/* Here where it is a virtual mailbox, else in one of its own. */
static void entire_thread(struct view *view, int fn)
{
	struct app *app = view->app;
	guint32 lid = index_lid(app);
	g_autofree char *name = mailbox_thread_name(app->mailbox, lid);

	if (!name)
		app_error(app, "The message has no usable Message-ID.");
	else if (mailbox_is_virtual(app->mailbox))
		mailbox_gather_thread(app->mailbox, lid);
	else
		app_open_mailbox(app, name, app->read_only);
}

void virtual_hide(struct app *app, const GArray *lids)
{
	guint cursor = 0, before = 0, pos, n;

	app_current(app, &cursor);
	for (guint i = 0; i < lids->len; i++)
		before += mailbox_find(app->mailbox, g_array_index(lids, guint32, i), &pos) &&
			  pos < cursor;
	mailbox_hide(app->mailbox, lids);
	n = mailbox_count(app->mailbox);
	index_reshow(app, mailbox_lid(app->mailbox, MIN(cursor - before, n ? n - 1 : 0)));
	if (n)
		app_go(app, MIN(cursor - before, n - 1));
}

static void quasi_delete(struct view *view, int fn)
{
	g_autoptr(GArray) lids = app_targets(view->app);

	virtual_hide(view->app, lids);
}

const struct fn_handler fn_virtual_handlers[] = {
    {FN_CHANGE_VFOLDER, change_vfolder, 0},
    {FN_VFOLDER_FROM_QUERY, ask_query, 0},
    {FN_VFOLDER_FROM_QUERY_READONLY, ask_query, 0},
    {FN_VFOLDER_WINDOW_BACKWARD, shift_window, 0},
    {FN_VFOLDER_WINDOW_FORWARD, shift_window, 0},
    {FN_VFOLDER_WINDOW_RESET, shift_window, 0},
    {FN_ENTIRE_THREAD, entire_thread, NEED_MESSAGE},
    {FN_QUASI_DELETE, quasi_delete, NEED_MESSAGE},
    {FN_NOOP},
};
