/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: folding, stepping, parents, and links of this session. */
#include "cur/conf/names.h"
#include "cur/mail/flags.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "index.h"

static guint current(struct app *app)
{
	guint pos = 0;

	app_current(app, &pos);
	return pos;
}

/* In the thread under the cursor; `lid` when all are read. */
static guint32 first_unread(struct app *app, guint32 lid)
{
	g_autoptr(GArray) thread = mailbox_scope(app->mailbox, current(app), SCOPE_THREAD);

	for (guint i = 0; i < thread->len; i++) {
		guint32 one = g_array_index(thread, guint32, i);
		mark_t flags = 0;

		if (mailbox_lid_row(app->mailbox, one, NULL, &flags, NULL) && !(flags & FLAG_SEEN))
			return one;
	}
	return lid;
}

static void fold(struct view *view, int fn)
{
	struct app *app = view->app;
	enum mailbox_fold how = fn == FN_OPEN_THREAD	? FOLD_OPEN
				: fn == FN_CLOSE_THREAD ? FOLD_CLOSE
							: FOLD_TOGGLE;
	guint32 lid = index_lid(app);
	guint hidden = mailbox_hidden(app->mailbox, current(app));

	if (!mailbox_fold(app->mailbox, current(app), how)) {
		app_error(app, "Thread contains unread or flagged messages.");
		return;
	}
	if (hidden && how != FOLD_CLOSE && app_settings(app)->uncollapse_jump)
		lid = first_unread(app, lid);
	index_reshow(app, lid);
}

static void fold_all(struct view *view, int fn)
{
	struct app *app = view->app;
	enum mailbox_fold how = fn == FN_OPEN_ALL_THREADS    ? FOLD_OPEN
				: fn == FN_CLOSE_ALL_THREADS ? FOLD_CLOSE
							     : FOLD_TOGGLE;
	guint32 lid = index_lid(app);

	mailbox_fold_all(app->mailbox, how);
	index_reshow(app, lid);
}

static void step(struct view *view, int fn)
{
	struct app *app = view->app;
	gboolean forward = fn == FN_NEXT_THREAD || fn == FN_NEXT_SUBTHREAD;
	enum mailbox_scope scope =
	    fn == FN_NEXT_THREAD || fn == FN_PREVIOUS_THREAD ? SCOPE_THREAD : SCOPE_SUBTHREAD;
	guint to;

	if (mailbox_step_thread(app->mailbox, current(app), scope, forward, &to))
		app_go(app, to);
	else
		app_error(app, forward ? "No more threads." : "You are on the first thread.");
}

static void go_up(struct view *view, int fn)
{
	struct app *app = view->app;
	guint to;
	gboolean found = fn == FN_PARENT_MESSAGE ? mailbox_parent(app->mailbox, current(app), &to)
						 : mailbox_root(app->mailbox, current(app), &to);

	if (found)
		app_go(app, to);
	else
		app_error(app, "Parent message is not available.");
}

static void break_thread(struct view *view, int fn)
{
	mailbox_break_thread(view->app->mailbox, current(view->app));
	app_message(view->app, "Thread broken");
	app_effects(view->app);
}

static void link_threads(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GArray) tagged = mailbox_session_lids(app->mailbox, SESSION_TAGGED);

	if (!tagged->len) {
		app_error(app, "First, please tag a message to be linked here");
		return;
	}
	mailbox_link_threads(app->mailbox, tagged, current(app));
	app_message(app, "Threads linked");
	app_effects(app);
}

enum { IN_THREADS = NEED_MESSAGE | NEED_THREADS };

const struct fn_handler fn_thread_handlers[] = {
    {FN_COLLAPSE_THREAD, fold, IN_THREADS},
    {FN_OPEN_THREAD, fold, IN_THREADS},
    {FN_CLOSE_THREAD, fold, IN_THREADS},
    {FN_COLLAPSE_ALL, fold_all, IN_THREADS},
    {FN_OPEN_ALL_THREADS, fold_all, IN_THREADS},
    {FN_CLOSE_ALL_THREADS, fold_all, IN_THREADS},
    {FN_NEXT_THREAD, step, IN_THREADS},
    {FN_PREVIOUS_THREAD, step, IN_THREADS},
    {FN_NEXT_SUBTHREAD, step, IN_THREADS},
    {FN_PREVIOUS_SUBTHREAD, step, IN_THREADS},
    {FN_PARENT_MESSAGE, go_up, IN_THREADS},
    {FN_ROOT_MESSAGE, go_up, IN_THREADS},
    {FN_BREAK_THREAD, break_thread, IN_THREADS},
    {FN_LINK_THREADS, link_threads, IN_THREADS},
    {FN_NOOP},
};
