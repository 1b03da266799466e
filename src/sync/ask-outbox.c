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

void request_outcome(const char *id, enum outbox_state state, guint code, const char *words,
		     void *engine)
{
	struct engine *e = engine;
	g_autoptr(GError) error = NULL;

	if (state == OUTBOX_SENT) {
		/* The copy and the parent's mark are steps by now. */
		request_push_all(e);
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

static void tell_queued(struct request *r, const struct letter *l)
{
	auto_ptr(outbox_item) item = outbox_read(store_outbox_dir(r->e->store), l->id, NULL);
	g_autofree char *words = g_utf8_make_valid(l->words, -1);
	GVariantBuilder to;

	g_variant_builder_init(&to, G_VARIANT_TYPE("as"));
	for (guint i = 0; item && i < item->to->len; i++)
		g_variant_builder_add(&to, "s", g_ptr_array_index(item->to, i));
	wire_send(r->c->wire, WIRE_QUEUED, r->serial,
		  g_variant_new("(sssasttus)", l->id, outbox_state_word(l->state),
				item ? item->from : "", &to, (guint64)l->queued,
				(guint64)l->next_try, l->tries, words));
}

/* Nothing is left to do but to forget it. */
static gboolean is_done_with(const struct letter *l)
{
	return l->state == OUTBOX_SENT && !*l->words;
}

gboolean ask_queue(struct request *r, GError **error)
{
	g_autoptr(GPtrArray) letters = letters_load(r->e->store);
	const char *only; /* an id, or "" */

	g_variant_get(r->body, "(&s)", &only);
	for (guint i = 0; i < letters->len; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);

		if ((!*only || !strcmp(only, l->id)) && !is_done_with(l))
			tell_queued(r, l);
	}
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

/* None named: all that can be tried. */
gboolean ask_flush(struct request *r, GError **error)
{
	g_auto(GStrv) ids = NULL;

	g_variant_get(r->body, "(^as)", &ids);
	if (ids[0])
		return wish_each(r, ids, SUBMIT_FLUSH, error);
	if (!letters_flush(r->e->store, error))
		return FALSE;
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
