/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * States of a row, in order: queued, sending (committed before MAIL FROM), then sent,
 * retry, refused or unknown. "Sent" stays until Fcc and marks are durable and the
 * file is gone; found at a start, it goes on there.
 */
#include "submit.h"

#include <string.h>
#include <unistd.h>

#include "acts.h"
#include "backoff.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/step.h"
#include "cur/mail/flags.h"
#include "cur/net/waker.h"
#include "cur/store/outbox.h"
#include "deliver.h"
#include "harvest.h"

enum {
	SLEEP_MAX_MS = 60 * 1000,
	SENT_KNOWN = 1000, /* ids of sent messages that are remembered for who asks late */
};

struct submit {
	struct hub *hub;
	struct store *store;
	const char *dir;
	guint connect_s;
	submit_outcome_fn outcome;
	submit_mailbox_fn mailbox;
	void *data;
	struct waker *waker;
	GThread *thread;
	GMutex lock;		/* what follows */
	GHashTable *transports; /* Transport: line -> struct transport, struct deliver uses it */
	GHashTable *blocked; /* lines whose password was refused (P55), with the server's words */
	GQueue *sent;	     /* ids, the latest first */
	GPtrArray *retired;  /* transports of an older configuration */
	gboolean sending;
};

/* ---- rows ------------------------------------------------------------------------------ */

struct letter {
	char *id;
	enum outbox_state state;
	guint32 tries;
	gint64 queued, next_try;
};

static void letter_free(void *data)
{
	g_free(((struct letter *)data)->id);
	g_free(data);
}

static gboolean collect(const struct state_outbox *row, void *data)
{
	struct letter *l = g_new0(struct letter, 1);

	*l = (struct letter){g_strdup(row->id), row->state, row->tries, row->queued, row->next_try};
	g_ptr_array_add(data, l);
	return TRUE;
}

static GPtrArray *load(struct submit *s)
{
	GPtrArray *letters = g_ptr_array_new_with_free_func(letter_free);

	store_lock(s->store);
	state_outbox_rows(store_state(s->store), collect, letters, NULL);
	store_unlock(s->store);
	return letters;
}

static gint64 now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static gboolean commit(struct submit *s, gboolean ok, const char *point, GError **error)
{
	if (!ok) {
		store_rollback(s->store);
		return FALSE;
	}
	if (!store_commit(s->store, error))
		return FALSE;
	step_point(point);
	return TRUE;
}

/* A row in its new state, unless the user changed it meanwhile (`from`). */
static gboolean set_row(struct submit *s, const char *id, enum outbox_state from,
			enum outbox_state to, gint64 next_try, const char *words, const char *point,
			GError **error)
{
	g_autofree struct state_outbox *row = NULL;
	gboolean ok = store_begin(s->store, error);

	if (!ok)
		return FALSE;
	row = state_outbox(store_state(s->store), id);
	ok = row && row->state == from;
	if (ok) {
		row->state = to;
		row->tries += to == OUTBOX_SENDING;
		row->next_try = next_try;
		row->words = words ? words : "";
		ok = state_put_outbox(store_state(s->store), row, error);
	} else {
		error_set(error, CUR_ERROR_GONE, "'%s' was taken back", id);
	}
	return commit(s, ok, point, error);
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

	n->s->outcome(n->id, n->state, n->code, n->words, n->s->data);
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

/* ---- what follows a submission ------------------------------------------------------------- */

static guint64 id_hash_of(struct submit *s, const char *id)
{
	return deliver_message_hash(s->dir, id);
}

struct search {
	guint32 mailbox;
	gboolean found;
};

static gboolean in_mailbox(const struct state_message *msg, void *data)
{
	struct search *search = data;

	search->found = search->found || msg->mailbox == search->mailbox;
	return !search->found;
}

static gboolean is_filed(struct submit *s, const char *id, guint32 mailbox)
{
	struct search search = {mailbox, FALSE};

	store_lock(s->store);
	state_messages_by_id(store_state(s->store), id_hash_of(s, id), in_mailbox, &search, NULL);
	store_unlock(s->store);
	return search.found;
}

/* A copy into one mailbox; once, however often this is begun. */
static gboolean file_copy(struct submit *s, const char *id, const char *name, gboolean again,
			  GError **error)
{
	guint32 mailbox = s->mailbox(name, s->data, error);
	struct harvest h = {0};
	guint64 n;
	gboolean ok;
	int fd;

	if (!mailbox)
		return FALSE;
	/* A kill may have left the copy without its row. */
	if (again) {
		harvest(s->hub, mailbox, NULL, &h, NULL);
		harvest_clear(&h);
	}
	if (is_filed(s, id, mailbox))
		return TRUE;
	fd = outbox_open_message(s->dir, id, &n, error);
	if (fd < 0)
		return FALSE;
	ok = act_append_fd(s->store, mailbox, fd, FLAG_SEEN, 0, NULL, error);
	close(fd);
	return ok;
}

static void mark_parent(struct submit *s, guint32 mailbox, guint32 lid, mark_t flag)
{
	g_autoptr(GError) error = NULL;

	if (mailbox && !act_mark(s->store, mailbox, &lid, 1, flag, 0, &error))
		log_event(LOG_LEVEL_WARN, "the parent of a sent message is not marked: %s",
			  error->message);
}

static gboolean drop_row(struct submit *s, const char *id, GError **error)
{
	/* The file first: a file without a row would be sent again. */
	if (!outbox_remove(s->dir, id, error))
		return FALSE;
	step_point("sent-file-gone");
	return store_begin(s->store, error) &&
	       commit(s, state_drop_outbox(store_state(s->store), id, error), "sent-row-gone",
		      error);
}

/* P65, D28: the mail is sent whatever happens here; what fails is tried again. */
static gboolean follow_up(struct submit *s, const char *id, gboolean again, GError **error)
{
	g_autoptr(GError) failed = NULL;
	auto_ptr(outbox_item) item = outbox_read(s->dir, id, &failed);

	if (!item && error_is(failed, CUR_ERROR_GONE))
		return drop_row(s, id, error);
	if (!item) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	for (guint i = 0; i < item->fcc->len; i++)
		if (!file_copy(s, id, g_ptr_array_index(item->fcc, i), again, error))
			return FALSE;
	/* As in mutt, who answered has read it. */
	mark_parent(s, item->answered_mailbox, item->answered_lid, FLAG_ANSWERED | FLAG_SEEN);
	mark_parent(s, item->forwarded_mailbox, item->forwarded_lid, FLAG_PASSED);
	return drop_row(s, id, error);
}

static void finish_sent(struct submit *s, const char *id, gboolean again)
{
	g_autoptr(GError) error = NULL;
	gint64 later = now_s() + BACKOFF_MAIL_FIRST;

	if (follow_up(s, id, again, &error))
		return;
	hub_note(s->hub, HUB_ERROR, "", "sent, but not filed yet: %s", error->message);
	set_row(s, id, OUTBOX_SENT, OUTBOX_SENT, later, error->message, "sent-not-filed", NULL);
}

/* ---- outcomes ---------------------------------------------------- */

static void on_sent(struct submit *s, const struct letter *l)
{
	g_autoptr(GError) error = NULL;

	if (!set_row(s, l->id, OUTBOX_SENDING, OUTBOX_SENT, 0, NULL, "sent-recorded", &error)) {
		hub_note(s->hub, HUB_ERROR, "", "sent, but this cannot be recorded: %s",
			 error->message);
		return;
	}
	remember_sent(s, l->id);
	finish_sent(s, l->id, FALSE);
	tell(s, l->id, OUTBOX_SENT, 250, NULL);
}

static void on_unknown(struct submit *s, const struct letter *l, const char *words)
{
	set_row(s, l->id, OUTBOX_SENDING, OUTBOX_UNKNOWN, 0, words, "send-unknown", NULL);
	hub_note(s->hub, HUB_ERROR, "",
		 "a message may or may not have been sent (%s); it is not sent again by itself: "
		 "see `cur queue`",
		 words);
	tell(s, l->id, OUTBOX_UNKNOWN, 0, words);
}

static void on_refused(struct submit *s, const struct letter *l, guint code, const char *words)
{
	set_row(s, l->id, OUTBOX_SENDING, OUTBOX_REFUSED, 0, words, "send-refused", NULL);
	tell(s, l->id, OUTBOX_REFUSED, code, words);
}

static void on_retry(struct submit *s, const struct letter *l, guint code, const char *words)
{
	gint64 wait =
	    backoff_seconds(l->tries + 1, BACKOFF_MAIL_FIRST, BACKOFF_MAIL_CAP, g_random_double());

	if (now_s() - l->queued > BACKOFF_MAIL_LIFE) {
		on_refused(s, l, code, words);
		return;
	}
	set_row(s, l->id, OUTBOX_SENDING, OUTBOX_RETRY, now_s() + wait, words, "send-retry", NULL);
	tell(s, l->id, OUTBOX_RETRY, code, words);
	log_event(LOG_LEVEL_INFO, "outbox %s: again in %" G_GINT64_FORMAT " s: %s", l->id, wait,
		  words);
}

static void settle(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	switch (result->outcome) {
	case DELIVER_SENT:
		on_sent(s, l);
		break;
	case DELIVER_UNKNOWN:
		on_unknown(s, l, result->words);
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

static void send_one(struct submit *s, struct deliver *d, struct letter *l)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(outbox_item) item = outbox_read(s->dir, l->id, &error);
	struct deliver_result result = {0};
	g_autofree char *why = NULL;
	const struct transport *t;

	if (!item) {
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s", error->message);
		set_row(s, l->id, l->state, OUTBOX_REFUSED, 0, error->message, "send-broken", NULL);
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
		} else if (set_row(s, l->id, l->state, OUTBOX_SENDING, 0, NULL, "send-offline",
				   NULL))
			settle(s, l, &result);
	} else if (set_row(s, l->id, l->state, OUTBOX_SENDING, 0, NULL, "send-begun", NULL)) {
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

static void send_due(struct submit *s, struct deliver *d)
{
	g_autoptr(GPtrArray) letters = load(s);

	set_sending(s, TRUE);
	for (guint i = 0; i < letters->len && !waker_is_stopped(s->waker); i++) {
		struct letter *l = g_ptr_array_index(letters, i);

		if (is_due(l))
			send_one(s, d, l);
		else if (l->state == OUTBOX_SENT && l->next_try <= now_s())
			finish_sent(s, l->id, TRUE);
	}
	deliver_close(d);
	set_sending(s, FALSE);
}

/* P61: what a kill left. Mail found in a mailbox of sent mail was sent. */
static void recover(struct submit *s)
{
	g_autoptr(GPtrArray) letters = load(s);

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_SENDING)
			on_unknown(s, l, "the engine was stopped while it was being sent");
	}
}

/* Milliseconds until the next row is due. */
static gint64 next_due(struct submit *s)
{
	g_autoptr(GPtrArray) letters = load(s);
	gint64 wait = SLEEP_MAX_MS;

	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if (l->state == OUTBOX_RETRY || l->state == OUTBOX_SENT)
			wait = CLAMP((l->next_try - now_s()) * 1000, 1000, wait);
	}
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

struct submit *submit_start(struct hub *hub, guint connect_s, submit_outcome_fn outcome,
			    submit_mailbox_fn mailbox, void *data)
{
	struct submit *s = g_new0(struct submit, 1);

	s->hub = hub;
	s->store = hub_store(hub);
	s->dir = store_outbox_dir(s->store);
	s->connect_s = connect_s;
	s->outcome = outcome;
	s->mailbox = mailbox;
	s->data = data;
	s->waker = waker_new();
	s->transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_transport);
	s->retired = g_ptr_array_new_with_free_func(free_transport);
	s->blocked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
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
	g_autoptr(GPtrArray) letters = load(s);
	gboolean busy;

	g_mutex_lock(&s->lock);
	busy = s->sending;
	g_mutex_unlock(&s->lock);
	for (guint i = 0; i < letters->len && !busy; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		busy = (l->state == OUTBOX_QUEUED || l->state == OUTBOX_RETRY ||
			l->state == OUTBOX_SENT) &&
		       l->next_try <= now_s() + seconds;
	}
	return busy;
}

static gboolean add_row(struct submit *s, const char *id, const struct outbox_item *item,
			GError **error)
{
	struct state_outbox row = {
	    .id = id,
	    .account = item->account,
	    .state = OUTBOX_QUEUED,
	    .queued = now_s(),
	    .words = "",
	};
	g_autofree struct state_outbox *there = NULL;
	gboolean ok = store_begin(s->store, error);

	if (!ok)
		return FALSE;
	there = state_outbox(store_state(s->store), id);
	return commit(s, there || state_add_outbox(store_state(s->store), &row, error),
		      "outbox-adopted", error);
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
	if (!item || !outbox_adopt(s->dir, id, &error) || !add_row(s, id, item, &error))
		hub_note(s->hub, HUB_ERROR, "", "outbox: %s", error->message);
}

void submit_take(struct submit *s, const char *id, submit_resolve_fn resolve, void *data)
{
	adopt_one(s, id, resolve, data);
	submit_wake(s, FALSE);
}

gboolean submit_adopt(struct submit *s, submit_resolve_fn resolve, void *data, GError **error)
{
	g_autoptr(GPtrArray) fresh = outbox_list_new(s->dir, error);
	g_autoptr(GPtrArray) work = fresh ? outbox_list_work(s->dir, error) : NULL;

	if (!work)
		return FALSE;
	for (guint i = 0; i < fresh->len; i++)
		adopt_one(s, g_ptr_array_index(fresh, i), resolve, data);
	for (guint i = 0; i < work->len; i++)
		adopt_one(s, g_ptr_array_index(work, i), resolve, data);
	submit_wake(s, FALSE);
	return TRUE;
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

/* Which states a wish is for, and what it makes of them. */
static const struct {
	enum outbox_state from, to;
	enum submit_wish wish;
} wishes[] = {
    {OUTBOX_QUEUED, OUTBOX_QUEUED, SUBMIT_FLUSH},   {OUTBOX_RETRY, OUTBOX_QUEUED, SUBMIT_FLUSH},
    {OUTBOX_SENT, OUTBOX_SENT, SUBMIT_FLUSH},	    {OUTBOX_QUEUED, OUTBOX_HOLD, SUBMIT_HOLD},
    {OUTBOX_RETRY, OUTBOX_HOLD, SUBMIT_HOLD},	    {OUTBOX_HOLD, OUTBOX_HOLD, SUBMIT_HOLD},
    {OUTBOX_HOLD, OUTBOX_QUEUED, SUBMIT_RELEASE},   {OUTBOX_UNKNOWN, OUTBOX_QUEUED, SUBMIT_RESEND},
    {OUTBOX_REFUSED, OUTBOX_QUEUED, SUBMIT_RESEND},
};

static gboolean change(struct submit *s, struct state_outbox *row, enum submit_wish wish,
		       GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(wishes); i++) {
		if (wishes[i].wish != wish || wishes[i].from != row->state)
			continue;
		row->state = wishes[i].to;
		row->next_try = 0;
		return state_put_outbox(store_state(s->store), row, error);
	}
	return error_set(error, CUR_ERROR_REFUSED, "'%s' is in the state '%s'", row->id,
			 outbox_state_word(row->state));
}

gboolean submit_ask(struct submit *s, const char *id, enum submit_wish wish, GError **error)
{
	g_autofree struct state_outbox *row = NULL;
	gboolean ok = store_begin(s->store, error);

	if (!ok)
		return FALSE;
	row = state_outbox(store_state(s->store), id);
	if (!row)
		ok = error_set(error, CUR_ERROR_GONE, "there is no '%s' in the outbox", id);
	else if (row->state == OUTBOX_SENDING)
		ok = error_set(error, CUR_ERROR_BUSY, "'%s' is being sent", id);
	else if (wish == SUBMIT_DROP)
		ok = outbox_remove(s->dir, id, error) &&
		     state_drop_outbox(store_state(s->store), id, error);
	else
		ok = change(s, row, wish, error);
	return commit(s, ok, "outbox-asked", error);
}
