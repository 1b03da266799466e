/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags, tags and marks for deletion: of one message, the tagged ones, a thread, a pattern. */
#include "busy.h"
#include "cur/conf/names.h"
#include "cur/mail/flags.h"
#include "cur/model/mailbox.h"
#include "cur/query/pattern.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "server-search.h"

/* ---- flags the cache holds -------------------------------------------------------------- */

static void marked(struct mailbox *mb, const GError *error, void *data)
{
	if (error)
		app_error(data, "%s", error->message);
}

static void mark(struct app *app, const GArray *lids, mark_t add, mark_t remove)
{
	mailbox_mark(app->mailbox, lids, add, remove, marked, app);
}

static gboolean first_has(struct app *app, const GArray *lids, mark_t flag)
{
	mark_t flags = 0;

	return lids->len &&
	       mailbox_lid_row(app->mailbox, g_array_index(lids, guint32, 0), NULL, &flags, NULL) &&
	       flags & flag;
}

/* flag-message and toggle-new: the first message says which way all go. */
static void toggle(struct view *view, mark_t flag)
{
	g_autoptr(GArray) lids = app_targets(view->app);
	gboolean set = first_has(view->app, lids, flag);

	mark(view->app, lids, set ? 0 : flag, set ? flag : 0);
	app_advance(view->app, NEXT_UNDELETED);
}

static void toggle_flagged(struct view *view, int fn)
{
	toggle(view, FLAG_FLAGGED);
}

static void toggle_seen(struct view *view, int fn)
{
	toggle(view, FLAG_SEEN);
}

static void mark_as_new(struct view *view, int fn)
{
	g_autoptr(GArray) lids = app_targets(view->app);

	mark(view->app, lids, 0, FLAG_SEEN);
	app_advance(view->app, NEXT_UNDELETED);
}

/* What the letters of set-flag and clear-flag stand for. */
static const struct {
	char letter;
	mark_t flag;
	unsigned session;
	gboolean inverse; /* N and O are the absence of \Seen */
} letters[] = {
    {'N', FLAG_SEEN, 0, TRUE},	      {'O', FLAG_SEEN, 0, TRUE},
    {'r', FLAG_ANSWERED, 0, FALSE},   {'*', 0, SESSION_TAGGED, FALSE},
    {'D', 0, SESSION_DELETED, FALSE}, {'!', FLAG_FLAGGED, 0, FALSE},
};

struct flagging {
	GArray *lids;
	gboolean set;
};

/* $flag_safe: what is flagged is not to be deleted. */
static gboolean is_safe(struct app *app, guint32 lid)
{
	mark_t flags = 0;

	return app_settings(app)->flag_safe &&
	       mailbox_lid_row(app->mailbox, lid, NULL, &flags, NULL) && flags & FLAG_FLAGGED;
}

static void set_session(struct app *app, const GArray *lids, unsigned set, unsigned clear)
{
	guint n_safe = 0;

	for (guint i = 0; i < lids->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (set & SESSION_DELETED && is_safe(app, lid))
			n_safe++;
		else
			mailbox_set_session(app->mailbox, lid, set, clear);
	}
	if (n_safe)
		app_error(app, "Flagged messages are not deleted ($flag_safe).");
	view_redraw(app->index);
	view_redraw(view_top(app));
}

static void letter_chosen(struct app *app, int choice, void *data)
{
	struct flagging *f = data;

	if (choice >= 0 && app->mailbox) {
		gboolean set = f->set != letters[choice].inverse;
		mark_t flag = letters[choice].flag;
		unsigned session = letters[choice].session;

		if (session)
			set_session(app, f->lids, set ? session : 0, set ? 0 : session);
		else
			mark(app, f->lids, set ? flag : 0, set ? 0 : flag);
		app_advance(app, NEXT_UNDELETED);
	}
	g_array_unref(f->lids);
	g_free(f);
}

static void choose_flag(struct view *view, int fn)
{
	struct flagging *f = g_new0(struct flagging, 1);
	char text[G_N_ELEMENTS(letters) + 1] = "";

	for (guint i = 0; i < G_N_ELEMENTS(letters); i++)
		text[i] = letters[i].letter;
	f->lids = app_targets(view->app);
	f->set = fn == FN_SET_FLAG;
	prompt_key(view->app,
		   f->set ? "Set flag? (N/O/r/*/D/!): " : "Clear flag? (N/O/r/*/D/!): ", text,
		   letter_chosen, f);
}

/* ---- threads and patterns ------------------------------------------------------------------ */

static enum mailbox_scope scope_of(int fn)
{
	switch (fn) {
	case FN_DELETE_THREAD:
	case FN_UNDELETE_THREAD:
	case FN_PURGE_THREAD:
	case FN_READ_THREAD:
	case FN_TAG_THREAD:
		return SCOPE_THREAD;
	default:
		return SCOPE_SUBTHREAD;
	}
}

static enum app_next next_of_scope(int fn)
{
	return scope_of(fn) == SCOPE_THREAD ? NEXT_OF_THREADS : NEXT_OF_SUBTHREADS;
}

static GArray *lids_of_scope(struct app *app, int fn)
{
	guint pos = 0;

	app_current(app, &pos);
	return mailbox_scope(app->mailbox, pos, scope_of(fn));
}

static void read_thread(struct view *view, int fn)
{
	g_autoptr(GArray) lids = lids_of_scope(view->app, fn);

	mark(view->app, lids, FLAG_SEEN, 0);
	app_advance(view->app, next_of_scope(fn));
}

static void catch_up(struct view *view, int fn)
{
	auto_ptr(pattern) unread = pattern_compile("~U", NULL, NULL);
	g_autoptr(GArray) lids = mailbox_matching(view->app->mailbox, unread, NULL);

	mark(view->app, lids, FLAG_SEEN, 0);
}

/* What a function does to the session's marks. */
static const struct act {
	int fn;
	unsigned set, clear;
	const char *question;
} acts[] = {
    {FN_DELETE_MESSAGE, SESSION_DELETED, 0, NULL},
    {FN_PURGE_MESSAGE, SESSION_DELETED | SESSION_PURGE, 0, NULL},
    {FN_UNDELETE_MESSAGE, 0, SESSION_DELETED | SESSION_PURGE, NULL},
    {FN_DELETE_THREAD, SESSION_DELETED, 0, NULL},
    {FN_DELETE_SUBTHREAD, SESSION_DELETED, 0, NULL},
    {FN_PURGE_THREAD, SESSION_DELETED | SESSION_PURGE, 0, NULL},
    {FN_UNDELETE_THREAD, 0, SESSION_DELETED | SESSION_PURGE, NULL},
    {FN_UNDELETE_SUBTHREAD, 0, SESSION_DELETED | SESSION_PURGE, NULL},
    {FN_DELETE_PATTERN, SESSION_DELETED, 0, "Delete messages matching: "},
    {FN_UNDELETE_PATTERN, 0, SESSION_DELETED | SESSION_PURGE, "Undelete messages matching: "},
    {FN_TAG_PATTERN, SESSION_TAGGED, 0, "Tag messages matching: "},
    {FN_UNTAG_PATTERN, 0, SESSION_TAGGED, "Untag messages matching: "},
};

static const struct act *act_of(int fn)
{
	guint i = 0;

	while (i < G_N_ELEMENTS(acts) - 1 && acts[i].fn != fn)
		i++;
	return &acts[i];
}

static void apply(struct app *app, const struct act *act, const GArray *lids)
{
	unsigned clear = act->clear;

	if (act->set & SESSION_DELETED && app_settings(app)->delete_untag)
		clear |= SESSION_TAGGED;
	set_session(app, lids, act->set, clear);
}

static void act_on_targets(struct view *view, int fn)
{
	g_autoptr(GArray) lids = app_targets(view->app);

	apply(view->app, act_of(fn), lids);
	/* What is taken back one by one may stand between others marked for deletion. */
	app_advance(view->app, fn == FN_UNDELETE_MESSAGE ? NEXT_SHOWN : NEXT_UNDELETED);
}

static void act_on_scope(struct view *view, int fn)
{
	g_autoptr(GArray) lids = lids_of_scope(view->app, fn);
	const struct act *act = act_of(fn);

	apply(view->app, act, lids);
	app_advance(view->app, act->set ? NEXT_UNDELETED : next_of_scope(fn));
}

static void act_on_matching(struct app *app, const char *text, void *data)
{
	const struct act *act = data;
	struct pattern_options options = {.simple_search = app_settings(app)->simple_search};
	g_autoptr(GError) error = NULL;
	auto_ptr(pattern) pattern = NULL;
	g_autoptr(GArray) lids = NULL;
	struct busy busy;

	pattern = pattern_compile(text, &options, &error);
	if (!pattern) {
		app_gerror(app, &error);
		return;
	}
	busy_begin(&busy, app, "Searching");
	lids = mailbox_matching(app->mailbox, pattern, &busy.patience);
	if (!busy_end(&busy))
		return;
	apply(app, act, lids);
	if (!lids->len)
		app_error(app, "No messages matched criteria.");
}

static void pattern_typed(struct app *app, const char *text, void *data)
{
	if (text && *text && app->mailbox)
		server_search_then(app, text, act_on_matching, data);
}

static void act_on_pattern(struct view *view, int fn)
{
	const struct act *act = act_of(fn);
	struct ask ask = {.question = act->question,
			  .complete = COMPLETE_PATTERN,
			  .history = HISTORY_PATTERN,
			  .done = pattern_typed,
			  .data = (void *)act};

	prompt_ask(view->app, &ask);
}

/* ---- tags -------------------------------------------------------- */

static unsigned session_of(struct app *app, const GArray *lids)
{
	return lids->len ? mailbox_session(app->mailbox, g_array_index(lids, guint32, 0)) : 0;
}

static void toggle_tags(struct app *app, const GArray *lids)
{
	gboolean tagged = session_of(app, lids) & SESSION_TAGGED;

	set_session(app, lids, tagged ? 0 : SESSION_TAGGED, tagged ? SESSION_TAGGED : 0);
}

/* After ';' it takes the tags off, as in mutt. */
static void tag(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 lid;
	guint pos;

	if (app->tag_prefix) {
		g_autoptr(GArray) tagged = mailbox_session_lids(app->mailbox, SESSION_TAGGED);

		set_session(app, tagged, 0, SESSION_TAGGED);
		return;
	}
	app_current(app, &pos);
	lid = mailbox_lid(app->mailbox, pos);
	g_array_append_val(lids, lid);
	toggle_tags(app, lids);
	app_advance(app, NEXT_SHOWN);
}

static void tag_scope(struct view *view, int fn)
{
	g_autoptr(GArray) lids = lids_of_scope(view->app, fn);

	toggle_tags(view->app, lids);
	app_advance(view->app, next_of_scope(fn));
}

enum { CHANGES = NEED_MESSAGE | NEED_WRITABLE };

const struct fn_handler fn_flag_handlers[] = {
    {FN_DELETE_MESSAGE, act_on_targets, CHANGES},
    {FN_PURGE_MESSAGE, act_on_targets, CHANGES},
    {FN_UNDELETE_MESSAGE, act_on_targets, CHANGES},
    {FN_DELETE_THREAD, act_on_scope, CHANGES},
    {FN_DELETE_SUBTHREAD, act_on_scope, CHANGES},
    {FN_PURGE_THREAD, act_on_scope, CHANGES},
    {FN_UNDELETE_THREAD, act_on_scope, CHANGES},
    {FN_UNDELETE_SUBTHREAD, act_on_scope, CHANGES},
    {FN_DELETE_PATTERN, act_on_pattern, CHANGES},
    {FN_UNDELETE_PATTERN, act_on_pattern, CHANGES},
    {FN_FLAG_MESSAGE, toggle_flagged, CHANGES},
    {FN_TOGGLE_NEW, toggle_seen, CHANGES},
    {FN_TOGGLE_READ, toggle_seen, CHANGES},
    {FN_MARK_AS_NEW, mark_as_new, CHANGES},
    {FN_SET_FLAG, choose_flag, CHANGES},
    {FN_CLEAR_FLAG, choose_flag, CHANGES},
    {FN_READ_THREAD, read_thread, CHANGES},
    {FN_READ_SUBTHREAD, read_thread, CHANGES},
    {FN_CATCHUP, catch_up, CHANGES},
    {FN_TAG_ENTRY, tag, NEED_MESSAGE},
    {FN_TAG_MESSAGE, tag, NEED_MESSAGE},
    {FN_TAG_PATTERN, act_on_pattern, NEED_MESSAGE},
    {FN_UNTAG_PATTERN, act_on_pattern, NEED_MESSAGE},
    {FN_TAG_THREAD, tag_scope, NEED_MESSAGE},
    {FN_TAG_SUBTHREAD, tag_scope, NEED_MESSAGE},
    {FN_NOOP},
};
