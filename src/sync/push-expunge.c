/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deletions to the server: of nothing but what was named by its UID (P40, P41). */
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "left.h"
#include "push-private.h"

struct flagged {
	GHashTable *agreed; /* uid -> agreed flags, of absences only */
	struct seqset *spared;
};

static gboolean spare_flagged(const struct imap_info *info, void *data, GError **error)
{
	struct flagged *f = data;
	void *agreed;

	if (!g_hash_table_lookup_extended(f->agreed, GUINT_TO_POINTER(info->uid), NULL, &agreed))
		return TRUE;
	if (info->flags & ~GPOINTER_TO_UINT(agreed) & FLAG_FLAGGED)
		seqset_add(f->spared, info->uid);
	return TRUE;
}

/* D46: a file that is gone does not outweigh a \Flagged set there since. */
static gboolean take_out_flagged(struct round *r, GHashTable *agreed, struct seqset *uids,
				 guint *n_spared, GError **error)
{
	struct flagged f = {agreed, NULL};
	auto_ptr(seqset) ask = seqset_new();
	GHashTableIter it;
	void *uid;
	gboolean ok;

	if (!g_hash_table_size(agreed))
		return TRUE;
	g_hash_table_iter_init(&it, agreed);
	while (g_hash_table_iter_next(&it, &uid, NULL))
		seqset_add(ask, GPOINTER_TO_UINT(uid));
	f.spared = seqset_new();
	ok = imap_fetch_info(r->imap, ask, FALSE, 0, spare_flagged, &f, error);
	for (guint32 u = 0; ok && (u = seqset_next(f.spared, u));) {
		seqset_remove(uids, u);
		++*n_spared;
	}
	seqset_free(f.spared);
	return ok;
}

/* TRUE when the message that went to another account, or needed its text, has arrived there. */
static gboolean has_arrived(struct round *r, const struct step_doom *d)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree struct state_mailbox *mb = NULL;

	store_lock(r->store);
	msg = state_message(store_state(r->store), d->mailbox, d->lid);
	mb = state_mailbox(store_state(r->store), d->mailbox);
	store_unlock(r->store);
	return msg && mb && (msg->uid || (!steps_has_server(mb) && !msg->partial));
}

/* Its file went and came back under another name since, and was told to be the same message. */
static gboolean has_come_back(struct round *r, const struct state_mailbox *mb, guint32 uid)
{
	g_autofree struct state_message *msg = NULL;

	store_lock(r->store);
	msg = state_message_by_uid(store_state(r->store), mb->number, uid);
	store_unlock(r->store);
	return msg != NULL;
}

/* Sort out what may be expunged now; steps that are void or wait are handled here. */
static gboolean choose_doomed(struct round *r, const struct state_mailbox *mb,
			      const GPtrArray *steps, GPtrArray *chosen, GHashTable *absent,
			      GError **error)
{
	g_autoptr(GPtrArray) stale = g_ptr_array_new(), back = g_ptr_array_new();
	g_autoptr(GHashTable) copied = NULL;

	store_lock(r->store);
	copied = steps_copied(r->store, mb->account, mb->number, mb->uidvalidity);
	store_unlock(r->store);
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		struct step_doom d;

		if (!step_doom_parse(s->data, &d) || d.uidvalidity != mb->uidvalidity) {
			g_ptr_array_add(stale, s);
			continue;
		}
		if (has_come_back(r, mb, d.uid)) {
			g_ptr_array_add(back, s);
			continue;
		}
		/* What is here with its header alone has its text nowhere else. */
		if ((d.how == DOOM_AFTER && !has_arrived(r, &d)) ||
		    g_hash_table_contains(copied, GUINT_TO_POINTER(d.uid)))
			continue;
		if (d.how == DOOM_ABSENT)
			g_hash_table_insert(absent, GUINT_TO_POINTER(d.uid),
					    GUINT_TO_POINTER(d.agreed));
		g_ptr_array_add(chosen, s);
	}
	if (back->len && !push_drop(r, back, "expunge-back", error))
		return FALSE;
	if (!stale->len)
		return TRUE;
	hub_note(r->hub, HUB_WARNING, mb->account,
		 "%s was made anew at the server: %u deletions for the old one were dropped",
		 mb->folder, stale->len);
	return push_drop(r, stale, "expunge-stale", error);
}

/* A spared message must be listed again to be fetched again. */
static gboolean list_anew(struct round *r, guint32 mailbox, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;

	if (!store_begin(r->store, error))
		return FALSE;
	mb = state_mailbox(store_state(r->store), mailbox);
	if (mb)
		mb->highestmodseq = 0;
	return round_commit(r, !mb || store_put_mailbox(r->store, mb, error), "list-anew", error);
}

/* P41: without UIDPLUS an EXPUNGE would take what others marked, too. */
static gboolean leave_marked(struct round *r, const struct state_mailbox *mb,
			     const GPtrArray *steps, const struct seqset *uids, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);
		struct step_doom d;

		ok = state_drop_step(store_state(r->store), s->id, error) &&
		     (!step_doom_parse(s->data, &d) || !seqset_has(uids, d.uid) ||
		      left_add(r, mb->number, d.uidvalidity, d.uid, error));
	}
	left_tell(r, mb->folder);
	return round_commit(r, ok, "push-left", error);
}

static gboolean mark_doomed(struct round *r, const struct seqset *uids, GError **error)
{
	return imap_store(r->imap, uids, TRUE, FLAG_TRASHED, NULL, 0, NULL, NULL, NULL, error);
}

/* What the user takes back from now on comes back as a new message. */
static gboolean claim_doomed(struct round *r, GPtrArray *chosen, struct seqset *uids,
			     GError **error)
{
	struct step_doom d;

	if (chosen->len && !steps_claim(r->store, chosen, "expunge-sent", error))
		return FALSE;
	for (guint i = 0; i < chosen->len; i++) {
		const struct step *s = g_ptr_array_index(chosen, i);

		if (step_doom_parse(s->data, &d))
			seqset_add(uids, d.uid);
	}
	return TRUE;
}

gboolean push_expunge(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		      GError **error)
{
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	g_autoptr(GHashTable) absent = g_hash_table_new(g_direct_hash, g_direct_equal);
	auto_ptr(seqset) uids = seqset_new();
	guint n_spared = 0;

	if (!choose_doomed(r, mb, steps, chosen, absent, error) ||
	    !claim_doomed(r, chosen, uids, error) ||
	    !take_out_flagged(r, absent, uids, &n_spared, error))
		return FALSE;
	if (n_spared && !list_anew(r, mb->number, error))
		return FALSE;
	if (!seqset_is_empty(uids) && !imap_has(r->imap, IMAP_UIDPLUS))
		return mark_doomed(r, uids, error) && leave_marked(r, mb, chosen, uids, error);
	if (!seqset_is_empty(uids) && !imap_remove(r->imap, uids, error))
		return FALSE;
	return push_drop(r, chosen, "push-expunge", error);
}
