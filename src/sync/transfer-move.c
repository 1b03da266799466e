/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MOVE and COPY of messages that the server has (P40, P42, D48). */
#include "arrival.h"
#include "cur/base/step.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "left.h"
#include "onward.h"
#include "transfer-private.h"
#include "transfer.h"

struct transfer {
	struct round *r;
	const struct state_mailbox *to;
	struct state_mailbox *from; /* NULL: it was deleted here */
	GPtrArray *steps;	    /* struct step *, those that can be done */
	struct seqset *uids;
	gboolean move, left; /* P41: the sources are only marked */
	struct imap_copied copied;
};

/*
 * The sources that are there. A server with UIDPLUS tells by COPYUID which were; of another it has
 * to be asked before, as it says OK to a MOVE of what is gone, too. Yours.
 */
static struct seqset *sources_there(struct transfer *t, const GPtrArray *steps, GError **error)
{
	struct seqset *named = seqset_new(), *there;
	const struct seqset_range *ranges;
	struct step_source src;
	gsize n;

	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (step_source_parse(s->data, &src))
			seqset_add(named, src.uid);
	}
	if (imap_has(t->r->imap, IMAP_UIDPLUS))
		return named;
	ranges = seqset_ranges(named, &n);
	there = n ? imap_search_uids(t->r->imap, ranges[0].first, ranges[n - 1].last, error)
		  : seqset_new();
	seqset_free(named);
	return there;
}

/* It was moved on to where it had come from, and had never left. */
static gboolean stay(struct transfer *t, const struct step *s, const struct step_source *src,
		     GError **error)
{
	struct arrival a = {.step = s, .uid = src->uid, .agreed = src->agreed};

	return arrivals_bind(t->r, t->to, &a, 1, error);
}

/* Those whose source is gone, or of another generation, are appended instead. */
static gboolean choose(struct transfer *t, const GPtrArray *steps, guint32 uidvalidity,
		       GError **error)
{
	auto_ptr(seqset) there = uidvalidity ? sources_there(t, steps, error) : seqset_new();
	g_autoptr(GHashTable) all = onward_steps(t->r->store, t->r->account->name);

	if (!there)
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		gboolean left = transfer_is_left(t->r, s);
		struct step_source src;

		/* What was sent is looked up; what follows it waits. */
		if (onward_waits(s, all) || (left && s->state == STEP_SENT))
			continue;
		if (left && !transfer_withdraw(t->r, s, error))
			return FALSE;
		if (left)
			continue;
		if (step_source_parse(s->data, &src) && src.uidvalidity == uidvalidity &&
		    seqset_has(there, src.uid)) {
			if (t->from->number != t->to->number)
				g_ptr_array_add(t->steps, s);
			else if (!stay(t, s, &src, error))
				return FALSE;
		} else if (!transfer_append_instead(t->r, s, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* *any: some of them were not taken back meanwhile. */
static gboolean mark_all_sent(struct transfer *t, gboolean *any, GError **error)
{
	if (!steps_claim(t->r->store, t->steps, "move-sent", error))
		return FALSE;
	seqset_free(t->uids);
	t->uids = seqset_new();
	for (guint i = 0; i < t->steps->len; i++) {
		const struct step *s = g_ptr_array_index(t->steps, i);
		struct step_source src;

		if (step_source_parse(s->data, &src))
			seqset_add(t->uids, src.uid);
	}
	*any = t->steps->len > 0;
	return TRUE;
}

/* P40: COPY was tagged OK, so the source may go: exactly these UIDs. */
static gboolean remove_copied(struct transfer *t, GError **error)
{
	struct imap *imap = t->r->imap;

	if (!imap_store(imap, t->uids, TRUE, FLAG_TRASHED, NULL, 0, NULL, NULL, NULL, error))
		return FALSE;
	if (imap_has(imap, IMAP_UIDPLUS))
		return imap_expunge(imap, t->uids, error);
	t->left = TRUE;
	left_tell(t->r, t->from->folder);
	return TRUE;
}

static gboolean command(struct transfer *t, GError **error)
{
	struct imap *imap = t->r->imap;

	if (t->move && imap_has(imap, IMAP_MOVE))
		return imap_move(imap, t->uids, t->to->server_name, &t->copied, error);
	if (!imap_copy(imap, t->uids, t->to->server_name, &t->copied, error))
		return FALSE;
	step_point("move-copied");
	return !t->move || remove_copied(t, error);
}

/* What COPYUID says of a step; UID 0 when it says nothing. */
static struct arrival arrival_of(const struct transfer *t, const struct step *s)
{
	gboolean fits = t->copied.uidvalidity &&
			(!t->to->uidvalidity || t->copied.uidvalidity == t->to->uidvalidity);
	struct arrival a = {.step = s};
	struct step_source src;

	if (!step_source_parse(s->data, &src))
		return a;
	a.agreed = src.agreed;
	a.uid = fits ? imap_copied_uid(&t->copied, src.uid) : 0;
	a.uidvalidity = fits ? t->copied.uidvalidity : 0;
	if (t->left) {
		a.left_in = src.mailbox;
		a.left_validity = src.uidvalidity;
		a.left_uid = src.uid;
	}
	return a;
}

/* D48: OK is said to what does nothing, too: what is in neither mailbox is appended. */
static gboolean settle_doubt(struct transfer *t, struct arrival *a, GError **error)
{
	g_autofree char *id = transfer_id(t->r, t->to, a->step);
	struct step_source src;
	gboolean there = TRUE;

	if (!transfer_look_closer(t->r, t->to, a->step, id, &a->uid, error) ||
	    (!a->uid && step_source_parse(a->step->data, &src) &&
	     !transfer_source_is_there(t->r, &src, &there, error)))
		return FALSE;
	/* It said that it did it: the next pull matches it (P64). */
	if (a->uid || there)
		return arrivals_bind(t->r, t->to, a, 1, error);
	t->r->unsettled = TRUE;
	return transfer_is_left(t->r, a->step) ? transfer_withdraw(t->r, a->step, error)
					       : transfer_append_instead(t->r, a->step, error);
}

static gboolean settle(struct transfer *t, GError **error)
{
	g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(struct arrival));
	gboolean ok = TRUE;

	for (guint i = 0; i < t->steps->len; i++) {
		struct arrival a = arrival_of(t, g_ptr_array_index(t->steps, i));

		g_array_append_val(arrivals, a);
	}
	if (!transfer_find_uids(t->r, t->to, arrivals, error))
		return FALSE;
	for (guint i = 0; i < arrivals->len; i++)
		if (g_array_index(arrivals, struct arrival, i).uid)
			g_array_append_val(known, g_array_index(arrivals, struct arrival, i));
	if (!arrivals_bind(t->r, t->to, (struct arrival *)known->data, known->len, error))
		return FALSE;
	for (guint i = 0; ok && i < arrivals->len; i++)
		if (!g_array_index(arrivals, struct arrival, i).uid)
			ok = settle_doubt(t, &g_array_index(arrivals, struct arrival, i), error);
	return ok;
}

static gboolean run(struct transfer *t, const GPtrArray *steps, GError **error)
{
	guint32 uidvalidity;
	gboolean any;

	if (!transfer_select_source(t->r, t->from, &uidvalidity, error) ||
	    !choose(t, steps, uidvalidity, error))
		return FALSE;
	if (!mark_all_sent(t, &any, error))
		return FALSE;
	if (!any)
		return TRUE;
	if (!command(t, error))
		return FALSE;
	step_point("move-done");
	return settle(t, error);
}

static gboolean transfer(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			 gboolean move, GError **error)
{
	const struct step *first = g_ptr_array_index(steps, 0);
	struct transfer t = {.r = r, .to = mb, .move = move};
	struct step_source src = {0};
	gboolean ok;

	step_source_parse(first->data, &src);
	t.from = round_mailbox(r, src.mailbox, NULL);
	t.steps = g_ptr_array_new();
	t.uids = seqset_new();
	ok = run(&t, steps, error);
	imap_copied_clear(&t.copied);
	seqset_free(t.uids);
	g_ptr_array_unref(t.steps);
	g_free(t.from);
	return ok;
}

gboolean transfer_move(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error)
{
	return transfer(r, mb, steps, TRUE, error);
}

gboolean transfer_copy(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error)
{
	return transfer(r, mb, steps, FALSE, error);
}
