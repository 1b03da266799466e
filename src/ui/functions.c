/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calling functions: which handler, what it needs, what to say when that is
 * missing. And the functions that every view has.
 */
#include "cur/ui/functions.h"

#include <stdlib.h>
#include <string.h>

#include "app-private.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "cur/ui/keymap.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "cur/ui/screen.h"
#include "fn-generic.h"
#include "fn-status.h"
#include "help.h"
#include "messages.h"
#include "wanted.h"

/* ---- movement -------------------------------------------------------------------------- */

static const struct {
	int fn;
	enum list_step step;
	const char *at_end; /* what mutt says when it cannot */
} steps[] = {
    {FN_FIRST_ENTRY, LIST_FIRST, NULL},
    {FN_LAST_ENTRY, LIST_LAST, NULL},
    {FN_NEXT_LINE, LIST_NEXT_LINE, "You cannot scroll down farther."},
    {FN_PREVIOUS_LINE, LIST_PREVIOUS_LINE, "You cannot scroll up farther."},
    {FN_NEXT_PAGE, LIST_NEXT_PAGE, "You are on the last page."},
    {FN_PREVIOUS_PAGE, LIST_PREVIOUS_PAGE, "You are on the first page."},
    {FN_HALF_DOWN, LIST_HALF_DOWN, "You are on the last page."},
    {FN_HALF_UP, LIST_HALF_UP, "You are on the first page."},
    {FN_TOP_PAGE, LIST_TOP_PAGE, NULL},
    {FN_MIDDLE_PAGE, LIST_MIDDLE_PAGE, NULL},
    {FN_BOTTOM_PAGE, LIST_BOTTOM_PAGE, NULL},
    {FN_CURRENT_TOP, LIST_CURRENT_TOP, NULL},
    {FN_CURRENT_MIDDLE, LIST_CURRENT_MIDDLE, NULL},
    {FN_CURRENT_BOTTOM, LIST_CURRENT_BOTTOM, NULL},
};

static void move(struct view *view, int fn)
{
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (steps[i].fn != fn)
			continue;
		if (!list_move(&view->list, steps[i].step) && steps[i].at_end)
			app_error(view->app, "%s", steps[i].at_end);
	}
	view_redraw(view);
}

static void next_entry(struct view *view, int fn)
{
	if (view->list.cursor + 1 >= view->list.n)
		app_error(view->app, "You are on the last entry.");
	else
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static void previous_entry(struct view *view, int fn)
{
	if (!view->list.cursor)
		app_error(view->app, "You are on the first entry.");
	else
		list_go(&view->list, view->list.cursor - 1);
	view_redraw(view);
}

static void jump_to(struct app *app, const char *text, void *data)
{
	struct view *view = view_top(app);
	guint64 n = text ? g_ascii_strtoull(text, NULL, 10) : 0;

	if (!text || !view)
		return;
	if (n < 1 || n > view->list.n)
		app_error(app, "Invalid index number.");
	else
		list_go(&view->list, n - 1);
	view_redraw(view);
}

static void jump(struct view *view, int fn)
{
	char first[] = {view->app->key, 0};
	struct ask ask = {.question = "Jump to: ",
			  .initial = g_ascii_isdigit(view->app->key) ? first : NULL,
			  .history = HISTORY_N,
			  .done = jump_to};

	prompt_ask(view->app, &ask);
}

/* ---- every view ------------------------------------------------------------------------- */

static void help(struct view *view, int fn)
{
	help_open(view->app, view->ops->menu);
}

static void redraw(struct view *view, int fn)
{
	screen_clear(view->app->screen);
	app_redraw(view->app);
}

static void leave(struct view *view, int fn)
{
	view_close(view);
}

static void version(struct view *view, int fn)
{
	app_message(view->app, "cur " CUR_VERSION);
}

static void errors(struct view *view, int fn)
{
	pager_open_text(view->app, "Error History", messages_history(view->app));
}

static void tag_prefix(struct view *view, int fn)
{
	struct app *app = view->app;

	if (fn_tagged_count(view)) {
		app->tag_prefix = TRUE;
		app_message(app, "tag-");
	} else if (fn == FN_TAG_PREFIX) {
		app_error(app, "No tagged messages.");
		keymap_flush(app->keymap);
	} else {
		keymap_flush_to(app->keymap, FN_END_COND);
	}
}

static void nothing(struct view *view, int fn)
{
}

/* What every view can do: movement in its list, help, ':', '!', refresh, quit, version. */
static const struct fn_handler view_handlers[] = {
    {FN_FIRST_ENTRY, move, NEED_ENTRY},
    {FN_LAST_ENTRY, move, NEED_ENTRY},
    {FN_NEXT_LINE, move, NEED_ENTRY},
    {FN_PREVIOUS_LINE, move, NEED_ENTRY},
    {FN_NEXT_PAGE, move, NEED_ENTRY},
    {FN_PREVIOUS_PAGE, move, NEED_ENTRY},
    {FN_HALF_DOWN, move, NEED_ENTRY},
    {FN_HALF_UP, move, NEED_ENTRY},
    {FN_TOP_PAGE, move, NEED_ENTRY},
    {FN_MIDDLE_PAGE, move, NEED_ENTRY},
    {FN_BOTTOM_PAGE, move, NEED_ENTRY},
    {FN_CURRENT_TOP, move, NEED_ENTRY},
    {FN_CURRENT_MIDDLE, move, NEED_ENTRY},
    {FN_CURRENT_BOTTOM, move, NEED_ENTRY},
    {FN_NEXT_ENTRY, next_entry, NEED_ENTRY},
    {FN_PREVIOUS_ENTRY, previous_entry, NEED_ENTRY},
    {FN_JUMP, jump, NEED_ENTRY},
    {FN_SEARCH, fn_search_entries, NEED_ENTRY},
    {FN_SEARCH_REVERSE, fn_search_entries, NEED_ENTRY},
    {FN_SEARCH_NEXT, fn_search_again, NEED_ENTRY},
    {FN_SEARCH_OPPOSITE, fn_search_again, NEED_ENTRY},
    {FN_HELP, help, 0},
    {FN_REFRESH, redraw, 0},
    {FN_REDRAW_SCREEN, redraw, 0},
    {FN_EXIT, leave, 0},
    {FN_QUIT, leave, 0},
    {FN_ENTER_COMMAND, fn_enter_command, 0},
    {FN_SHELL_ESCAPE, fn_shell_escape, 0},
    {FN_WHAT_KEY, fn_what_key, 0},
    {FN_SHOW_VERSION, version, 0},
    {FN_CHECK_STATS, fn_fetch_mail, 0},
    {FN_SHOW_STATUS, fn_show_status, 0},
    {FN_ERROR_HISTORY, errors, 0},
    {FN_SHOW_LOG_MESSAGES, errors, 0},
    {FN_TAG_PREFIX, tag_prefix, 0},
    {FN_TAG_PREFIX_COND, tag_prefix, 0},
    {FN_END_COND, nothing, 0},
    {FN_NOOP},
};

/* ---- calling ------------------------------------------------------------------------- */

static const struct fn_handler *find_in(const struct fn_handler *table, int fn)
{
	for (; table->fn != FN_NOOP; table++)
		if (table->fn == fn)
			return table;
	return NULL;
}

/* Who does a function in a view; NULL when nobody does. */
static const struct fn_handler *find_handler(const struct view *view, int fn)
{
	const struct fn_handler *handler = NULL;

	for (guint i = 0; view->ops->handlers && view->ops->handlers[i] && !handler; i++)
		handler = find_in(view->ops->handlers[i], fn);
	return handler ? handler : find_in(view_handlers, fn);
}

/* What is missing for a function, or NULL. */
static const char *missing(const struct view *view, unsigned needs)
{
	struct mailbox *mb = view->app->mailbox;

	if (needs & (NEED_MAILBOX | NEED_MESSAGE | NEED_WRITABLE | NEED_THREADS) && !mb)
		return "No mailbox is open.";
	if (needs & NEED_MESSAGE && !mailbox_count(mb))
		return "There are no messages.";
	if (needs & NEED_WRITABLE && !mailbox_writable(mb))
		return mailbox_read_only(mb) ? "Mailbox is read-only."
					     : "Mailbox is marked unwritable.";
	if (needs & NEED_THREADS && !mailbox_threaded(mb))
		return "Threading is not enabled.";
	if (needs & NEED_ENTRY && !view->list.n)
		return "No entries.";
	return NULL;
}

/* Why nobody does a function here. Yours. */
static char *why_not(int fn)
{
	switch (function_state(fn)) {
	case STATE_REPLACED:
		return g_strdup_printf("%s is replaced %s", function_name(fn), function_help(fn));
	case STATE_MEANINGLESS:
		return g_strdup_printf("%s: %s", function_name(fn), function_help(fn));
	default:
		return g_strdup("Not available in this menu.");
	}
}

void fn_call(struct view *view, int fn)
{
	struct app *app = view->app;
	const struct fn_handler *handler = find_handler(view, fn);
	g_autofree char *what = NULL;

	if (fn == FN_NOOP)
		return;
	what = handler ? g_strdup(missing(view, handler->needs)) : why_not(fn);
	if (what) {
		app_error(app, "%s", what);
		keymap_flush(app->keymap);
		app->tag_prefix = FALSE;
		return;
	}
	app->priv->on_tagged = app->index && app_means_tagged(app);
	if (handler->needs & NEED_TEXT && !wanted_are_here(view, fn))
		keymap_flush(app->keymap);
	else
		handler->run(view, fn);
	if (fn != FN_TAG_PREFIX && fn != FN_TAG_PREFIX_COND)
		app->tag_prefix = FALSE;
}
