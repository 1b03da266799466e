/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests about the outbox, and the word about a message to whoever waits for it. */
#include <string.h>

#include "ask.h"
#include "cur/base/error.h"
#include "cur/store/outbox.h"
#include "letter.h"

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

gboolean ask_submitted(struct request *r, GError **error)
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

gboolean ask_queue(struct request *r, GError **error)
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
		if (!letter_wish(r->e->store, ids[i], wish, error))
			return FALSE;
	submit_wake(r->e->submit, TRUE);
	return TRUE;
}

/* None named: all that can be tried; those that cannot are no error then. */
gboolean ask_flush(struct request *r, GError **error)
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
		letter_wish(r->e->store, g_ptr_array_index(all, i), SUBMIT_FLUSH, NULL);
	submit_wake(r->e->submit, TRUE);
	return TRUE;
}

gboolean ask_hold(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;
	gboolean hold;

	g_variant_get(r->body, "(^asb)", &ids, &hold);
	return wish_each(r, ids, hold ? SUBMIT_HOLD : SUBMIT_RELEASE, error);
}

gboolean ask_drop(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;

	g_variant_get(r->body, "(^as)", &ids);
	return wish_each(r, ids, SUBMIT_DROP, error);
}

gboolean ask_resend(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;

	g_variant_get(r->body, "(^as)", &ids);
	return wish_each(r, ids, SUBMIT_RESEND, error);
}
