/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function a request of wire.def: read its values, act, answer. */
#include <string.h>

#include "acts.h"
#include "core.h"
#include "cur/base/error.h"
#include "cur/store/outbox.h"
#include "folders.h"
#include "steps.h"

struct request {
	struct engine *e;
	struct client *c;
	guint32 serial;
	GVariant *body;
};

/* TRUE: DONE is due. FALSE with *error: FAIL. FALSE without: answered later, or already. */
typedef gboolean (*request_fn)(struct request *r, GError **error);

/* A request whose answer comes later, of a client that may be gone by then. */
struct pending {
	struct engine *e;
	guint client;
	guint32 serial;
	char *name; /* what it is about, or NULL */
};

static struct pending *pending_new(struct request *r, const char *name)
{
	struct pending *p = g_new0(struct pending, 1);

	*p = (struct pending){r->e, r->c->id, r->serial, g_strdup(name)};
	return p;
}

static void pending_answer(struct pending *p, const GError *error)
{
	struct client *c = clients_find(p->e, p->client);

	if (c && error)
		client_fail(c, p->serial, error);
	else if (c)
		client_done(c, p->serial);
	g_free(p->name);
	g_free(p);
}

/* ---- what is open ---------------------------------------------------------------------- */

static gboolean ask_hello(struct request *r, GError **error)
{
	g_auto(GStrv) args = NULL;
	GHashTableIter it;
	void *worker;
	guint32 version;

	g_variant_get(r->body, "(us^as)", &version, NULL, &args);
	if (version != WIRE_VERSION)
		return error_set(error, CUR_ERROR_USAGE,
				 "the engine speaks version %d, this program version %u: stop the "
				 "engine (cur sync --stop) and start again",
				 WIRE_VERSION, version);
	if (args[0] &&
	    (!r->e->args ||
	     !g_strv_equal((const char *const *)args, (const char *const *)r->e->args)) &&
	    !engine_configure(r->e, (const char *const *)args, error))
		return FALSE;
	r->c->greeted = TRUE;
	/* Now there is somebody to ask for a password. */
	g_hash_table_iter_init(&it, r->e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker)) {
		struct worker_status status;

		worker_status(worker, &status);
		if (status.state == WORKER_ERROR)
			worker_want_all(worker, TRUE, NULL);
		g_free(status.last_error);
	}
	return TRUE;
}

static void answer_opened(struct client *c, guint32 serial, const struct state_mailbox *mb)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(c->opened, GUINT_TO_POINTER(mb->number)));
	struct worker *w = engine_worker_of(c->engine, mb);

	g_hash_table_insert(c->opened, GUINT_TO_POINTER(mb->number), GUINT_TO_POINTER(n + 1));
	clients_watch(c->engine);
	if (w && !*mb->account)
		worker_want_look(w, mb->number);
	else if (w)
		worker_want_mailbox(w, mb->number, FALSE, NULL);
	wire_send(c->wire, WIRE_OPENED, serial, g_variant_new("(us)", mb->number, mb->name));
	client_done(c, serial);
}

/* The account was listed: now it is known, or there is no such mailbox. */
static void opened_after_list(const GError *error, void *data)
{
	struct pending *p = data;
	struct client *c = clients_find(p->e, p->client);
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = engine_mailbox(p->e, p->name, &failed);

	if (c && mb)
		answer_opened(c, p->serial, mb);
	else if (c)
		client_fail(c, p->serial, error ? error : failed);
	g_free(p->name);
	g_free(p);
}

/* U22: what went wrong before this client came was told to nobody. */
static void tell_troubles(struct request *r)
{
	GHashTableIter it;
	void *name, *worker;

	g_hash_table_iter_init(&it, r->e->workers);
	while (g_hash_table_iter_next(&it, &name, &worker)) {
		struct worker_status status;

		worker_status(worker, &status);
		if (status.state == WORKER_OFFLINE && status.last_error)
			wire_send(
			    r->c->wire, WIRE_NOTE, 0,
			    g_variant_new("(uss)", (guint32)HUB_WARNING, name, status.last_error));
		g_free(status.last_error);
	}
}

static gboolean ask_open(struct request *r, GError **error)
{
	const struct account *account;
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	struct worker *w = NULL;
	struct ticket *t;
	const char *name;

	if (!g_hash_table_size(r->c->opened))
		tell_troubles(r);
	g_variant_get(r->body, "(&s)", &name);
	mb = engine_mailbox(r->e, name, &failed);
	if (mb) {
		answer_opened(r->c, r->serial, mb);
		return FALSE;
	}
	account = engine_account_of(r->e, name);
	if (account && error_is(failed, CUR_ERROR_GONE))
		w = g_hash_table_lookup(r->e->workers, account->name);
	if (!w) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	t = ticket_new(r->e->hub, opened_after_list, pending_new(r, name));
	worker_want_all(w, TRUE, t);
	ticket_return(t, NULL);
	return FALSE;
}

static gboolean ask_close(struct request *r, GError **error)
{
	guint32 mailbox;
	guint n;

	g_variant_get(r->body, "(u)", &mailbox);
	n = GPOINTER_TO_UINT(g_hash_table_lookup(r->c->opened, GUINT_TO_POINTER(mailbox)));
	if (n > 1)
		g_hash_table_insert(r->c->opened, GUINT_TO_POINTER(mailbox),
				    GUINT_TO_POINTER(n - 1));
	else
		g_hash_table_remove(r->c->opened, GUINT_TO_POINTER(mailbox));
	clients_watch(r->e);
	return TRUE;
}

static void synced(const GError *error, void *data)
{
	pending_answer(data, error);
}

/* A name is an account or a mailbox. */
static gboolean want(struct engine *e, const char *name, struct ticket *t, GError **error)
{
	struct worker *w = g_hash_table_lookup(e->workers, name);
	g_autofree struct state_mailbox *mb = NULL;

	if (w) {
		worker_want_all(w, TRUE, t);
		return TRUE;
	}
	mb = engine_mailbox(e, name, error);
	w = mb ? engine_worker_of(e, mb) : NULL;
	if (mb && !w)
		return error_set(error, CUR_ERROR_GONE, "no account for '%s'", name);
	if (w)
		worker_want_mailbox(w, mb->number, TRUE, t);
	return w != NULL;
}

static gboolean want_each(struct engine *e, char **names, struct ticket *t, GError **error)
{
	GHashTableIter it;
	void *worker;

	for (guint i = 0; names[i]; i++)
		if (!want(e, names[i], t, error))
			return FALSE;
	if (names[0])
		return TRUE;
	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_want_all(worker, TRUE, t);
	worker_want_all(e->local, TRUE, t);
	return TRUE;
}

static gboolean ask_sync(struct request *r, GError **error)
{
	g_auto(GStrv) names = NULL;
	g_autoptr(GError) failed = NULL;
	struct ticket *t = NULL;
	gboolean wait;

	g_variant_get(r->body, "(^asb)", &names, &wait);
	if (!wait)
		return want_each(r->e, names, NULL, error);
	t = ticket_new(r->e->hub, synced, pending_new(r, NULL));
	want_each(r->e, names, t, &failed);
	ticket_return(t, failed);
	return FALSE;
}

/* D06: the deletions go to the server with this very sync. */
static gboolean ask_confirm(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	g_autoptr(GError) failed = NULL;
	struct ticket *t;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	mb = engine_mailbox(r->e, name, error);
	if (!mb || !harvest_confirm(r->e->store, mb->number, error))
		return FALSE;
	t = ticket_new(r->e->hub, synced, pending_new(r, NULL));
	want(r->e, name, t, &failed);
	ticket_return(t, failed);
	return FALSE;
}

/* ---- messages ------------------------------------------------------------------------------ */

static const guint32 *lids_of(GVariant *lids, gsize *n)
{
	return g_variant_get_fixed_array(lids, n, sizeof(guint32));
}

static void push_for(struct engine *e, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = NULL;
	struct worker *w;

	store_lock(e->store);
	mb = state_mailbox(store_state(e->store), mailbox);
	store_unlock(e->store);
	w = mb ? engine_worker_of(e, mb) : NULL;
	if (w && *mb->account)
		worker_want_push(w);
}

static gboolean ask_mark(struct request *r, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	guint32 mailbox, add, remove;
	const guint32 *each;
	gsize n;

	g_variant_get(r->body, "(u@auuu)", &mailbox, &lids, &add, &remove);
	each = lids_of(lids, &n);
	if (!act_mark(r->e->store, mailbox, each, n, add, remove, error))
		return FALSE;
	push_for(r->e, mailbox);
	return TRUE;
}

static gboolean transfer(struct request *r, gboolean move, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	g_autofree struct state_mailbox *to = NULL;
	const guint32 *each;
	const char *target;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au&s)", &mailbox, &lids, &target);
	each = lids_of(lids, &n);
	to = engine_mailbox(r->e, target, error);
	if (!to || !act_transfer(r->e->store, mailbox, each, n, to->number, move, error))
		return FALSE;
	push_for(r->e, to->number);
	push_for(r->e, mailbox);
	return TRUE;
}

static gboolean ask_move(struct request *r, GError **error)
{
	return transfer(r, TRUE, error);
}

static gboolean ask_copy(struct request *r, GError **error)
{
	return transfer(r, FALSE, error);
}

static gboolean ask_remove(struct request *r, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	const guint32 *each;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au)", &mailbox, &lids);
	each = lids_of(lids, &n);
	if (!act_remove(r->e->store, mailbox, each, n, error))
		return FALSE;
	push_for(r->e, mailbox);
	return TRUE;
}

static gboolean ask_append(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	const char *target, *path;
	guint32 flags;
	guint64 date;

	g_variant_get(r->body, "(&s&sut)", &target, &path, &flags, &date);
	mb = engine_mailbox(r->e, target, error);
	if (!mb || !act_append(r->e->store, mb->number, path, flags, (gint64)date, NULL, error))
		return FALSE;
	push_for(r->e, mb->number);
	return TRUE;
}

/* ---- mailboxes ------------------------------------------------------------------------------- */

static gboolean owner_of(struct engine *e, const char *name, const struct account **account,
			 GError **error)
{
	*account = engine_account_of(e, name);
	if (*account || g_path_is_absolute(name))
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "no account for '%s'", name);
}

static gboolean ask_create(struct request *r, GError **error)
{
	const struct account *account;
	g_autofree struct state_mailbox *mb = NULL;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	if (!owner_of(r->e, name, &account, error) ||
	    !act_create(r->e->store, account, name, error))
		return FALSE;
	mb = engine_mailbox(r->e, name, NULL);
	if (mb)
		push_for(r->e, mb->number);
	return TRUE;
}

static gboolean ask_delete(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	struct worker *w;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	mb = engine_mailbox(r->e, name, error);
	if (!mb || !act_delete(r->e->store, mb->number, error))
		return FALSE;
	w = engine_worker_of(r->e, mb);
	if (w && *mb->account)
		worker_want_push(w);
	return TRUE;
}

static gboolean ask_rename(struct request *r, GError **error)
{
	const struct account *from_account, *to_account;
	g_autofree struct state_mailbox *mb = NULL;
	const char *from, *to;

	g_variant_get(r->body, "(&s&s)", &from, &to);
	if (!owner_of(r->e, from, &from_account, error) || !owner_of(r->e, to, &to_account, error))
		return FALSE;
	if (from_account != to_account)
		return error_set(error, CUR_ERROR_REFUSED,
				 "a mailbox cannot be renamed into another account");
	mb = engine_mailbox(r->e, from, error);
	if (!mb || !act_rename(r->e->store, to_account, mb->number, to, error))
		return FALSE;
	push_for(r->e, mb->number);
	return TRUE;
}

static gboolean ask_subscribe(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	const char *name;
	gboolean on;

	g_variant_get(r->body, "(&sb)", &name, &on);
	mb = engine_mailbox(r->e, name, error);
	if (!mb || !act_subscribe(r->e->store, mb->number, on, error))
		return FALSE;
	push_for(r->e, mb->number);
	return TRUE;
}

/* ---- outbox ------------------------------------------------------ */

static GError *outcome_error(enum outbox_state state, const char *words)
{
	const gint code = state == OUTBOX_REFUSED   ? CUR_ERROR_REFUSED
			  : state == OUTBOX_UNKNOWN ? CUR_ERROR_UNKNOWN
						    : CUR_ERROR_RETRY;

	if (!words || !*words)
		words = state == OUTBOX_HOLD ? "it is held" : "it was not sent";
	return g_error_new_literal(CUR_ERROR, code, words);
}

/* Has the engine been faster than who asks? Adopted at a start, a message may be settled by now. */
static gboolean is_settled(struct request *r, const char *id, const struct state_outbox *row,
			   GError **error)
{
	if (submit_was_sent(r->e->submit, id) || (row && row->state == OUTBOX_SENT))
		return TRUE;
	if (!row)
		error_set(error, CUR_ERROR_GONE, "there is no '%s' in the outbox", id);
	else if (row->state != OUTBOX_QUEUED && row->state != OUTBOX_SENDING)
		g_propagate_error(error, outcome_error(row->state, row->words));
	return FALSE;
}

static gboolean ask_submitted(struct request *r, GError **error)
{
	g_autofree struct state_outbox *row = NULL;
	g_autoptr(GError) failed = NULL;
	const char *id;
	gboolean wait;

	g_variant_get(r->body, "(&sb)", &id, &wait);
	if (!outbox_id_is_valid(id))
		return error_set(error, CUR_ERROR_USAGE, "'%s' cannot be an id", id);
	if (submit_was_sent(r->e->submit, id))
		return TRUE;
	submit_take(r->e->submit, id, engine_resolve_transport, r->e);
	store_lock(r->e->store);
	row = state_outbox(store_state(r->e->store), id);
	store_unlock(r->e->store);
	if (is_settled(r, id, row, &failed))
		return TRUE;
	if (failed && (wait || !row)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	if (wait)
		g_ptr_array_add(r->e->waiting, pending_new(r, id));
	return !wait;
}

static void push_all(struct engine *e)
{
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_want_push(worker);
}

void request_outcome(const char *id, enum outbox_state state, guint code, const char *words,
		     void *engine)
{
	struct engine *e = engine;
	g_autoptr(GError) error = NULL;

	if (state == OUTBOX_SENT) {
		/* The copy and the parent's mark are steps by now. */
		push_all(e);
		hub_tell(e->hub, WIRE_SENT, g_variant_new("(s)", id));
	} else if (state == OUTBOX_REFUSED)
		hub_tell(e->hub, WIRE_REFUSED, g_variant_new("(sus)", id, code, words));
	if (state != OUTBOX_SENT)
		error = outcome_error(state, words);
	/* What is tried again has not failed yet. */
	if (error && state != OUTBOX_RETRY)
		hub_count_failure(e->hub, error);
	for (guint i = e->waiting->len; i-- > 0;) {
		struct pending *p = g_ptr_array_index(e->waiting, i);

		if (!g_str_equal(p->name, id))
			continue;
		g_ptr_array_remove_index(e->waiting, i);
		pending_answer(p, error);
	}
}

struct queue {
	struct request *r;
	const char *only; /* an id, or "" */
};

static gboolean tell_queued(const struct state_outbox *row, void *data)
{
	struct queue *q = data;
	struct engine *e = q->r->e;
	auto_ptr(outbox_item) item = NULL;
	g_autofree char *words = g_utf8_make_valid(row->words, -1);
	GVariantBuilder to;

	if (*q->only && strcmp(q->only, row->id))
		return TRUE;
	item = outbox_read(store_outbox_dir(e->store), row->id, NULL);
	g_variant_builder_init(&to, G_VARIANT_TYPE("as"));
	for (guint i = 0; item && i < item->to->len; i++)
		g_variant_builder_add(&to, "s", g_ptr_array_index(item->to, i));
	wire_send(q->r->c->wire, WIRE_QUEUED, q->r->serial,
		  g_variant_new("(sssasttus)", row->id, outbox_state_word(row->state),
				item ? item->from : "", &to, (guint64)row->queued,
				(guint64)row->next_try, row->tries, words));
	return TRUE;
}

static gboolean ask_queue(struct request *r, GError **error)
{
	struct queue q = {.r = r};
	gboolean ok;

	g_variant_get(r->body, "(&s)", &q.only);
	store_lock(r->e->store);
	ok = state_outbox_rows(store_state(r->e->store), tell_queued, &q, error);
	store_unlock(r->e->store);
	return ok;
}

static gboolean collect_id(const struct state_outbox *row, void *data)
{
	g_ptr_array_add(data, g_strdup(row->id));
	return TRUE;
}

static gboolean wish_each(struct request *r, char **ids, enum submit_wish wish, GError **error)
{
	for (guint i = 0; ids[i]; i++)
		if (!submit_ask(r->e->submit, ids[i], wish, error))
			return FALSE;
	submit_wake(r->e->submit, TRUE);
	return TRUE;
}

/* None named: all that can be tried; those that cannot are no error then. */
static gboolean ask_flush(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

	g_variant_get(r->body, "(^as)", &ids);
	if (ids[0])
		return wish_each(r, ids, SUBMIT_FLUSH, error);
	store_lock(r->e->store);
	state_outbox_rows(store_state(r->e->store), collect_id, all, NULL);
	store_unlock(r->e->store);
	for (guint i = 0; i < all->len; i++)
		submit_ask(r->e->submit, g_ptr_array_index(all, i), SUBMIT_FLUSH, NULL);
	submit_wake(r->e->submit, TRUE);
	return TRUE;
}

static gboolean ask_hold(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;
	gboolean hold;

	g_variant_get(r->body, "(^asb)", &ids, &hold);
	return wish_each(r, ids, hold ? SUBMIT_HOLD : SUBMIT_RELEASE, error);
}

static gboolean ask_drop(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;

	g_variant_get(r->body, "(^as)", &ids);
	return wish_each(r, ids, SUBMIT_DROP, error);
}

static gboolean ask_resend(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;

	g_variant_get(r->body, "(^as)", &ids);
	return wish_each(r, ids, SUBMIT_RESEND, error);
}

/* ---- search, status, the rest
 * --------------------------------------------------------------------- */

static void found(GArray *hits, const GError *error, void *data)
{
	struct pending *p = data;
	struct client *c = clients_find(p->e, p->client);
	GVariantBuilder rows;

	g_variant_builder_init(&rows, G_VARIANT_TYPE("a(uu)"));
	for (guint i = 0; i + 1 < hits->len; i += 2)
		g_variant_builder_add(&rows, "(uu)", g_array_index(hits, guint32, i),
				      g_array_index(hits, guint32, i + 1));
	if (c && !error)
		wire_send(c->wire, WIRE_FOUND, p->serial, g_variant_new("(a(uu))", &rows));
	else
		g_variant_builder_clear(&rows);
	pending_answer(p, error);
}

static gboolean ask_search(struct request *r, GError **error)
{
	const char *query;
	guint32 limit;

	g_variant_get(r->body, "(&su)", &query, &limit);
	index_search(r->e->hub, query, limit, found, pending_new(r, NULL));
	return FALSE;
}

static void tell_status(struct request *r, const char *name, struct worker *w)
{
	static const char *const protocols[] = {
	    [ACCOUNT_IMAP] = "imap", [ACCOUNT_POP] = "pop", [ACCOUNT_SMTP] = "smtp"};
	struct worker_status status;
	guint32 n_steps;

	worker_status(w, &status);
	store_lock(r->e->store);
	n_steps = state_count_steps(store_state(r->e->store), name);
	store_unlock(r->e->store);
	wire_send(r->c->wire, WIRE_ACCOUNT, r->serial,
		  g_variant_new("(sssttus)", name, protocols[w->account->protocol],
				worker_state_word(status.state), (guint64)status.last_sync,
				(guint64)status.next_try, n_steps, status.last_error));
	g_free(status.last_error);
}

static gboolean ask_status(struct request *r, GError **error)
{
	GHashTableIter it;
	void *name, *worker;

	g_hash_table_iter_init(&it, r->e->workers);
	while (g_hash_table_iter_next(&it, &name, &worker))
		tell_status(r, name, worker);
	return TRUE;
}

static gboolean ask_answer(struct request *r, GError **error)
{
	const char *text;
	guint32 serial;
	gboolean given;

	g_variant_get(r->body, "(u&sb)", &serial, &text, &given);
	if (hub_answer(r->e->hub, serial, given ? text : NULL))
		return TRUE;
	return error_set(error, CUR_ERROR_GONE, "nobody asked");
}

static gboolean ask_stop(struct request *r, GError **error)
{
	engine_quit(r->e);
	return TRUE;
}

static const request_fn handlers[WIRE_N_IDS] = {
    [WIRE_HELLO] = ask_hello,	[WIRE_OPEN] = ask_open,		  [WIRE_CLOSE] = ask_close,
    [WIRE_SYNC] = ask_sync,	[WIRE_CONFIRM] = ask_confirm,	  [WIRE_MARK] = ask_mark,
    [WIRE_MOVE] = ask_move,	[WIRE_COPY] = ask_copy,		  [WIRE_REMOVE] = ask_remove,
    [WIRE_APPEND] = ask_append, [WIRE_CREATE] = ask_create,	  [WIRE_DELETE] = ask_delete,
    [WIRE_RENAME] = ask_rename, [WIRE_SUBSCRIBE] = ask_subscribe, [WIRE_SUBMITTED] = ask_submitted,
    [WIRE_QUEUE] = ask_queue,	[WIRE_FLUSH] = ask_flush,	  [WIRE_HOLD] = ask_hold,
    [WIRE_DROP] = ask_drop,	[WIRE_RESEND] = ask_resend,	  [WIRE_SEARCH] = ask_search,
    [WIRE_STATUS] = ask_status, [WIRE_ANSWER] = ask_answer,	  [WIRE_STOP] = ask_stop,
};

void request_handle(struct client *c, enum wire_id id, guint32 serial, GVariant *body)
{
	struct request r = {c->engine, c, serial, body};
	g_autoptr(GError) error = NULL;

	if (!c->greeted && id != WIRE_HELLO)
		error_set(&error, CUR_ERROR_PROTOCOL, "HELLO comes first");
	else if (!handlers[id])
		error_set(&error, CUR_ERROR_PROTOCOL, "%s is not a request", wire_name(id));
	else if (handlers[id](&r, &error))
		client_done(c, serial);
	if (error)
		client_fail(c, serial, error);
}
