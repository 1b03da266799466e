/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps are carried out in order: those into the mailbox come behind the one that makes it. */
#include "awaited.h"

#include "acts-private.h"

/* It is on its way from where it is taken away: moved, or as a header that is followed by its text.
 */
static gboolean is_on_its_way(struct store *store, const struct state_mailbox *mb, guint32 lid)
{
	struct passage p = act_passage(store, mb, lid);
	g_autofree char *owned = p.data;
	g_autofree struct state_message *msg = state_message(store_state(store), mb->number, lid);

	return p.step.id && (p.moves || (msg && msg->partial && !p.appends));
}

gboolean awaited_is(struct store *store, const struct state_mailbox *mb)
{
	g_autoptr(GArray) lids = state_lids(store_state(store), mb->number, 0, 0, NULL);
	gboolean any = FALSE;

	for (guint i = 0; lids && !any && i < lids->len; i++)
		any = is_on_its_way(store, mb, g_array_index(lids, guint32, i));
	return any;
}

static gboolean collect_own(const struct state_step *step, void *data)
{
	if (!step->lid)
		g_array_append_val((GArray *)data, step->id);
	return TRUE;
}

/* What was to be done with the mailbox that is gone, or expunged from it. */
static gboolean drop_own_steps(struct store *store, const struct state_mailbox *mb, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
	struct state *st = store_state(store);
	gboolean ok = state_steps(st, mb->account, mb->number, 0, collect_own, ids, error);

	for (guint i = 0; ok && i < ids->len; i++)
		ok = state_drop_step(st, g_array_index(ids, guint64, i), error);
	return ok;
}

/*
 * Without a step the file that stays, if any, is found as a new message. What the server may have
 * been told of already is looked up where it is.
 */
static gboolean set_out_again(struct store *store, const struct state_mailbox *mb, guint32 lid,
			      GError **error)
{
	g_autofree struct state_message *msg = state_message(store_state(store), mb->number, lid);
	struct passage p = act_passage(store, mb, lid);
	g_autofree char *owned = p.data;

	if (!msg || msg->uid || !p.step.id)
		return !msg || store_drop(store, mb->number, lid, error);
	if (p.step.state == STEP_SENT)
		return TRUE;
	return state_drop_step(store_state(store), p.step.id, error) &&
	       steps_add(store, mb->account,
			 p.moves     ? STEP_MOVE
			 : p.appends ? STEP_APPEND
				     : STEP_COPY,
			 mb->number, lid, p.data, error);
}

gboolean awaited_begin_anew(struct store *store, struct state_mailbox *mb, GError **error)
{
	const struct state_vanished no_question = {
	    .mailbox = mb->number, .asked = "", .allowed = "", .kept = ""};
	g_autoptr(GArray) lids = state_lids(store_state(store), mb->number, 0, 0, error);
	gboolean ok = lids && drop_own_steps(store, mb, error) &&
		      steps_add(store, mb->account, STEP_CREATE, mb->number, 0, NULL, error);

	for (guint i = 0; ok && i < lids->len; i++)
		ok = set_out_again(store, mb, g_array_index(lids, guint32, i), error);
	mb->server_name = "";
	mb->uidvalidity = mb->uidnext = mb->n_server = 0;
	mb->highestmodseq = 0;
	mb->gone = FALSE;
	return ok && store_put_mailbox(store, mb, error) &&
	       state_put_vanished(store_state(store), &no_question, error);
}
