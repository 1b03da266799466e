/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The look-up after a lost answer, and after one that does not say where a message is (P42, P63,
 * P64, D48): first by Message-ID, then by size; what is nowhere is told anew.
 */
#include <string.h>

#include "arrival.h"
#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "onward.h"
#include "sought.h"
#include "transfer-private.h"
#include "transfer.h"

char *transfer_id(struct round *r, const struct state_mailbox *mb, const struct step *s)
{
	g_autofree struct state_message *msg = transfer_message(r, s);
	char *id = msg ? onward_id(mb, msg) : NULL;

	/* Moved or removed since it was sent: then the step alone knows. */
	if (!id && strcmp(s->kind, STEP_APPEND) != 0)
		return onward_word(r->store, s);
	if (!id && *s->data)
		id = g_strdup(s->data);
	return id;
}

gboolean transfer_select_source(struct round *r, const struct state_mailbox *from,
				guint32 *uidvalidity, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	*uidvalidity = 0;
	if (!from)
		return TRUE;
	if (imap_select(r->imap, from->server_name, FALSE, &sel, &failed)) {
		if (round_uids_hold(&sel, from))
			*uidvalidity = sel.uidvalidity;
		return TRUE;
	}
	/* Not every server has a word for it; LIST names it no more. */
	if (imap_is_alive(r->imap) && (error_is(failed, CUR_ERROR_GONE) ||
				       (from->gone && error_is(failed, CUR_ERROR_REFUSED))))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

gboolean transfer_source_is_there(struct round *r, const struct step_source *src, gboolean *there,
				  GError **error)
{
	g_autofree struct state_mailbox *from = round_mailbox(r, src->mailbox, NULL);
	auto_ptr(seqset) found = NULL;
	guint32 uidvalidity;

	*there = FALSE;
	if (!transfer_select_source(r, from, &uidvalidity, error))
		return FALSE;
	if (!uidvalidity || uidvalidity != src->uidvalidity)
		return TRUE;
	found = imap_search_uids(r->imap, src->uid, src->uid, error);
	if (!found)
		return FALSE;
	*there = seqset_has(found, src->uid);
	return TRUE;
}

gboolean transfer_look_closer(struct round *r, const struct state_mailbox *mb, const struct step *s,
			      const char *id, guint32 *uid, GError **error)
{
	g_autofree struct state_message *msg = transfer_message(r, s);
	struct imap_selected sel;

	return !msg || !strcmp(s->kind, STEP_APPEND) ||
	       (imap_select(r->imap, mb->server_name, FALSE, &sel, error) &&
		sought_by_size(r, mb, msg, id != NULL, uid, error));
}

gboolean transfer_ask_where(struct round *r, const struct state_mailbox *mb, const struct step *s,
			    const struct seqset *taken, gboolean anew, guint32 *uid, GError **error)
{
	g_autofree char *id = transfer_id(r, mb, s);
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	*uid = 0;
	if (!id || ((!anew || imap_select(r->imap, mb->server_name, FALSE, &sel, &failed)) &&
		    sought_by_id(r, mb, id, taken, uid, &failed)))
		return TRUE;
	if (imap_is_alive(r->imap))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

gboolean transfer_find_uids(struct round *r, const struct state_mailbox *mb, GArray *arrivals,
			    GError **error)
{
	auto_ptr(seqset) taken = seqset_new();
	gboolean anew = TRUE;

	for (guint i = 0; i < arrivals->len; i++) {
		struct arrival *a = &g_array_index(arrivals, struct arrival, i);

		if (!a->uid && !transfer_ask_where(r, mb, a->step, taken, anew, &a->uid, error))
			return FALSE;
		if (a->uid)
			seqset_add(taken, a->uid);
		/* From the first question on it is the mailbox that is selected. */
		anew = g_strcmp0(imap_selected_name(r->imap), mb->server_name) != 0;
	}
	return TRUE;
}

/* Copied, but killed before the source was expunged: that is still to do. */
static gboolean expunge_source(struct round *r, const struct step_source *src, GError **error)
{
	struct step_doom doom = {
	    .uidvalidity = src->uidvalidity, .uid = src->uid, .how = DOOM_USER};
	g_autofree char *data = step_doom_format(&doom);

	return store_begin(r->store, error) &&
	       round_commit(r,
			    steps_add(r->store, r->account->name, STEP_EXPUNGE, src->mailbox, 0,
				      data, error),
			    "transfer-expunge", error);
}

static gboolean look_elsewhere(struct round *r, const struct state_mailbox *mb,
			       const struct step *s, const char *id, GError **error)
{
	struct step_source src;
	gboolean there;

	/* P64: perhaps it is there; a second copy would be for good. */
	if (!id && !strcmp(s->kind, STEP_APPEND))
		return arrivals_bind(r, mb, &(struct arrival){.step = s}, 1, error);
	if (!step_source_parse(s->data, &src) || !strcmp(s->kind, STEP_APPEND))
		return transfer_set_state(r, s, STEP_WAITING, NULL, NULL, error);
	if (transfer_is_left(r, s))
		return transfer_withdraw(r, s, error);
	if (!transfer_source_is_there(r, &src, &there, error))
		return FALSE;
	return there ? transfer_set_state(r, s, STEP_WAITING, NULL, NULL, error)
		     : transfer_append_instead(r, s, error);
}

static mark_t agreed_of(struct round *r, const struct step *s)
{
	struct step_source src;
	g_autofree struct state_message *msg = transfer_message(r, s);

	if (strcmp(s->kind, STEP_APPEND) && step_source_parse(s->data, &src))
		return src.agreed;
	return msg ? msg->agreed : 0;
}

static gboolean look(struct round *r, const struct step *s, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, s->mailbox, NULL);
	g_autofree char *id = mb ? transfer_id(r, mb, s) : NULL;
	struct step_source src;
	struct imap_selected sel;
	gboolean there = FALSE;
	guint32 uid = 0, uidvalidity;

	if (!mb)
		return transfer_drop(r, s, error);
	if (id && (!imap_select(r->imap, mb->server_name, FALSE, &sel, error) ||
		   !sought_by_id(r, mb, id, NULL, &uid, error)))
		return FALSE;
	if (!uid && !transfer_look_closer(r, mb, s, id, &uid, error))
		return FALSE;
	if (!uid)
		return look_elsewhere(r, mb, s, id, error);
	uidvalidity = imap_selected(r->imap)->uidvalidity; /* of where it was found */
	if (!strcmp(s->kind, STEP_MOVE) && step_source_parse(s->data, &src) &&
	    (!transfer_source_is_there(r, &src, &there, error) ||
	     (there && !expunge_source(r, &src, error))))
		return FALSE;
	return arrivals_bind(
	    r, mb,
	    &(struct arrival){
		.step = s, .uid = uid, .uidvalidity = uidvalidity, .agreed = agreed_of(r, s)},
	    1, error);
}

gboolean transfer_look(struct round *r, const struct step *s, GError **error)
{
	g_autoptr(GError) failed = NULL;

	if (look(r, s, &failed))
		return TRUE;
	/* The mailbox is gone or says no: the step is no reason to stop all others. */
	if (imap_is_alive(r->imap) && !waker_is_stopped(r->waker) &&
	    (error_is(failed, CUR_ERROR_REFUSED) || error_is(failed, CUR_ERROR_GONE))) {
		round_fall_short(r, failed);
		return transfer_set_state(r, s, STEP_SENT, NULL, failed->message, error);
	}
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}
