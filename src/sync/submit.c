/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that sends what is due and sees to what became of it. "Sent" stays until
 * Fcc and marks are durable and the file is gone; found at a start, it goes on there.
 */
#include <string.h>

#include "backoff.h"
#include "cur/base/clock.h"
#include "submit-private.h"

enum {
	SLEEP_MAX_MS = 60 * 1000,
	LAND_S = 3,	  /* how long the end of the engine waits for a server */
	FAILED_TURNS = 3, /* after so many in a row the disk will not mend soon */
};

/* Until its time; 0: it has come. */
static gint64 left_s(const struct letter *l)
{
	return backoff_left_s(l->next_try, clock_now_s(), BACKOFF_MAIL_CAP);
}

gboolean submit_is_due(const struct submit *s, const struct letter *l)
{
	return (l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY) &&
	       (!left_s(l) || (s->network_is_new && g_hash_table_contains(s->unreached, l->id)));
}

static void set_sending(struct submit *s, gboolean sending)
{
	g_mutex_lock(&s->lock);
	s->sending = sending;
	g_mutex_unlock(&s->lock);
}

static void see_to(struct submit *s, struct deliver *d, struct letter *l, const struct letter *next)
{
	if (submit_is_due(s, l))
		submit_send_one(s, d, l, next);
	else if (l->state == OUTBOX_SENT && !left_s(l))
		submit_finish_sent(s, l->id, TRUE);
	else if (l->state == OUTBOX_SENDING)
		submit_settle_doubt(s, l);
	else if (l->state == OUTBOX_UNKNOWN)
		submit_settle_unknown(s, l);
}

static void send_due(struct submit *s, struct deliver *d)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);

	s->network_is_new = waker_network(s->waker) != s->network;
	s->network = waker_network(s->waker);
	set_sending(s, TRUE);
	s->unrecorded = s->failed = FALSE;
	submit_record(s, NULL, 0);
	for (guint i = 0; i < letters->len && !s->unrecorded && !waker_is_stopped(s->waker);) {
		guint flown = s->ahead ? i : flight_send(s, d, letters, i);

		if (flown == i) {
			see_to(s, d, g_ptr_array_index(letters, i),
			       i + 1 < letters->len ? g_ptr_array_index(letters, i + 1) : NULL);
			i++;
		} else {
			i = flown;
		}
	}
	submit_record(s, NULL, 0);
	submit_drop_filed(s);
	if (s->ahead)
		deliver_close(d);
	g_clear_pointer(&s->ahead, parcel_free);
	g_atomic_int_set(&s->n_failed, s->failed ? g_atomic_int_get(&s->n_failed) + 1 : 0);
	set_sending(s, FALSE);
}

/* P61: what a kill left. */
static void recover(struct submit *s)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_SENDING)
			doubt_begin(s->doubts, l->id,
				    "the engine was stopped while it was being sent");
	}
}

/* Milliseconds until the next row is due, or the disk may do again. */
static gint64 next_due(struct submit *s)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);
	gint n_failed = g_atomic_int_get(&s->n_failed), n_unknown = 0;
	gint64 least = n_failed ? MIN(500 << MIN(n_failed, 7), SLEEP_MAX_MS) : 1000;
	gint64 wait = n_failed ? least : SLEEP_MAX_MS;

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_RETRY || l->state == OUTBOX_SENT)
			wait = CLAMP(left_s(l) * 1000, least, wait);
		n_unknown += l->state == OUTBOX_UNKNOWN || l->state == OUTBOX_SENDING;
	}
	g_atomic_int_set(&s->n_unknown, n_unknown);
	return wait;
}

/* Until there is something to do. The session waits for a while: a script sends many messages. */
static void rest(struct submit *s, struct deliver *d, gint64 ms)
{
	gint64 left = (s->linger_until - g_get_monotonic_time()) / 1000;

	if (left > 0 && left < ms) {
		if (!waker_sleep(s->waker, left))
			return;
		ms -= left;
	}
	deliver_close(d);
	waker_sleep(s->waker, ms);
}

static void *run(void *data)
{
	struct submit *s = data;
	struct deliver *d = deliver_new(s->hub, s->line, s->connect_s);

	recover(s);
	while (!waker_is_stopped(s->waker)) {
		waker_was_poked(s->waker);
		send_due(s, d);
		rest(s, d, next_due(s));
	}
	submit_record(s, NULL, 0);
	deliver_free(d);
	return NULL;
}

static void free_transport(void *data)
{
	transport_free(data);
}

struct submit *submit_start(struct hub *hub, guint connect_s, const struct submit_host *host)
{
	struct submit *s = g_new0(struct submit, 1);

	s->hub = hub;
	s->store = hub_store(hub);
	s->dir = store_outbox_dir(s->store);
	s->connect_s = connect_s;
	s->host = *host;
	s->waker = waker_new();
	s->line = waker_new();
	s->fates = submit_fates_new();
	s->transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_transport);
	s->retired = g_ptr_array_new_with_free_func(free_transport);
	s->blocked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s->doubts = doubts_new(hub, &s->host, s->waker);
	s->filed = g_ptr_array_new_with_free_func(g_free);
	s->unreached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->untaken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->sent = g_queue_new();
	g_mutex_init(&s->lock);
	g_cond_init(&s->landed);
	outbox_sweep(s->dir);
	s->thread = g_thread_new("submit", run, s);
	return s;
}

/* What is in flight has a while to be answered: else nobody could say what became of it. */
static void stop(struct submit *s)
{
	gint64 end = g_get_monotonic_time() + LAND_S * G_USEC_PER_SEC;

	waker_stop(s->waker);
	g_mutex_lock(&s->lock);
	while (s->in_flight && g_cond_wait_until(&s->landed, &s->lock, end))
		;
	g_mutex_unlock(&s->lock);
	waker_stop(s->line);
	g_thread_join(s->thread);
}

void submit_free(struct submit *s)
{
	stop(s);
	doubts_free(s->doubts);
	waker_free(s->waker);
	waker_free(s->line);
	g_array_unref(s->fates);
	g_cond_clear(&s->landed);
	g_ptr_array_unref(s->filed);
	g_hash_table_unref(s->unreached);
	g_hash_table_unref(s->untaken);
	g_hash_table_unref(s->transports);
	g_hash_table_unref(s->blocked);
	g_queue_free_full(s->sent, g_free);
	g_ptr_array_unref(s->retired);
	g_mutex_clear(&s->lock);
	g_free(s);
}

void submit_wake(struct submit *s, gboolean insist)
{
	g_mutex_lock(&s->lock);
	if (insist)
		g_hash_table_remove_all(s->blocked);
	s->sending = TRUE;
	g_mutex_unlock(&s->lock);
	waker_poke(s->waker);
}

void submit_network_changed(struct submit *s)
{
	waker_network_changed(s->waker);
	waker_network_changed(s->line);
	submit_wake(s, FALSE);
}

void submit_mailbox_changed(struct submit *s)
{
	if (g_atomic_int_get(&s->n_unknown))
		submit_wake(s, FALSE);
}

gboolean submit_was_sent(struct submit *s, const char *id)
{
	gboolean sent;

	g_mutex_lock(&s->lock);
	sent = g_queue_find_custom(s->sent, id, (GCompareFunc)strcmp) != NULL;
	g_mutex_unlock(&s->lock);
	return sent;
}

gboolean submit_is_busy(struct submit *s, gint64 seconds)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);
	gboolean busy;

	g_mutex_lock(&s->lock);
	busy = s->sending;
	g_mutex_unlock(&s->lock);
	if (g_atomic_int_get(&s->n_failed) >= FAILED_TURNS)
		return FALSE;
	for (guint i = 0; i < letters->len && !busy; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		busy = l->state == OUTBOX_SENDING ||
		       ((l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY ||
			 l->state == OUTBOX_SENT) &&
			left_s(l) <= seconds);
	}
	return busy;
}
