/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that sends what is due and sees to what became of it. "Sent" stays until
 * Fcc and marks are durable and the file is gone; found at a start, it goes on there.
 *
 * A queue costs one commit a message: what became of one is recorded with the word that the next
 * is about to be sent, and the files and rows of sent ones go many at once.
 */
#include <string.h>

#include "backoff.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/step.h"
#include "filing.h"
#include "submit-private.h"

enum {
	SLEEP_MAX_MS = 60 * 1000,
	LAND_S = 3,	   /* how long the end of the engine waits for a server */
	LINGER_S = 10,	   /* how long a session waits for another message */
	FILED_MAX = 100,   /* rows of sent messages that go in one commit */
	SENT_KNOWN = 1000, /* ids of sent messages that are remembered for who asks late */
	FAILED_TURNS = 3,  /* after so many in a row the disk will not mend soon */
};

static gint64 now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

/* ---- telling ---------------------------------------------------------------------------- */

struct news {
	struct submit *s;
	char *id, *words;
	enum outbox_state state;
	guint code;
};

static void tell_main(void *data)
{
	struct news *n = data;

	n->s->host.outcome(n->id, n->state, n->code, n->words, n->s->host.data);
	g_free(n->id);
	g_free(n->words);
	g_free(n);
}

static void tell(struct submit *s, const char *id, enum outbox_state state, guint code,
		 const char *words)
{
	struct news *n = g_new0(struct news, 1);

	*n = (struct news){s, g_strdup(id), g_strdup(words ? words : ""), state, code};
	hub_call(s->hub, tell_main, n);
}

static void remember_sent(struct submit *s, const char *id)
{
	g_mutex_lock(&s->lock);
	g_queue_push_head(s->sent, g_strdup(id));
	if (g_queue_get_length(s->sent) > SENT_KNOWN)
		g_free(g_queue_pop_tail(s->sent));
	g_mutex_unlock(&s->lock);
}

/* ---- what becomes of a row --------------------------------------- */

/* G4: the user is told, and the exit status of a single run. */
static void fall_short(struct submit *s, const char *what, const GError *error)
{
	hub_note(s->hub, HUB_ERROR, "", "%s: %s", what, error->message);
	hub_count_failure(s->hub, error);
}

static void finish_sent(struct submit *s, const char *id, gboolean again)
{
	struct letter_change later = {.id = id, OUTBOX_SENT, OUTBOX_SENT};
	g_autoptr(GError) error = NULL;

	if (file_sent(s->hub, s->host.mailbox, s->host.data, id, again, &error)) {
		g_ptr_array_add(s->filed, g_strdup(id));
		return;
	}
	fall_short(s, "sent, but not filed yet", error);
	s->failed = TRUE;
	later.next_try = now_s() + BACKOFF_MAIL_FIRST;
	later.words = error->message;
	letters_set(s->store, &later, 1, "sent-not-filed", NULL);
}

static void drop_filed(struct submit *s)
{
	g_autoptr(GError) error = NULL;

	if (s->filed->len && !letters_drop(s->store, s->filed, &error)) {
		fall_short(s, "outbox", error);
		s->failed = TRUE;
	}
	g_ptr_array_set_size(s->filed, 0);
}

/* What follows when its fate is recorded. */
static void conclude(struct submit *s, const struct fate *f)
{
	const struct letter_change *c = &f->change;

	if (c->to == OUTBOX_SENT) {
		remember_sent(s, c->id);
		if (c->done)
			finish_sent(s, c->id, FALSE);
	}
	if (c->to == OUTBOX_UNKNOWN)
		hub_note(s->hub, HUB_ERROR, "",
			 "a message may or may not have been sent (%s); it is not sent again by "
			 "itself: see `cur queue`",
			 c->words);
	if (c->to == OUTBOX_RETRY)
		log_event(LOG_LEVEL_INFO, "outbox %s: again in %" G_GINT64_FORMAT " s: %s", c->id,
			  c->next_try - now_s(), c->words);
	if (c->to != OUTBOX_QUEUED)
		tell(s, c->id, c->to, f->code, c->words);
	if (s->filed->len >= FILED_MAX)
		drop_filed(s);
}

static void fate_clear(void *data)
{
	struct fate *f = data;

	g_free((char *)f->change.id);
	g_free((char *)f->change.words);
}

static GArray *fates_new(void)
{
	GArray *fates = g_array_new(FALSE, FALSE, sizeof(struct fate));

	g_array_set_clear_func(fates, fate_clear);
	return fates;
}

/* Those of the fates, then those of the messages that begin. */
static GArray *changes_of(struct submit *s, struct letter *const *begin, guint n_begin)
{
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct letter_change));

	for (guint i = 0; i < s->fates->len; i++)
		g_array_append_val(changes, g_array_index(s->fates, struct fate, i).change);
	for (guint i = 0; i < n_begin; i++) {
		struct letter_change c = {.id = begin[i]->id, begin[i]->state, OUTBOX_SENDING};

		g_array_append_val(changes, c);
	}
	return changes;
}

/* Which of them may be sent: the user may have been faster. */
static guint take_begun(struct submit *s, const struct letter_change *changes,
			struct letter **begin, guint n_begin)
{
	guint n = 0;

	for (guint i = 0; i < n_begin; i++) {
		if (!changes[i].done)
			continue;
		begin[i]->state = OUTBOX_SENDING;
		g_hash_table_remove(s->unreached, begin[i]->id);
		n++;
	}
	return n;
}

guint submit_record(struct submit *s, struct letter **begin, guint n_begin)
{
	g_autoptr(GArray) changes = changes_of(s, begin, n_begin), fates = NULL;
	struct letter_change *c = (struct letter_change *)(void *)changes->data;
	g_autoptr(GError) error = NULL;
	const char *point = "send-begun";
	guint n_begun = 0;

	if (!changes->len)
		return 0;
	if (s->fates->len)
		point = g_array_index(s->fates, struct fate, s->fates->len - 1).point;
	if (!letters_set(s->store, c, changes->len, point, &error)) {
		fall_short(s, "what became of a message cannot be recorded", error);
		s->unrecorded = s->failed = TRUE;
		return 0;
	}
	fates = g_steal_pointer(&s->fates);
	s->fates = fates_new();
	n_begun = take_begun(s, c + fates->len, begin, n_begin);
	for (guint i = 0; i < fates->len; i++) {
		struct fate *f = &g_array_index(fates, struct fate, i);

		f->change.done = c[i].done;
		conclude(s, f);
	}
	return n_begun;
}

/* The same for one that begins, or none. */
static gboolean record(struct submit *s, struct letter *begin)
{
	return submit_record(s, &begin, begin ? 1 : 0) > 0;
}

void submit_decide(struct submit *s, const struct letter *l, enum outbox_state to, guint code,
		   const char *words)
{
	static const char *const points[OUTBOX_N_STATES] = {
	    [OUTBOX_SENT] = "sent-recorded",   [OUTBOX_QUEUED] = "send-queued-again",
	    [OUTBOX_REFUSED] = "send-refused", [OUTBOX_RETRY] = "send-retry",
	    [OUTBOX_UNKNOWN] = "send-unknown",
	};

	struct fate f = {
	    {.id = g_strdup(l->id), .from = l->state, .to = to, .words = g_strdup(words)},
	    points[to],
	    code};

	g_array_append_val(s->fates, f);
}

static void decide_on_retry(struct submit *s, const struct letter *l, guint code, const char *words)
{
	gint64 wait =
	    backoff_wait(l->tries + 1, BACKOFF_MAIL_FIRST, BACKOFF_MAIL_CAP, g_random_double());
	/* Tries, too: a clock may be wrong, and a machine may have been off. */
	gboolean too_old =
	    now_s() - l->queued > BACKOFF_MAIL_LIFE && l->tries >= BACKOFF_MAIL_TRIES;

	submit_decide(s, l, too_old ? OUTBOX_REFUSED : OUTBOX_RETRY, code, words);
	g_array_index(s->fates, struct fate, s->fates->len - 1).change.next_try =
	    too_old ? 0 : now_s() + wait;
}

static void settle(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	switch (result->outcome) {
	case DELIVER_SENT:
		submit_decide(s, l, OUTBOX_SENT, 250, NULL);
		break;
	case DELIVER_UNKNOWN:
		doubt_begin(s->doubts, l->id, result->words);
		break;
	case DELIVER_REFUSED:
		submit_decide(s, l, OUTBOX_REFUSED, result->code, result->words);
		break;
	case DELIVER_BLOCKED:
	case DELIVER_RETRY:
		decide_on_retry(s, l, result->code, result->words);
		break;
	}
}

static void settle_doubt(struct submit *s, const struct letter *l)
{
	g_autofree char *words = doubt_end(s->doubts, l->id, FALSE);

	/* After the end: what came with the last look counts. */
	if (filing_proves_sent(s->store, l->id, l->queued)) {
		g_free(doubt_end(s->doubts, l->id, TRUE));
		submit_decide(s, l, OUTBOX_SENT, 250, NULL);
	} else if (words) {
		submit_decide(s, l, OUTBOX_UNKNOWN, 0, words);
	}
}

/* The user was told already; a copy that comes in later is good news. */
static void settle_unknown(struct submit *s, const struct letter *l)
{
	if (!filing_proves_sent(s->store, l->id, l->queued))
		return;
	hub_note(s->hub, HUB_INFO, "", "a message that may not have been sent has arrived: it was");
	submit_decide(s, l, OUTBOX_SENT, 250, NULL);
}

/* ---- sending ----------------------------------------------------- */

const struct transport *submit_transport(struct submit *s, const char *line, char **why)
{
	const struct transport *t = NULL;

	g_mutex_lock(&s->lock);
	*why = g_strdup(g_hash_table_lookup(s->blocked, line));
	if (!*why)
		t = g_hash_table_lookup(s->transports, line);
	g_mutex_unlock(&s->lock);
	if (!t && !*why)
		*why = g_strdup_printf("the configuration has no '%s'", line);
	return t;
}

static void block(struct submit *s, const char *line, const char *words)
{
	g_mutex_lock(&s->lock);
	g_hash_table_insert(s->blocked, g_strdup(line), g_strdup(words));
	g_mutex_unlock(&s->lock);
	hub_note(s->hub, HUB_ERROR, "", "%s: %s; what waits is kept: see `cur queue`", line, words);
}

static gboolean is_time(const struct letter *l)
{
	return !backoff_left_s(l->next_try, now_s(), BACKOFF_MAIL_CAP);
}

gboolean submit_is_due(const struct submit *s, const struct letter *l)
{
	return (l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY) &&
	       (is_time(l) || (s->network_is_new && g_hash_table_contains(s->unreached, l->id)));
}

/* The one that was offered, or another; NULL with its row refused. Yours. */
static struct parcel *take_parcel(struct submit *s, struct deliver *d, const struct letter *l)
{
	auto_ptr(parcel) ahead = g_steal_pointer(&s->ahead);
	g_autoptr(GError) error = NULL;
	struct parcel *p;

	if (ahead && !strcmp(parcel_id(ahead), l->id))
		return g_steal_pointer(&ahead);
	if (ahead)
		deliver_close(d);
	p = parcel_new(s->dir, l->id, &error);
	if (p)
		return p;
	fall_short(s, "outbox", error);
	submit_decide(s, l, OUTBOX_REFUSED, 0, error->message);
	return NULL;
}

/* What can be offered behind a parcel: the next that is due, for the same server. */
static void look_ahead(struct submit *s, const struct parcel *p, const struct letter *next)
{
	auto_ptr(parcel) ahead =
	    next && submit_is_due(s, next) ? parcel_new(s->dir, next->id, NULL) : NULL;

	if (ahead && !strcmp(parcel_item(ahead)->transport, parcel_item(p)->transport))
		s->ahead = g_steal_pointer(&ahead);
}

/* FALSE: nobody to send it to, and *result says why. No row is "sending" before there is. */
static gboolean reach(struct submit *s, struct deliver *d, const struct transport *t,
		      struct deliver_result *result)
{
	if (deliver_is_open(d, t))
		return TRUE;
	/* This may take long. */
	record(s, NULL);
	return deliver_open(d, t, result);
}

void submit_set_in_flight(struct submit *s, gboolean in_flight)
{
	g_mutex_lock(&s->lock);
	s->in_flight = in_flight;
	g_cond_broadcast(&s->landed);
	g_mutex_unlock(&s->lock);
}

static void hand_over(struct submit *s, struct deliver *d, struct parcel *p,
		      const struct letter *next, struct deliver_result *result)
{
	if (!s->ahead && deliver_can_post(d, p)) {
		if (deliver_post(d, p, result))
			deliver_hear(d, p, result);
		return;
	}
	look_ahead(s, p, next);
	deliver_send(d, p, s->ahead, result);
}

void submit_answered(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	step_point("send-answered");
	s->linger_until = g_get_monotonic_time() + LINGER_S * G_USEC_PER_SEC;
	settle(s, l, result);
}

static void send_parcel(struct submit *s, struct deliver *d, const struct transport *t,
			struct parcel *p, struct letter *l, const struct letter *next)
{
	struct deliver_result result = {0};

	if (!reach(s, d, t, &result)) {
		if (result.outcome == DELIVER_BLOCKED) {
			block(s, parcel_item(p)->transport, result.words);
			tell(s, l->id, OUTBOX_RETRY, result.code, result.words);
		} else {
			g_hash_table_add(s->unreached, g_strdup(l->id));
			settle(s, l, &result);
		}
	} else if (record(s, l)) {
		submit_set_in_flight(s, TRUE);
		hand_over(s, d, p, next, &result);
		submit_set_in_flight(s, FALSE);
		submit_answered(s, l, &result);
	} else {
		/* It may have been offered. */
		deliver_close(d);
	}
	deliver_result_clear(&result);
}

/* `next` (or NULL) stands behind it in the queue. */
static void send_one(struct submit *s, struct deliver *d, struct letter *l,
		     const struct letter *next)
{
	auto_ptr(parcel) p = take_parcel(s, d, l);
	g_autofree char *why = NULL;
	const struct transport *t;

	if (!p)
		return;
	t = submit_transport(s, parcel_item(p)->transport, &why);
	if (t) {
		send_parcel(s, d, t, p, l, next);
	} else {
		deliver_close(d);
		tell(s, l->id, OUTBOX_RETRY, 0, why);
	}
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
		send_one(s, d, l, next);
	else if (l->state == OUTBOX_SENT && is_time(l))
		finish_sent(s, l->id, TRUE);
	else if (l->state == OUTBOX_SENDING)
		settle_doubt(s, l);
	else if (l->state == OUTBOX_UNKNOWN)
		settle_unknown(s, l);
}

static void send_due(struct submit *s, struct deliver *d)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);

	s->network_is_new = waker_network(s->waker) != s->network;
	s->network = waker_network(s->waker);
	set_sending(s, TRUE);
	s->unrecorded = s->failed = FALSE;
	record(s, NULL);
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
	record(s, NULL);
	drop_filed(s);
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
			wait = CLAMP(backoff_left_s(l->next_try, now_s(), BACKOFF_MAIL_CAP) * 1000,
				     least, wait);
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
	record(s, NULL);
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
	s->fates = fates_new();
	s->transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_transport);
	s->retired = g_ptr_array_new_with_free_func(free_transport);
	s->blocked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s->doubts = doubts_new(hub, &s->host, s->waker);
	s->filed = g_ptr_array_new_with_free_func(g_free);
	s->unreached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
	g_hash_table_unref(s->transports);
	g_hash_table_unref(s->blocked);
	g_queue_free_full(s->sent, g_free);
	g_ptr_array_unref(s->retired);
	g_mutex_clear(&s->lock);
	g_free(s);
}

/* ---- from the main loop ------------------------------------------ */

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
			backoff_left_s(l->next_try, now_s(), BACKOFF_MAIL_CAP) <= seconds);
	}
	return busy;
}

static gboolean know_transport(struct submit *s, const char *line, submit_resolve_fn resolve,
			       void *data, GError **error)
{
	struct transport *t;
	gboolean known;

	g_mutex_lock(&s->lock);
	known = g_hash_table_contains(s->transports, line);
	g_mutex_unlock(&s->lock);
	if (known)
		return TRUE;
	t = resolve(line, data, error);
	if (!t)
		return FALSE;
	g_mutex_lock(&s->lock);
	g_hash_table_insert(s->transports, g_strdup(line), t);
	g_mutex_unlock(&s->lock);
	return TRUE;
}

static void adopt_one(struct submit *s, const char *id, submit_resolve_fn resolve, void *data)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(outbox_item) item = outbox_read(s->dir, id, &error);

	if (!item && error_is(error, CUR_ERROR_CORRUPT)) {
		g_prefix_error(&error, "it is put aside: ");
		fall_short(s, "outbox", error);
		outbox_set_aside(s->dir, id, NULL);
		return;
	}
	/* The row is queued all the same: a line in the configuration can be mended. */
	if (item && !know_transport(s, item->transport, resolve, data, &error)) {
		fall_short(s, "outbox", error);
		g_clear_error(&error);
	}
	if (!item || !outbox_adopt(s->dir, id, &error) || !letter_add(s->store, id, item, &error))
		fall_short(s, "outbox", error);
}

void submit_take(struct submit *s, const char *id, submit_resolve_fn resolve, void *data)
{
	adopt_one(s, id, resolve, data);
	submit_wake(s, FALSE);
}

gboolean submit_adopt_new(struct submit *s, submit_resolve_fn resolve, void *data, GError **error)
{
	g_autoptr(GPtrArray) ids = outbox_list_new(s->dir, error);

	for (guint i = 0; ids && i < ids->len; i++)
		adopt_one(s, g_ptr_array_index(ids, i), resolve, data);
	if (ids && ids->len)
		submit_wake(s, FALSE);
	return ids != NULL;
}

gboolean submit_adopt(struct submit *s, submit_resolve_fn resolve, void *data, GError **error)
{
	g_autoptr(GPtrArray) work = NULL;

	if (!submit_adopt_new(s, resolve, data, error))
		return FALSE;
	work = outbox_list_work(s->dir, error);
	for (guint i = 0; work && i < work->len; i++)
		adopt_one(s, g_ptr_array_index(work, i), resolve, data);
	submit_wake(s, FALSE);
	return work != NULL;
}

static gboolean retire(void *line, void *transport, void *data)
{
	g_free(line);
	g_ptr_array_add(data, transport);
	return TRUE;
}

void submit_forget_transports(struct submit *s)
{
	/* A session may use one: they are replaced, and the old ones kept until the end. */
	g_mutex_lock(&s->lock);
	g_hash_table_foreach_steal(s->transports, retire, s->retired);
	g_hash_table_remove_all(s->blocked);
	g_mutex_unlock(&s->lock);
}
