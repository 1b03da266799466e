/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop of a worker: rounds, back-off, status. What a round is, the ops know. */
#include "worker.h"

#include <malloc.h>

#include "backoff.h"
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "portal.h"
#include "sentry.h"
#include "worker-wishes.h"

enum {
	LOOK_AGAIN_S = 2,
	SETTLE_TURNS = 3,
	TOLD_CHECK_S = 5 * 60, /* at least, where the server tells by itself what is new */
	SPREAD_MS = 700,       /* over which many accounts come back to a network */
	STABLE_S = 60,	       /* what lived so long failed for the first time */
	YOUNG_TRIES = 4,       /* what a success leaves of the tries before it: 16 s */
};

static const char *const state_words[] = {
    [WORKER_IDLE] = "idle",	  [WORKER_CONNECTING] = "connecting", [WORKER_SYNCING] = "syncing",
    [WORKER_OFFLINE] = "waiting", [WORKER_ERROR] = "error",
};

const char *worker_state_word(enum worker_state state)
{
	return state_words[state];
}

static gint64 monotonic_s(void)
{
	return g_get_monotonic_time() / G_USEC_PER_SEC;
}

static gint64 in_us(gint64 milliseconds)
{
	return g_get_monotonic_time() + milliseconds * 1000;
}

void worker_network_changed(struct worker *w)
{
	g_mutex_lock(&w->lock);
	w->network_us = g_get_monotonic_time();
	w->next_try_us = in_us(g_random_int_range(0, SPREAD_MS));
	w->tries = 0;
	w->wishes.all = TRUE;
	g_mutex_unlock(&w->lock);
	waker_network_changed(w->waker);
	waker_poke(w->waker);
}

static void set_state(struct worker *w, enum worker_state state)
{
	g_mutex_lock(&w->lock);
	w->state = state;
	g_mutex_unlock(&w->lock);
}

void worker_status(struct worker *w, struct worker_status *out)
{
	gint64 left;

	g_mutex_lock(&w->lock);
	left = (w->next_try_us - g_get_monotonic_time()) / G_USEC_PER_SEC;
	if (left <= 0 && w->state == WORKER_IDLE)
		left = w->next_check_s - monotonic_s();
	*out = (struct worker_status){w->state,
				      w->last_sync,
				      left > 0 ? clock_now_s() + left : 0,
				      g_strdup(w->last_error ? w->last_error : ""),
				      link_meter_read(&w->login.meter),
				      w->round};
	g_mutex_unlock(&w->lock);
}

gboolean worker_is_busy(struct worker *w)
{
	gboolean busy, waits;

	g_mutex_lock(&w->lock);
	waits = w->state == WORKER_OFFLINE || w->state == WORKER_ERROR;
	busy = w->state == WORKER_SYNCING || w->state == WORKER_CONNECTING || texts_any(w->texts) ||
	       (!waits && (wishes_any(&w->wishes) || g_atomic_int_get(&w->look_again)));
	g_mutex_unlock(&w->lock);
	return busy;
}

static void note_success(struct worker *w)
{
	g_mutex_lock(&w->lock);
	w->state = WORKER_IDLE;
	w->last_sync = clock_now_s();
	w->next_try_us = 0;
	w->tries = MIN(w->tries, YOUNG_TRIES);
	w->portal = FALSE;
	g_clear_pointer(&w->last_error, g_free);
	g_mutex_unlock(&w->lock);
	login_accepted(&w->login);
}

/* A cause that only the user can take away: no use in trying again. */
static gboolean wants_user(const GError *error)
{
	return error_is(error, CUR_ERROR_AUTH) || error_is(error, CUR_ERROR_TLS) ||
	       error_is(error, CUR_ERROR_USAGE);
}

/* With the lock. What a network does in its first minutes is no measure. */
static gint64 wait_after_failure(struct worker *w)
{
	gboolean is_new =
	    g_get_monotonic_time() - w->network_us < PORTAL_NEW_S * (gint64)G_USEC_PER_SEC;

	return backoff_wait(w->tries, BACKOFF_LINK_FIRST_MS,
			    is_new ? PORTAL_CAP_MS : BACKOFF_LINK_CAP_MS, g_random_double());
}

/* `quiet`: nothing that a user would want to hear of, unless it goes on. */
static void note_failure(struct worker *w, const GError *error, gboolean portal, gboolean quiet)
{
	gboolean again, lasting = wants_user(error);

	g_mutex_lock(&w->lock);
	again = quiet || (w->last_error && g_str_equal(w->last_error, error->message)) ||
		(portal && w->portal);
	w->portal = portal;
	w->state = lasting ? WORKER_ERROR : WORKER_OFFLINE;
	w->tries++;
	w->next_try_us = in_us(wait_after_failure(w));
	g_free(w->last_error);
	w->last_error = quiet ? NULL : g_strdup(error->message);
	g_mutex_unlock(&w->lock);
	/* The same words again and again would only hide others. */
	if (!again)
		hub_note(w->hub, lasting ? HUB_ERROR : HUB_WARNING, w->name, "%s", error->message);
	else
		log_event(LOG_LEVEL_INFO, "%s: %s", w->name, error->message);
}

/* Milliseconds until the next attempt is due; 0: now, -1: not before somebody wishes. */
static gint64 time_to_wait(struct worker *w, const struct wishes *wishes)
{
	gint64 left = 0;

	g_mutex_lock(&w->lock);
	if (w->state == WORKER_ERROR)
		left = -1;
	else
		left = MAX(w->next_try_us - g_get_monotonic_time() + 999, 0) / 1000;
	g_mutex_unlock(&w->lock);
	return wishes->insist || texts_any(w->texts) ? 0 : left;
}

static void fail_round(struct worker *w, struct wishes *wishes, const GError *error,
		       gboolean portal)
{
	w->ops->disconnect(w);
	g_clear_error(&w->shortfall);
	texts_fail(w->texts, error);
	if (waker_is_stopped(w->waker)) {
		worker_fail_tickets(w, wishes, error);
		return;
	}
	note_failure(w, error, portal, FALSE);
	hub_count_failure(w->hub, error);
	worker_fail_tickets(w, wishes, error);
	worker_return_wishes(w, wishes);
}

/* Once with what the configuration says, then with what the user types. */
static gboolean connect(struct worker *w, GError **error)
{
	g_autoptr(GError) failed = NULL;

	while (!w->ops->connect(w, &failed)) {
		if (!login_wants_another(&w->login, failed)) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
		g_clear_error(&failed);
	}
	return TRUE;
}

static gboolean look_again_is_due(struct worker *w)
{
	return g_atomic_int_get(&w->look_again) && monotonic_s() >= w->look_again_s;
}

/* Who waits for the end of a sync waits for what has to be looked at again (D02), a few times. */
static gboolean settle(struct worker *w, struct wishes *wishes, GError **error)
{
	for (int turns = 0; turns < SETTLE_TURNS && wishes->tickets->len; turns++) {
		if (!g_atomic_int_get(&w->look_again) || waker_is_stopped(w->waker))
			return TRUE;
		waker_sleep(w->waker, MAX(w->look_again_s - monotonic_s(), 0) * 1000);
		waker_was_poked(w->waker);
		if (look_again_is_due(w))
			g_atomic_int_set(&w->look_again, 0);
		worker_take_more_wishes(w, wishes);
		if (!w->ops->round(w, wishes, error))
			return FALSE;
	}
	return TRUE;
}

/* FALSE: it failed, and that was seen to. */
static gboolean come_in(struct worker *w, struct wishes *wishes)
{
	g_autoptr(GError) error = NULL;
	guint network;

	set_state(w, WORKER_CONNECTING);
	do {
		g_clear_error(&error);
		network = waker_network(w->waker);
		if (connect(w, &error)) {
			w->connected_us = g_get_monotonic_time();
			worker_take_more_wishes(w, wishes);
			return TRUE;
		}
		/* What was tried over the network of before says nothing about this one. */
	} while (network != waker_network(w->waker) && !waker_is_stopped(w->waker));
	fail_round(w, wishes, error,
		   portal_knows(hub_store(w->hub), w->name) && portal_explain(error));
	return FALSE;
}

/* What the round has moved is told when it is over. */
static void begin_counting(struct worker *w)
{
	g_mutex_lock(&w->lock);
	w->before = link_meter_read(&w->login.meter);
	g_mutex_unlock(&w->lock);
}

static void end_counting(struct worker *w)
{
	struct link_meter now = link_meter_read(&w->login.meter);

	/* A look at files here asks the server nothing, and tells nothing. */
	if (now.turns == w->before.turns)
		return;
	g_mutex_lock(&w->lock);
	w->round = (struct link_meter){now.sent - w->before.sent, now.received - w->before.received,
				       now.turns - w->before.turns};
	g_mutex_unlock(&w->lock);
}

static void work(struct worker *w, struct wishes *wishes)
{
	g_autoptr(GError) error = NULL;

	begin_counting(w);
	if (!w->session && !come_in(w, wishes))
		return;
	set_state(w, WORKER_SYNCING);
	if (!w->ops->round(w, wishes, &error) || !settle(w, wishes, &error)) {
		fail_round(w, wishes, error, FALSE);
		return;
	}
	end_counting(w);
	note_success(w);
	if (w->shortfall)
		worker_fail_tickets(w, wishes, w->shortfall);
	else
		wishes_return_tickets(wishes, NULL);
	g_clear_error(&w->shortfall);
	/* A round of many messages takes memory that a rest of hours has no use for. */
	malloc_trim(0);
}

static gint64 time_to_rest(struct worker *w)
{
	gint64 until = w->next_check_s, now = monotonic_s();

	if (g_atomic_int_get(&w->look_again))
		until = MIN(until, w->look_again_s);
	return MAX(until - now, 0) * 1000;
}

void worker_look_again(struct worker *w)
{
	w->look_again_s = monotonic_s() + LOOK_AGAIN_S;
	g_atomic_int_set(&w->look_again, 1);
}

/* When to look at all mailboxes next; not all accounts at once. */
static void set_next_check(struct worker *w)
{
	gint64 wait = w->settings.check_s;

	if (w->told_of_all)
		wait = MAX(wait, TOLD_CHECK_S);
	g_mutex_lock(&w->lock);
	w->next_check_s = monotonic_s() + wait + g_random_int_range(0, (gint32)(wait / 8 + 1));
	g_mutex_unlock(&w->lock);
}

/* While nobody waited for it. Connections end; that is told when there is none to be had. */
static void lose_connection(struct worker *w, const GError *error)
{
	w->ops->disconnect(w);
	if (waker_is_stopped(w->waker))
		return;
	g_mutex_lock(&w->lock);
	if (g_get_monotonic_time() - w->connected_us > STABLE_S * (gint64)G_USEC_PER_SEC)
		w->tries = 0;
	g_mutex_unlock(&w->lock);
	note_failure(w, error, FALSE, !wants_user(error));
	worker_want_all(w, FALSE, NULL);
}

void worker_fall_short(struct worker *w, const GError *failed)
{
	hub_count_failure(w->hub, failed);
	if (!w->shortfall)
		w->shortfall = g_error_copy(failed);
}

/* Nothing to do: wait at the server. Adds what came of it to the wishes. */
static void rest(struct worker *w)
{
	g_autoptr(GError) error = NULL;

	if (!w->ops->rest(w, time_to_rest(w), &error)) {
		lose_connection(w, error);
		return;
	}
	if (monotonic_s() >= w->next_check_s) {
		set_next_check(w);
		worker_want_all(w, FALSE, NULL);
	} else if (look_again_is_due(w)) {
		worker_want_all(w, FALSE, NULL);
		g_atomic_int_set(&w->look_again, 0);
	}
}

/* TRUE when there was something to do and it was tried. */
static gboolean turn(struct worker *w)
{
	struct wishes wishes;
	gboolean any;
	gint64 wait;

	/* First: a poke that comes after the wishes were taken must end the rest. */
	waker_was_poked(w->waker);
	any = worker_take_wishes(w, &wishes);
	wait = any ? time_to_wait(w, &wishes) : 0;
	if (any && wait == 0) {
		work(w, &wishes);
	} else if (any) {
		/* A ticket shall not hang while the account does. */
		g_autoptr(GError) why = g_error_new_literal(
		    CUR_ERROR, CUR_ERROR_RETRY, w->last_error ? w->last_error : "offline");

		worker_fail_tickets(w, &wishes, why);
		worker_return_wishes(w, &wishes);
		waker_sleep(w->waker, wait < 0 ? G_MAXINT32 : wait);
	}
	wishes_clear(&wishes);
	return any;
}

static void *run(void *data)
{
	struct worker *w = data;
	set_next_check(w);
	while (!waker_is_stopped(w->waker))
		if (!turn(w) && !waker_is_stopped(w->waker))
			rest(w);
	w->ops->disconnect(w);
	return NULL;
}

struct state_mailbox *worker_inbox(struct worker *w)
{
	g_autofree char *name = g_strconcat(w->account->url, "/INBOX", NULL);
	struct store *store = hub_store(w->hub);
	struct state_mailbox *mb;

	store_lock(store);
	mb = state_mailbox_by_name(store_state(store), name);
	store_unlock(store);
	return mb;
}

struct worker *worker_start(struct hub *hub, const struct worker_ops *ops, struct account *account,
			    const struct worker_settings *settings)
{
	struct worker *w = g_new0(struct worker, 1);
	g_autofree char *thread = NULL;

	w->hub = hub;
	w->ops = ops;
	w->account = account;
	w->name = account ? account->name : "";
	w->settings = *settings;
	w->settings.assumed = g_strdupv(settings->assumed);
	w->settings.keep = g_ptr_array_ref(settings->keep);
	w->waker = waker_new();
	w->network_us = g_get_monotonic_time();
	w->crew = crew_new();
	w->texts = texts_new();
	g_mutex_init(&w->lock);
	wishes_init(&w->wishes);
	thread = g_strndup(account ? account->host : "local", 15);
	w->thread = g_thread_new(thread, run, w);
	return w;
}

void worker_stop(struct worker *w)
{
	waker_stop(w->waker);
}

void worker_free(struct worker *w)
{
	worker_stop(w);
	g_thread_join(w->thread);
	wishes_return_tickets(&w->wishes, NULL);
	wishes_clear(&w->wishes);
	sentry_free(w->sentry);
	texts_free(w->texts);
	login_clear(&w->login);
	crew_free(w->crew);
	waker_free(w->waker);
	g_mutex_clear(&w->lock);
	g_strfreev(w->settings.assumed);
	g_ptr_array_unref(w->settings.keep);
	g_free(w->last_error);
	if (w->account)
		account_free(w->account);
	g_free(w);
}
