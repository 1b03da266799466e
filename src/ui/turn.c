/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns of the event loop: at the start of one the models take what the cache
 * has, at its end what changed is drawn and the snapshot is let go. And what
 * the engine says in between.
 */
#include "app-private.h"
#include "busy.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/conf/hooks.h"
#include "cur/model/cache.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/progress.h"
#include "cur/ui/prompt.h"
#include "cur/ui/screen.h"
#include "cur/ui/send.h"
#include "fn-generic.h"
#include "index.h"
#include "messages.h"
#include "sidebar.h"
#include "statusline.h"
#include "vanished.h"

enum {
	HAND_OVER_US = 10 * G_USEC_PER_SEC,
	HAND_OVER_LOOK_MS = 50,
	TICK_SECONDS = 1,
	CACHE_CHECK_TICKS = 2,		       /* is it still the same file? */
	BEEP_INTERVAL_US = 2 * G_USEC_PER_SEC, /* however much mail comes (U09) */
};

/* ---- turns ------------------------------------------------------------------------------ */

static void tell_views(struct app *app)
{
	for (guint i = 0; i < app->views->len; i++) {
		struct view *view = g_ptr_array_index(app->views, i);

		if (view->ops->mailbox_changed)
			view->ops->mailbox_changed(view);
	}
}

/* Local mailboxes are counted from the start, not when they are opened first. */
static void meet_listed(struct app *app)
{
	g_auto(GStrv) names = directory_unmet(app->directory);

	if (names)
		client_ask(app->client, WIRE_SYNC, g_variant_new("(^asb)", names, FALSE), NULL,
			   NULL);
}

static void update_directory(struct app *app)
{
	struct app_private *p = app->priv;

	meet_listed(app);
	if (!directory_update(app->directory, p->hcache))
		return;
	sidebar_changed(app);
	/* Its bar counts mailboxes with new mail and what is postponed. */
	if (app->index)
		view_redraw(app->index);
	for (guint i = 0; i < app->views->len; i++) {
		struct view *view = g_ptr_array_index(app->views, i);

		if (view->ops->directory_changed)
			view->ops->directory_changed(view);
	}
}

static void update_mailbox(struct app *app)
{
	struct mailbox_change change = {.anchor = index_lid(app)};

	mailbox_update(app->mailbox, &change);
	if (!change.any)
		return;
	if (app->index)
		index_follow(app, &change);
	tell_views(app);
}

static void take_snapshot(struct app *app)
{
	struct app_private *p = app->priv;
	gboolean another;

	p->hcache = cache_begin(p->cache, &another);
	if (!another)
		return;
	p->directory_stale = TRUE;
	if (app->mailbox)
		mailbox_set_cache(app->mailbox, p->hcache);
}

void turn_begin(struct app *app)
{
	struct app_private *p = app->priv;

	if (p->in_turn)
		return;
	p->in_turn = TRUE;
	take_snapshot(app);
	if (app->mailbox)
		update_mailbox(app);
	if (p->hcache && p->directory_stale)
		update_directory(app);
	p->directory_stale = FALSE;
	if (app->mailbox)
		directory_seen(app->directory, mailbox_name(app->mailbox));
}

void turn_release(struct app *app)
{
	struct app_private *p = app->priv;

	if (app->mailbox)
		mailbox_release(app->mailbox);
	cache_end(p->cache);
	p->in_turn = FALSE;
}

static gboolean anything_to_draw(struct app *app)
{
	const struct app_private *p = app->priv;

	for (guint i = 0; i < app->views->len; i++) {
		const struct view *view = g_ptr_array_index(app->views, i);

		if (view->visible && view->dirty)
			return TRUE;
	}
	return p->redraw || p->redraw_message || p->relayout || sidebar_dirty(app);
}

/* Free what was closed during the turn. */
static void bury_views(struct app *app)
{
	GPtrArray *closing = app->priv->closing;

	for (guint i = 0; i < closing->len; i++)
		g_free(g_ptr_array_index(closing, i));
	g_ptr_array_set_size(closing, 0);
}

/* Called by the loop before it sleeps. */
static gboolean prepare(GSource *source, int *timeout)
{
	struct app *app = *(struct app **)(source + 1);

	*timeout = -1;
	bury_views(app);
	if (app->priv->started && !app->views->len && !prompt_active(app))
		app_quit(app);
	if (!app->quitting && anything_to_draw(app)) {
		turn_begin(app);
		layout_draw(app);
	}
	turn_release(app);
	return FALSE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, void *data)
{
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_functions = {.prepare = prepare, .dispatch = dispatch};

/* ---- what the engine says ------------------------------------------------------------------- */

struct question {
	guint32 serial;
};

static void answer_engine(struct app *app, const char *text, void *data)
{
	struct question *q = data;

	client_ask(app->client, WIRE_ANSWER,
		   g_variant_new("(usb)", q->serial, text ? text : "", text != NULL), NULL, NULL);
	g_free(q);
}

static void told_prompt(struct app *app, GVariant *body)
{
	struct question *q = g_new0(struct question, 1);
	g_autofree char *question = NULL;
	const char *text;
	gboolean secret;

	g_variant_get(body, "(u&sb)", &q->serial, &text, &secret);
	question = g_str_has_suffix(text, " ") ? g_strdup(text) : g_strdup_printf("%s: ", text);

	struct ask ask = {.question = question,
			  .history = HISTORY_N,
			  .secret = secret,
			  .done = answer_engine,
			  .data = q};

	prompt_ask(app, &ask);
}

static void told_note(struct app *app, GVariant *body)
{
	const char *account, *text;
	guint level;

	g_variant_get(body, "(u&s&s)", &level, &account, &text);
	messages_note(app, text,
		      level >= 2 ? MESSAGE_ERROR
		      : level	 ? MESSAGE_WARNING
				 : MESSAGE_PLAIN);
}

static const struct folder *folder_numbered(const struct app *app, guint number)
{
	for (guint i = 0; i < directory_count(app->directory); i++)
		if (directory_at(app->directory, i)->number == number)
			return directory_at(app->directory, i);
	return NULL;
}

static void note_new_mail(struct app *app, const struct folder *f)
{
	gboolean here = app->mailbox && mailbox_number(app->mailbox) == f->number;
	g_autofree char *name = directory_shorten(app->directory, f->name);
	g_autofree char *text = g_strdup_printf("New mail in %s.", here ? "this mailbox" : name);

	messages_note(app, text, MESSAGE_PLAIN);
}

static void told_new_mail(struct app *app, GVariant *body)
{
	gint64 now = g_get_monotonic_time();
	const struct folder *f;
	guint mailbox, n;

	g_variant_get(body, "(uu)", &mailbox, &n);
	f = folder_numbered(app, mailbox);
	if (f && !(f->poll && f->notify))
		return;
	if (f)
		note_new_mail(app, f);
	app->priv->new_mail = TRUE;
	if (app_settings(app)->beep_new && now - app->priv->last_beep > BEEP_INTERVAL_US) {
		app->priv->last_beep = now;
		screen_beep(app->screen);
	}
}

/* $new_mail_command, once for all that came since the last tick; nobody waits for it. */
static void run_new_mail_command(struct app *app)
{
	const char *format = app_settings(app)->new_mail_command;
	g_autofree char *line = NULL;
	g_autoptr(GError) error = NULL;

	if (!app->priv->new_mail)
		return;
	app->priv->new_mail = FALSE;
	if (!*format)
		return;
	line = statusline_command(app, format);
	if (!child_detach((const char *const[]){"/bin/sh", "-c", line, NULL}, NULL, 0, &error))
		app_gerror(app, &error);
}

static void told_progress(struct app *app, GVariant *body)
{
	const char *what, *doing;
	gint64 now = g_get_monotonic_time(), pace = MAX(app_settings(app)->time_inc, 0) * 1000;
	guint64 done, total, bytes;

	g_variant_get(body, "(&s&sttt)", &what, &doing, &done, &total, &bytes);
	progress_note(app->priv->progress, what, doing, done, total, bytes, now);
	if (done < total && now - app->priv->progress_drawn < pace)
		return;
	app->priv->progress_drawn = now;
	app->priv->redraw_message = TRUE;
}

static void told_refused(struct app *app, GVariant *body)
{
	const char *id, *words;
	guint code;

	g_variant_get(body, "(&su&s)", &id, &code, &words);
	app_error(app, "Message was refused: %s", words);
	send_refused(app, id, words);
}

static void told(enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	struct app *app = data;

	turn_begin(app);
	switch (id) {
	case WIRE_CHANGED:
	case WIRE_DIRECTORY:
		app->priv->directory_stale = TRUE;
		app->priv->in_turn = FALSE;
		turn_begin(app);
		break;
	case WIRE_INDEXED:
		if (app->mailbox)
			mailbox_search(app->mailbox);
		break;
	case WIRE_PROMPT:
		told_prompt(app, body);
		break;
	case WIRE_NOTE:
		told_note(app, body);
		break;
	case WIRE_NEWMAIL:
		told_new_mail(app, body);
		break;
	case WIRE_PROGRESS:
		told_progress(app, body);
		break;
	case WIRE_SENT:
		app_message(app, "Mail sent.");
		break;
	case WIRE_VANISHED:
		vanished_told(app, body);
		break;
	case WIRE_REFUSED:
		told_refused(app, body);
		break;
	default:
		break;
	}
}

/* D18: the engine may die at any time; the screen stays, and it is said once. */
static void client_changed(enum client_state state, const GError *why, void *data)
{
	struct app *app = data;

	if (state == CLIENT_READY && app->mailbox)
		mailbox_announce(app->mailbox);
	if ((state == CLIENT_DOWN || state == CLIENT_REFUSED) && why) {
		g_autofree char *text = g_strdup_printf(
		    "%s%s", state == CLIENT_REFUSED ? "No engine: " : "", why->message);

		messages_note(app, text, MESSAGE_ERROR);
	}
}

/* ---- start and stop
 * ------------------------------------------------------------------------------ */

/* $timeout: so long no key came; once more after each further such time. */
static void run_timeout_hooks(struct app *app)
{
	int timeout = app_settings(app)->timeout;
	guint64 before = conf_generation(app->conf);
	g_autoptr(GError) error = NULL;

	app->priv->idle_seconds += TICK_SECONDS;
	if (timeout <= 0 || app->priv->idle_seconds < timeout || prompt_active(app))
		return;
	app->priv->idle_seconds = 0;
	if (!conf_run_hooks(app->conf, HOOK_TIMEOUT, &error))
		app_gerror(app, &error);
	if (conf_generation(app->conf) != before)
		app_effects(app);
	fn_take_pushed(app);
	app_run_queue(app);
}

static gboolean tick(void *data)
{
	struct app *app = data;

	app->priv->tick_count++;
	if (app->priv->tick_count % CACHE_CHECK_TICKS == 0) {
		turn_release(app);
		cache_check(app->priv->cache);
	}
	turn_begin(app);
	messages_tick(app);
	run_new_mail_command(app);
	run_timeout_hooks(app);
	return G_SOURCE_CONTINUE;
}

void turn_start(struct app *app)
{
	struct app_private *p = app->priv;
	g_autofree char *data_dir = path_data_dir();
	struct client_options options = {
	    .data_dir = data_dir,
	    .program = "cur",
	    .args = p->start->engine_args,
	};

	app->client = client_new(&options, client_changed, told, app);
	p->turn = g_source_new(&turn_functions, sizeof(GSource) + sizeof(struct app *));
	*(struct app **)(p->turn + 1) = app;
	g_source_attach(p->turn, NULL);
	p->tick = g_timeout_add_seconds(TICK_SECONDS, tick, app);
}

static gboolean wake(void *unused)
{
	return G_SOURCE_CONTINUE;
}

static gboolean reachable(const struct app *app)
{
	enum client_state state = client_state(app->client);

	return state == CLIENT_READY || state == CLIENT_CONNECTING;
}

gboolean turn_hand_over(struct app *app, GError **error)
{
	gint64 end = g_get_monotonic_time() + HAND_OVER_US;
	guint n = client_n_wishes(app->client), left = n;
	guint timer = g_timeout_add(HAND_OVER_LOOK_MS, wake, NULL);
	const GError *why;
	struct busy busy;

	busy_begin(&busy, app, "Handing %u change%s to the engine", n, n == 1 ? "" : "s");
	while (left && reachable(app) && !app->priv->hurried && g_get_monotonic_time() < end &&
	       patience_asks(&busy.patience, 0, 0)) {
		g_main_context_iteration(NULL, TRUE);
		/* When the engine cannot be had, all that wait have failed. */
		if (reachable(app))
			left = client_n_wishes(app->client);
	}
	busy_end(&busy);
	g_source_remove(timer);
	if (!left)
		return TRUE;
	why = client_error(app->client);
	return error_set(error, CUR_ERROR_UNKNOWN, "%u change%s may not have been made: %s", left,
			 left == 1 ? "" : "s", why ? why->message : "the engine did not answer");
}

void turn_stop(struct app *app)
{
	struct app_private *p = app->priv;

	if (app->client) {
		g_source_remove(p->tick);
		g_source_destroy(p->turn);
		g_source_unref(p->turn);
	}
	bury_views(app);
	turn_release(app);
}
