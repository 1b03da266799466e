/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of wire.def: who handles which, and those about the engine itself. */
#include "ask.h"
#include "cur/base/error.h"
#include "refused.h"
#include "steps.h"

struct pending *pending_new(struct request *r, const char *name)
{
	struct pending *p = g_new0(struct pending, 1);

	*p = (struct pending){r->e, r->c->id, r->serial, g_strdup(name)};
	return p;
}

void pending_answer(struct pending *p, const GError *error)
{
	struct client *c = clients_find(p->e, p->client);

	if (c && error)
		client_fail(c, p->serial, error);
	else if (c)
		client_done(c, p->serial);
	g_free(p->name);
	g_free(p);
}

void pending_answered(const GError *error, void *pending)
{
	pending_answer(pending, error);
}

void request_push(struct engine *e, guint32 mailbox)
{
	struct worker *w = engine_worker_for(e, mailbox);

	if (w && w != e->local)
		worker_want_push(w);
}

void request_push_all(struct engine *e)
{
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_want_push(worker);
}

/* ---- the engine itself --------------------------------------------------------- */

/* An engine that was left over from before an upgrade must not be in the way of a new program. */
static gboolean other_version(struct engine *e, guint32 version, GError **error)
{
	if (version < WIRE_VERSION)
		return error_set(
		    error, CUR_ERROR_USAGE,
		    "the engine that runs is newer than this program: start the program "
		    "again");
	engine_quit(e);
	return error_set(error, CUR_ERROR_RETRY,
			 "the engine that ran was older than this program, and ends: try again");
}

static gboolean ask_hello(struct request *r, GError **error)
{
	g_auto(GStrv) args = NULL;
	GHashTableIter it;
	void *worker;
	guint32 version;

	g_variant_get(r->body, "(us^as)", &version, NULL, &args);
	if (version != WIRE_VERSION)
		return other_version(r->e, version, error);
	if (args[0] && !g_strv_equal((const char *const *)args, (const char *const *)r->e->args) &&
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

static GVariant *traffic_of(const struct link_meter *m)
{
	return g_variant_new("(ttt)", m->received, m->sent, m->turns);
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
		  g_variant_new("(sssttus@(ttt)@(ttt)b)", name, protocols[w->account->protocol],
				worker_state_word(status.state), (guint64)status.last_sync,
				(guint64)status.next_try, n_steps, status.last_error,
				traffic_of(&status.traffic), traffic_of(&status.round),
				account_is_clear(w->account)));
	g_free(status.last_error);
}

struct told {
	struct request *r;
	const char *account;
};

static void tell_refused(const char *kind, const char *folder, guint n, const char *words,
			 void *data)
{
	struct told *t = data;

	wire_send(t->r->c->wire, WIRE_STUCK, t->r->serial,
		  g_variant_new("(sssus)", t->account, kind, folder, n, words));
}

static gboolean ask_status(struct request *r, GError **error)
{
	GHashTableIter it;
	void *name, *worker;

	g_hash_table_iter_init(&it, r->e->workers);
	while (g_hash_table_iter_next(&it, &name, &worker)) {
		struct told told = {r, name};

		tell_status(r, name, worker);
		refused_each(r->e->store, name, tell_refused, &told);
	}
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

static gboolean ask_log(struct request *r, GError **error)
{
	return engine_log_wire(store_data_dir(r->e->store), error);
}

static gboolean ask_stop(struct request *r, GError **error)
{
	engine_quit(r->e);
	return TRUE;
}

/* ---- which is whose ------------------------------------------------------------ */

static const request_fn handlers[WIRE_N_IDS] = {
    [WIRE_HELLO] = ask_hello,	      [WIRE_OPEN] = ask_open,
    [WIRE_CLOSE] = ask_close,	      [WIRE_SYNC] = ask_sync,
    [WIRE_CONFIRM] = ask_confirm,     [WIRE_MARK] = ask_mark,
    [WIRE_SHOWN] = ask_shown,	      [WIRE_TAG] = ask_tag,
    [WIRE_MOVE] = ask_move,	      [WIRE_COPY] = ask_copy,
    [WIRE_REMOVE] = ask_remove,	      [WIRE_TEXT] = ask_text,
    [WIRE_APPEND] = ask_append,	      [WIRE_CREATE] = ask_create,
    [WIRE_DELETE] = ask_delete,	      [WIRE_RENAME] = ask_rename,
    [WIRE_SUBSCRIBE] = ask_subscribe, [WIRE_SUBMITTED] = ask_submitted,
    [WIRE_QUEUE] = ask_queue,	      [WIRE_FLUSH] = ask_flush,
    [WIRE_HOLD] = ask_hold,	      [WIRE_DROP] = ask_drop,
    [WIRE_RESEND] = ask_resend,	      [WIRE_SEARCH] = ask_search,
    [WIRE_GIVEUP] = ask_give_up,      [WIRE_UNDO] = ask_undo,
    [WIRE_ACTS] = ask_acts,	      [WIRE_STATUS] = ask_status,
    [WIRE_ANSWER] = ask_answer,	      [WIRE_LOG] = ask_log,
    [WIRE_STOP] = ask_stop,
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
