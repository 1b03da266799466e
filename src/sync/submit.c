/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that sends what is due and sees to what became of it. "Sent" stays until
 * Fcc and marks are durable and the file is gone; found at a start, it goes on there.
 */
#include "submit.h"

#include <string.h>

#include "backoff.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/step.h"
#include "cur/net/waker.h"
#include "deliver.h"
#include "filing.h"
#include "letter.h"

enum {
	SLEEP_MAX_MS = 60 * 1000,
	DOUBT_S = 60,	   /* how long a look at the servers may take */
	SENT_KNOWN = 1000, /* ids of sent messages that are remembered for who asks late */
};

struct submit {
	struct hub *hub;
	struct store *store;
	const char *dir;
	guint connect_s;
	struct submit_host host;
	struct waker *waker;
	GThread *thread;
	gint n_unknown;		/* atomic: rows that a new message may explain */
	GMutex lock;		/* what follows */
	GHashTable *transports; /* Transport: line -> struct transport, struct deliver uses it */
	GHashTable *blocked; /* lines whose password was refused (P55), with the server's words */
	GHashTable *doubts;  /* id -> struct doubt */
	GQueue *sent;	     /* ids, the latest first */
	GPtrArray *retired;  /* transports of an older configuration */
	gboolean sending;
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

/* ---- outcomes ---------------------------------------------------- */

static void finish_sent(struct submit *s, const char *id, gboolean again)
{
	g_autoptr(GError) error = NULL;

	if (file_sent(s->hub, s->host.mailbox, s->host.data, id, again, &error))
		return;
	hub_note(s->hub, HUB_ERROR, "", "sent, but not filed yet: %s", error->message);
	letter_set(s->store, id,
		   &(struct letter_change){OUTBOX_SENT, OUTBOX_SENT, now_s() + BACKOFF_MAIL_FIRST,
					   error->message, "sent-not-filed"},
		   NULL);
}

static void on_sent(struct submit *s, const struct letter *l, enum outbox_state from)
{
	const struct letter_change sent = {from, OUTBOX_SENT, .point = "sent-recorded"};
	g_autoptr(GError) error = NULL;

	if (!letter_set(s->store, l->id, &sent, &error)) {
		hub_note(s->hub, HUB_ERROR, "", "sent, but this cannot be recorded: %s",
			 error->message);
		return;
	}
	remember_sent(s, l->id);
	finish_sent(s, l->id, FALSE);
	tell(s, l->id, OUTBOX_SENT, 250, NULL);
}

static void on_refused(struct submit *s, const struct letter *l, guint code, const char *words)
{
	const struct letter_change refused = {OUTBOX_SENDING, OUTBOX_REFUSED, 0, words,
					      "send-refused"};

	letter_set(s->store, l->id, &refused, NULL);
	tell(s, l->id, OUTBOX_REFUSED, code, words);
}

static void on_retry(struct submit *s, const struct letter *l, guint code, const char *words)
{
	gint64 wait =
	    backoff_seconds(l->tries + 1, BACKOFF_MAIL_FIRST, BACKOFF_MAIL_CAP, g_random_double());
	const struct letter_change retry = {OUTBOX_SENDING, OUTBOX_RETRY, now_s() + wait, words,
					    "send-retry"};

	if (now_s() - l->queued > BACKOFF_MAIL_LIFE) {
		on_refused(s, l, code, words);
		return;
	}
	letter_set(s->store, l->id, &retry, NULL);
	tell(s, l->id, OUTBOX_RETRY, code, words);
	log_event(LOG_LEVEL_INFO, "outbox %s: again in %" G_GINT64_FORMAT " s: %s", l->id, wait,
		  words);
}

static void on_unknown(struct submit *s, const struct letter *l, const char *words)
{
	const struct letter_change unknown = {OUTBOX_SENDING, OUTBOX_UNKNOWN, 0, words,
					      "send-unknown"};

	letter_set(s->store, l->id, &unknown, NULL);
	hub_note(s->hub, HUB_ERROR, "",
		 "a message may or may not have been sent (%s); it is not sent again by itself: "
		 "see `cur queue`",
		 words);
	tell(s, l->id, OUTBOX_UNKNOWN, 0, words);
}

/* ---- doubts (P60, P61) ------------------------------------------- */

/* A row still "sending" of which nobody knows what became: the mailboxes are looked at first. */
struct doubt {
	char *words;
	gint64 until;	 /* monotonic us */
	gboolean looked; /* the servers have told what they have */
};

static void doubt_free(void *data)
{
	g_free(((struct doubt *)data)->words);
	g_free(data);
}

struct inquiry {
	struct submit *s;
	char *id;
};

static void on_looked(const GError *error, void *data)
{
	struct inquiry *q = data;
	struct doubt *doubt;

	g_mutex_lock(&q->s->lock);
	doubt = g_hash_table_lookup(q->s->doubts, q->id);
	if (doubt)
		doubt->looked = TRUE;
	g_mutex_unlock(&q->s->lock);
	waker_poke(q->s->waker);
	g_free(q->id);
	g_free(q);
}

/* On the main loop. */
static void look(void *data)
{
	struct inquiry *q = data;
	struct ticket *t = ticket_new(q->s->hub, on_looked, q);
	g_autoptr(GArray) places = filing_places(q->s->store, q->id);

	for (guint i = 0; i < places->len; i++)
		q->s->host.refresh(g_array_index(places, guint32, i), t, q->s->host.data);
	ticket_return(t, NULL);
}

static void begin_doubt(struct submit *s, const struct letter *l, const char *words)
{
	struct inquiry *q = g_new0(struct inquiry, 1);
	struct doubt *doubt = g_new0(struct doubt, 1);

	*doubt = (struct doubt){g_strdup(words), g_get_monotonic_time() + DOUBT_S * G_USEC_PER_SEC,
				FALSE};
	g_mutex_lock(&s->lock);
	g_hash_table_insert(s->doubts, g_strdup(l->id), doubt);
	g_mutex_unlock(&s->lock);
	*q = (struct inquiry){s, g_strdup(l->id)};
	hub_call(s->hub, look, q);
}

/* The words of a doubt that is over, yours; NULL while the look goes on. */
static char *end_doubt(struct submit *s, const char *id, gboolean proved)
{
	struct doubt *doubt;
	char *words = NULL;

	g_mutex_lock(&s->lock);
	doubt = g_hash_table_lookup(s->doubts, id);
	if (doubt && (proved || doubt->looked || g_get_monotonic_time() > doubt->until)) {
		words = g_strdup(doubt->words);
		g_hash_table_remove(s->doubts, id);
	}
	g_mutex_unlock(&s->lock);
	return words;
}

static void settle_doubt(struct submit *s, const struct letter *l)
{
	g_autofree char *words = end_doubt(s, l->id, FALSE);

	/* After the end: what came with the last look counts. */
	if (filing_proves_sent(s->store, l->id, l->queued)) {
		g_free(end_doubt(s, l->id, TRUE));
		on_sent(s, l, OUTBOX_SENDING);
	} else if (words) {
		on_unknown(s, l, words);
	}
}

/* The user was told already; a copy that comes in later is good news. */
static void settle_unknown(struct submit *s, const struct letter *l)
{
	if (!filing_proves_sent(s->store, l->id, l->queued))
		return;
	hub_note(s->hub, HUB_INFO, "", "a message that may not have been sent has arrived: it was");
	on_sent(s, l, OUTBOX_UNKNOWN);
}

static void settle(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	switch (result->outcome) {
	case DELIVER_SENT:
		on_sent(s, l, OUTBOX_SENDING);
		break;
	case DELIVER_UNKNOWN:
		begin_doubt(s, l, result->words);
		break;
	case DELIVER_REFUSED:
		on_refused(s, l, result->code, result->words);
		break;
	case DELIVER_BLOCKED:
	case DELIVER_RETRY:
		on_retry(s, l, result->code, result->words);
		break;
	}
}

/* ---- sending ----------------------------------------------------- */

/* NULL when there is none or its password was refused; *why is yours. */
static const struct transport *transport_of(struct submit *s, const char *line, char **why)
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

static gboolean begin_sending(struct submit *s, const struct letter *l, const char *point)
{
	return letter_set(s->store, l->id,
			  &(struct letter_change){l->state, OUTBOX_SENDING, .point = point}, NULL);
}

static void send_one(struct submit *s, struct deliver *d, struct letter *l)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(outbox_item) item = outbox_read(s->dir, l->id, &error);
	struct deliver_result result = {0};
	g_autofree char *why = NULL;
	const struct transport *t;

	if (!item) {
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s", error->message);
		letter_set(s->store, l->id,
			   &(struct letter_change){l->state, OUTBOX_REFUSED, 0, error->message,
						   "send-broken"},
			   NULL);
		return;
	}
	t = transport_of(s, item->transport, &why);
	if (!t) {
		tell(s, l->id, OUTBOX_RETRY, 0, why);
		return;
	}
	/* Connect first: no row is "sending" before there is somebody to send to. */
	if (!deliver_open(d, t, &result)) {
		if (result.outcome == DELIVER_BLOCKED) {
			block(s, item->transport, result.words);
			tell(s, l->id, OUTBOX_RETRY, result.code, result.words);
		} else if (begin_sending(s, l, "send-offline"))
			settle(s, l, &result);
	} else if (begin_sending(s, l, "send-begun")) {
		deliver_send(d, s->dir, l->id, item, &result);
		step_point("send-answered");
		settle(s, l, &result);
	}
	deliver_result_clear(&result);
}

static gboolean is_due(const struct letter *l)
{
	return (l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY) && l->next_try <= now_s();
}

static void set_sending(struct submit *s, gboolean sending)
{
	g_mutex_lock(&s->lock);
	s->sending = sending;
	g_mutex_unlock(&s->lock);
}

static void see_to(struct submit *s, struct deliver *d, struct letter *l)
{
	if (is_due(l))
		send_one(s, d, l);
	else if (l->state == OUTBOX_SENT && l->next_try <= now_s())
		finish_sent(s, l->id, TRUE);
	else if (l->state == OUTBOX_SENDING)
		settle_doubt(s, l);
	else if (l->state == OUTBOX_UNKNOWN)
		settle_unknown(s, l);
}

static void send_due(struct submit *s, struct deliver *d)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);

	set_sending(s, TRUE);
	for (guint i = 0; i < letters->len && !waker_is_stopped(s->waker); i++)
		see_to(s, d, g_ptr_array_index(letters, i));
	deliver_close(d);
	set_sending(s, FALSE);
}

/* P61: what a kill left. */
static void recover(struct submit *s)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_SENDING)
			begin_doubt(s, l, "the engine was stopped while it was being sent");
	}
}

/* Milliseconds until the next row is due. */
static gint64 next_due(struct submit *s)
{
	g_autoptr(GPtrArray) letters = letters_load(s->store);
	gint64 wait = SLEEP_MAX_MS;
	gint n_unknown = 0;

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_RETRY || l->state == OUTBOX_SENT)
			wait = CLAMP((l->next_try - now_s()) * 1000, 1000, wait);
		n_unknown += l->state == OUTBOX_UNKNOWN || l->state == OUTBOX_SENDING;
	}
	g_atomic_int_set(&s->n_unknown, n_unknown);
	return wait;
}

static void *run(void *data)
{
	struct submit *s = data;
	struct deliver *d = deliver_new(s->hub, s->waker, s->connect_s);

	recover(s);
	while (!waker_is_stopped(s->waker)) {
		waker_was_poked(s->waker);
		send_due(s, d);
		waker_sleep(s->waker, next_due(s));
	}
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
	s->transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_transport);
	s->retired = g_ptr_array_new_with_free_func(free_transport);
	s->blocked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s->doubts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, doubt_free);
	s->sent = g_queue_new();
	g_mutex_init(&s->lock);
	outbox_sweep(s->dir);
	s->thread = g_thread_new("submit", run, s);
	return s;
}

void submit_free(struct submit *s)
{
	waker_stop(s->waker);
	g_thread_join(s->thread);
	waker_free(s->waker);
	g_hash_table_unref(s->transports);
	g_hash_table_unref(s->blocked);
	g_hash_table_unref(s->doubts);
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
	for (guint i = 0; i < letters->len && !busy; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		busy = l->state == OUTBOX_SENDING ||
		       ((l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY ||
			 l->state == OUTBOX_SENT) &&
			l->next_try <= now_s() + seconds);
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
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s; it is put aside", error->message);
		outbox_set_aside(s->dir, id, NULL);
		return;
	}
	/* The row is queued all the same: a line in the configuration can be mended. */
	if (item && !know_transport(s, item->transport, resolve, data, &error)) {
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s", error->message);
		g_clear_error(&error);
	}
	if (!item || !outbox_adopt(s->dir, id, &error) || !letter_add(s->store, id, item, &error))
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s", error->message);
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
