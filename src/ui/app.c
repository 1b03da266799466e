/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interface from start to end: the loop, the keys, the message line, children. */
#include "cur/ui/app.h"

#include <stdio.h>

#include "app-private.h"
#include "colors.h"
#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "cur/conf/habits.h"
#include "cur/conf/hooks.h"
#include "cur/conf/keys.h"
#include "cur/conf/lists.h"
#include "cur/conf/virtual.h"
#include "cur/model/cache.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/model/progress.h"
#include "cur/model/status.h"
#include "cur/model/submit.h"
#include "cur/ui/functions.h"
#include "cur/ui/keymap.h"
#include "cur/ui/prompt.h"
#include "cur/ui/screen.h"
#include "cur/ui/send.h"
#include "filtered.h"
#include "fn-generic.h"
#include "folders.h"
#include "index.h"
#include "messages.h"
#include "opener.h"
#include "prompt-private.h"
#include "server-search.h"
#include "sidebar.h"
#include "temporary.h"
#include "text-key.h"
#include "waiting.h"
#include "wanted.h"

enum { KEY_SUSPEND = 26, KEY_INTERRUPT = 3 };

const struct settings *app_settings(const struct app *app)
{
	return conf_settings(app->conf);
}

/* ---- the message line ------------------------------------------------------------------ */

void app_message(struct app *app, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	messages_set(app, text, MESSAGE_PLAIN);
}

void app_warning(struct app *app, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	messages_set(app, text, MESSAGE_WARNING);
}

void app_error(struct app *app, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	messages_set(app, text, MESSAGE_ERROR);
}

void app_gerror(struct app *app, GError **error)
{
	if (*error)
		messages_set(app, (*error)->message, MESSAGE_ERROR);
	g_clear_error(error);
}

/* ---- settings and redrawing --------------------------------------------------------------- */

void app_redraw(struct app *app)
{
	app->priv->redraw = TRUE;
}

void app_effects(struct app *app)
{
	conf_apply_habits(app->conf);
	colors_apply(screen_paint(app->screen), app->conf);
	directory_relist(app->directory);
	sidebar_changed(app);
	app->priv->directory_stale = TRUE;
	if (app->mailbox)
		mailbox_resort(app->mailbox);
	view_settings_changed(app);
	app->priv->relayout = app->priv->redraw = TRUE;
	app->priv->in_turn = FALSE;
	turn_begin(app);
}

void app_quit(struct app *app)
{
	app->quitting = TRUE;
	if (app->priv->loop)
		g_main_loop_quit(app->priv->loop);
}

/* ---- keys ---------------------------------------------------------------------------------- */

gboolean app_is_abort(const struct app *app, int key)
{
	int keys[KEYS_MAX];
	guint n = keys_parse(app_settings(app)->abort_key, keys, NULL);

	return key == KEY_INTERRUPT || (n && key == keys[0]);
}

static void feed_view(struct app *app, int key, gboolean typed)
{
	struct view *view = view_top(app);
	enum function fn;

	if (!view)
		return;
	if (key < KEYCODE_FUNCTION && !keymap_pending(app->keymap) && view->ops->key &&
	    view->ops->key(view, key))
		return;
	if (key < KEYCODE_FUNCTION)
		app->key = key;
	switch (keymap_feed(app->keymap, view->ops->menu, key, typed, &fn)) {
	case KEYMAP_FUNCTION:
		fn_call(view, fn);
		break;
	case KEYMAP_UNBOUND:
		app->tag_prefix = FALSE;
		keymap_flush(app->keymap);
		text_key_unbound(app, view->ops->menu);
		break;
	case KEYMAP_LOOP:
		app_error(app, "Macro loop detected.");
		break;
	case KEYMAP_MORE:
		break;
	}
}

static void feed(struct app *app, int key, gboolean typed)
{
	if (prompt_active(app))
		prompt_feed(app, key, typed);
	else
		feed_view(app, key, typed);
}

void app_run_queue(struct app *app)
{
	int key;

	while (!app->quitting && !app->priv->waiting && keymap_next(app->keymap, &key))
		feed(app, key, FALSE);
}

static gboolean stop_waiting(struct app *app)
{
	gboolean text = wanted_stop(app), search = server_search_stop(app);

	return text || search;
}

static void take_key(struct app *app, int key)
{
	if (app->quitting) {
		app->priv->hurried |= app_is_abort(app, key);
		return;
	}
	app->priv->idle_seconds = 0;
	turn_begin(app);
	if (key == KEY_SUSPEND && app_settings(app)->suspend) {
		turn_release(app);
		screen_suspend(app->screen);
		return;
	}
	if (!prompt_active(app)) {
		if (!app->tag_prefix)
			messages_clear(app);
		if (app_is_abort(app, key)) {
			keymap_flush(app->keymap);
			app->tag_prefix = FALSE;
			if (stop_waiting(app))
				app_message(app, "Stopped.");
			return;
		}
	}
	feed(app, key, TRUE);
	app_run_queue(app);
}

/* $meta_key: the terminal sets the eighth bit where others send Esc first. */
static void on_key(int key, void *data)
{
	struct app *app = data;

	if (key >= 0x80 && key <= 0xff && app_settings(app)->meta_key) {
		take_key(app, KEYCODE_ESC);
		key &= 0x7f;
	}
	take_key(app, key);
}

static void on_paste(const char *text, void *data)
{
	struct app *app = data;
	struct view *view = view_top(app);

	turn_begin(app);
	if (prompt_active(app))
		prompt_paste(app, text);
	else if (view && view->ops->paste)
		view->ops->paste(view, text);
	else
		screen_beep(app->screen);
}

static void on_resized(void *data)
{
	struct app *app = data;

	app->priv->relayout = app->priv->redraw = TRUE;
}

static void on_gone(void *data)
{
	app_quit(data);
}

void app_push_keys(struct app *app, const char *keys)
{
	keymap_push(app->keymap, keys);
}

/* ---- messages that a function acts on
 * -------------------------------------------------------------- */

gboolean app_current(struct app *app, guint *pos)
{
	if (!app->mailbox || !app->index || !mailbox_count(app->mailbox))
		return FALSE;
	*pos = MIN(app->index->list.cursor, mailbox_count(app->mailbox) - 1);
	return TRUE;
}

gboolean app_means_tagged(struct app *app)
{
	return app->tag_prefix || (app_settings(app)->auto_tag && view_top(app) == app->index &&
				   fn_tagged_count(app->index));
}

GArray *app_targets(struct app *app)
{
	gboolean tagged = app_means_tagged(app);
	GArray *lids;
	guint32 lid;
	guint pos;

	if (tagged && app->mailbox)
		return mailbox_session_lids(app->mailbox, SESSION_TAGGED);
	lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (app_current(app, &pos)) {
		lid = mailbox_lid(app->mailbox, pos);
		g_array_append_val(lids, lid);
	}
	return lids;
}

void app_go(struct app *app, guint pos)
{
	struct view *top = view_top(app);

	index_go(app, pos);
	if (top && top != app->index && top->ops->mailbox_changed)
		top->ops->mailbox_changed(top);
}

static gboolean find_next(struct app *app, guint pos, enum app_next next, guint *to)
{
	struct mailbox *mb = app->mailbox;
	guint n = mailbox_count(mb);

	if (next == NEXT_OF_THREADS || next == NEXT_OF_SUBTHREADS)
		return mailbox_threaded(mb) &&
		       mailbox_step_thread(mb, pos,
					   next == NEXT_OF_THREADS ? SCOPE_THREAD : SCOPE_SUBTHREAD,
					   TRUE, to);
	for (*to = pos + 1; *to < n; ++*to)
		if (next == NEXT_SHOWN ||
		    !(mailbox_session(mb, mailbox_lid(mb, *to)) & SESSION_DELETED))
			return TRUE;
	return FALSE;
}

/* The cursor stays where there is no such message. */
void app_advance(struct app *app, enum app_next next)
{
	guint pos, to;

	view_redraw(app->index);
	if (app_settings(app)->resolve && !app->priv->on_tagged && app_current(app, &pos) &&
	    find_next(app, pos, next, &to))
		app_go(app, to);
}

/* ---- start and end
 * --------------------------------------------------------------------------------------- */

static void build(struct app *app, const struct app_start *start)
{
	struct app_private *p = app->priv = g_new0(struct app_private, 1);

	p->start = start;
	p->cache = cache_new();
	p->progress = progress_new();
	p->viewed = g_queue_new();
	p->filtered = filtered_new(app);
	p->closing = g_ptr_array_new();
	app->views = g_ptr_array_new();
	app->log = messages_new();
	app->keymap = keymap_new(app->conf);
	app->prompt = prompt_new(app->conf);
	app->directory = directory_new(app->conf);
	app->sidebar = sidebar_new();
	app->read_only = start->read_only;
}

static void take_down(struct app *app)
{
	struct app_private *p = app->priv;

	if (app->screen)
		screen_leave(app->screen);
	waiting_cancel(app);
	prompt_free(app);
	while (app->views->len)
		view_close(view_top(app));
	turn_stop(app);
	g_clear_pointer(&app->mailbox, mailbox_close);
	if (app->client)
		client_free(app->client);
	screen_close(app->screen);
	sidebar_free(app->sidebar);
	directory_free(app->directory);
	keymap_free(app->keymap);
	messages_free(app->log);
	g_ptr_array_unref(app->views);
	temporaries_end(p->viewed);
	g_ptr_array_unref(p->closing);
	progress_free(p->progress);
	filtered_free(p->filtered);
	status_free(p->status);
	wanted_free(p->wanted);
	server_search_free(p->server_search);
	cache_free(p->cache);
	g_clear_pointer(&p->vanished, g_hash_table_unref);
	opener_forget(app);
	g_free(p->previous);
	g_free(p->search);
	g_free(p->index_search);
	g_free(p->title);
	g_free(p);
}

/* $spoolfile, or with $virtual_spool_file the first virtual mailbox. */
static const char *spool(struct app *app)
{
	const GPtrArray *mailboxes = conf_mailboxes(app->conf);

	for (guint i = 0; app_settings(app)->virtual_spool_file && i < mailboxes->len; i++) {
		const struct mailbox_entry *e = g_ptr_array_index(mailboxes, i);

		if (conf_is_virtual(e->text))
			return e->text;
	}
	return app_settings(app)->spoolfile;
}

/* As asked, the first with new mail (-Z), else $spoolfile. Yours. */
static char *first_name(struct app *app, const struct app_start *start)
{
	const struct folder *fresh =
	    start->first_new ? directory_next_new(app->directory, "") : NULL;

	if (fresh)
		return g_strdup(fresh->name);
	if (start->mailbox)
		return g_strdup(start->mailbox);
	return g_strdup(spool(app));
}

/* -z and -Z by what the cache says now. */
static gboolean worth_starting(struct app *app, const struct app_start *start, GError **error)
{
	g_autofree char *typed = NULL, *name = NULL;
	const struct folder *folder;

	if (!start->first_new && !start->not_empty)
		return TRUE;
	turn_begin(app);
	if (start->first_new && !directory_new_count(app->directory))
		return error_set(error, CUR_ERROR_GONE, "no mailbox with new mail");
	typed = first_name(app, start);
	name = directory_expand(app->directory, typed, NULL, NULL, error);
	folder = name ? directory_find(app->directory, name) : NULL;
	if (name && start->not_empty && (!folder || !folder->messages))
		return error_set(error, CUR_ERROR_GONE, "mailbox '%s' is empty", typed);
	return name != NULL;
}

static void open_first(struct app *app, const struct app_start *start)
{
	g_autofree char *name = first_name(app, start);

	if (start->browse)
		folders_open(app, "", TRUE, NULL, NULL);
	if (*name)
		app_open_mailbox(app, name, start->read_only);
	if (start->pattern && app->mailbox) {
		g_autoptr(GError) error = NULL;

		if (!mailbox_limit(app->mailbox, start->pattern, NULL, &error))
			app_gerror(app, &error);
	}
}

/* What is wrong in the configuration: the first error, and that there are more; or what is missing.
 */
static void tell_first_problem(struct app *app)
{
	const GPtrArray *problems = conf_problems(app->conf);
	guint n = conf_n_errors(app->conf);

	for (guint i = 0; i < problems->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(problems, i);
		g_autofree char *text = conf_problem_format(problem);

		if (problem->severity != CONF_ERROR && (n > 0 || !problem->missing))
			continue;
		if (!n)
			app_warning(app, "%s", text);
		else if (n > 1)
			app_error(app, "%s (and %u more, see cur -D)", text, n - 1);
		else
			app_error(app, "%s", text);
		return;
	}
}

/*
 * C08: at each start, for as long as it is so. Accounts are looked at when a host is named alone:
 * their hooks may run what asks the user for a password.
 */
static void tell_clear_text(struct app *app)
{
	g_autoptr(GPtrArray) accounts = NULL;

	if (!*app_settings(app)->insecure_plaintext_hosts)
		return;
	accounts = conf_accounts(app->conf, NULL);
	for (guint i = 0; i < accounts->len; i++) {
		const struct account *account = g_ptr_array_index(accounts, i);

		if (account_is_clear(account)) {
			app_warning(app, "%s: without encryption, anybody on the way can read it",
				    account->name);
			return;
		}
	}
}

static gboolean begin(void *data)
{
	struct app *app = data;
	g_autoptr(GError) error = NULL;

	turn_begin(app);
	if (!conf_run_hooks(app->conf, HOOK_STARTUP, &error))
		app_gerror(app, &error);
	tell_clear_text(app);
	tell_first_problem(app);
	if (app->priv->start->compose)
		app->priv->start->compose(app, app->priv->start->compose_data);
	else
		send_recover(app);
	fn_take_pushed(app);
	app_run_queue(app);
	app->priv->started = TRUE;
	return G_SOURCE_REMOVE;
}

/* What leaves the machine later (U21). */
static void tell_unsent(void)
{
	guint n = submit_n_unsent();

	if (n)
		printf("%u message%s in the outbox; see \"cur queue\".\n", n,
		       n == 1 ? " is" : "s are");
}

int app_run(struct conf *conf, const struct app_start *start, GError **error)
{
	static const struct screen_events events = {on_key, on_paste, on_resized, on_gone};
	struct app app = {.conf = conf};
	gboolean handed_over;

	app.screen = screen_open(&events, &app, error);
	if (!app.screen)
		return 1;
	build(&app, start);
	if (!worth_starting(&app, start, error)) {
		take_down(&app);
		return 1;
	}
	conf_set_mono(conf, screen_paint(app.screen)->n_colors == 0);
	colors_apply(screen_paint(app.screen), conf);
	turn_start(&app);
	if (!start->compose) {
		app.index = index_open(&app);
		open_first(&app, start);
	}
	app.priv->loop = g_main_loop_new(NULL, FALSE);
	g_idle_add(begin, &app);
	if (!app.quitting)
		g_main_loop_run(app.priv->loop);
	g_clear_pointer(&app.priv->loop, g_main_loop_unref);
	handed_over = turn_hand_over(&app, error);
	conf_run_hooks(conf, HOOK_SHUTDOWN, NULL);
	take_down(&app);
	tell_unsent();
	return handed_over ? 0 : 1;
}
