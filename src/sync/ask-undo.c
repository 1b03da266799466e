/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to take back what was done, and to list it. */
#include "ask.h"
#include "cur/base/error.h"
#include "journal.h"
#include "undo.h"

static gboolean undo(struct client *c, guint32 serial, GError **error)
{
	struct undone u;
	gboolean ok = undo_last(c->engine, &u, error);

	if (ok) {
		request_push_all(c->engine); /* whoever's account it concerns */
		wire_send(c->wire, WIRE_UNDONE, serial,
			  g_variant_new("(ssuu)", u.kind, u.name, u.n, u.n_left));
	}
	undone_clear(&u);
	return ok;
}

/* What was being told to the server has been, or cannot be. */
static void undo_after_push(const GError *error, void *data)
{
	struct pending *p = data;
	struct client *c = clients_find(p->e, p->client);
	g_autoptr(GError) failed = NULL;
	guint32 mailbox;

	if (undo_must_wait(p->e, &mailbox))
		error_set(
		    &failed, CUR_ERROR_RETRY,
		    "the server was just told of it: it can be undone when it has answered%s%s",
		    error ? ": " : "", error ? error->message : "");
	else if (c)
		undo(c, p->serial, &failed);
	pending_answer(p, failed);
}

gboolean ask_undo(struct request *r, GError **error)
{
	struct ticket *t;
	struct worker *w;
	guint32 mailbox;

	if (!undo_must_wait(r->e, &mailbox))
		return undo(r->c, r->serial, error);
	t = ticket_new(r->e->hub, undo_after_push, pending_new(r, NULL));
	w = engine_worker_for(r->e, mailbox);
	if (w)
		worker_want_mailbox(w, mailbox, FALSE, t);
	ticket_return(t, NULL);
	return FALSE;
}

/* ---- the list ------------------------------------------------------------------------ */

struct listed {
	gint64 made;
	char *kind, *words;
	guint32 mailbox, n;
};

static void listed_free(void *data)
{
	struct listed *l = data;

	g_free(l->kind);
	g_free(l->words);
	g_free(l);
}

static gboolean collect(const struct state_act *act, void *data)
{
	struct listed *l = g_new0(struct listed, 1);

	l->made = act->made;
	l->kind = g_strdup(act->kind);
	l->words = g_strdup(act->words);
	l->mailbox = act->target ? act->target : act->mailbox;
	l->n = act->n;
	g_ptr_array_add(data, l);
	return TRUE;
}

gboolean ask_acts(struct request *r, GError **error)
{
	g_autoptr(GPtrArray) acts = g_ptr_array_new_with_free_func(listed_free);
	struct store *store = r->e->store;
	gboolean ok;

	store_lock(store);
	ok = state_acts(store_state(store), collect, acts, error);
	for (guint i = 0; ok && i < acts->len; i++) {
		const struct listed *l = g_ptr_array_index(acts, i);
		g_autofree struct state_mailbox *mb = state_mailbox(store_state(store), l->mailbox);

		wire_send(r->c->wire, WIRE_ACT, r->serial,
			  g_variant_new("(tssu)", (guint64)l->made, l->kind,
					mb ? mb->name : l->words, l->n));
	}
	store_unlock(store);
	return ok;
}
