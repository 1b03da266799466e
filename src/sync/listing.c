/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SELECT's numbers, then CHANGEDSINCE and a SEARCH, or a FETCH of all flags. */
#include "listing.h"

#include <stdlib.h>

#include "cur/base/error.h"
#include "cur/imap/fetch.h"

enum { SIZES_MAX = 2000 };

/* A question under way. */
struct asking {
	const struct listing_question *q;
	struct listing *l;
};

void listing_init(struct listing *l)
{
	*l = (struct listing){.items = g_array_new(FALSE, FALSE, sizeof(struct listed))};
}

void listing_clear(struct listing *l)
{
	g_clear_pointer(&l->items, g_array_unref);
	g_clear_pointer(&l->present, seqset_free);
}

static gboolean take_item(const struct imap_info *info, void *data, GError **error)
{
	struct asking *a = data;
	const guint both = IMAP_INFO_SIZE | IMAP_INFO_DATE;
	struct listed item = {
	    .uid = info->uid,
	    .modseq = info->modseq,
	    .size = info->size_bytes,
	    .date = info->internal_date,
	    .has_size = (info->has & both) == both,
	};

	if (!(info->has & IMAP_INFO_FLAGS))
		return TRUE;
	if (!vocabulary_mark(a->q->words, info->flags, info->keywords, &item.flags, error))
		return FALSE;
	g_array_append_val(a->l->items, item);
	return TRUE;
}

static int by_uid(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* P35: in order, each once; the last word about a message counts. */
static void tidy(GArray *items)
{
	guint kept = 0;

	g_array_sort(items, by_uid);
	for (guint i = 0; i < items->len; i++) {
		struct listed *item = &g_array_index(items, struct listed, i);

		if (kept && g_array_index(items, struct listed, kept - 1).uid == item->uid)
			kept--;
		g_array_index(items, struct listed, kept++) = *item;
	}
	g_array_set_size(items, kept);
}

static gboolean ask_all(struct asking *a, guint64 since, GError **error)
{
	auto_ptr(seqset) all = seqset_new();
	/* Sizes tell when a UID is another message now (P34); where it costs little. */
	gboolean sizes = since || a->q->sel->exists <= SIZES_MAX;

	seqset_add_range(all, 1, G_MAXUINT32);
	if (!imap_fetch_info(a->q->r->imap, all, sizes, since, take_item, a, error))
		return FALSE;
	tidy(a->l->items);
	a->l->whole = since == 0;
	return TRUE;
}

static guint32 n_bound(const struct listing_question *q)
{
	guint32 n;

	store_lock(q->r->store);
	n = state_count_bound(store_state(q->r->store), q->mb->number);
	store_unlock(q->r->store);
	return n;
}

/* The server keeps modification numbers, and ours of last time still mean something (P39). */
static gboolean may_ask_for_changes(const struct listing_question *q)
{
	return !q->want_all && imap_has(q->r->imap, IMAP_CONDSTORE) && q->mb->uidnext &&
	       q->mb->highestmodseq && q->sel->highestmodseq >= q->mb->highestmodseq;
}

static guint n_unknown(const struct asking *a)
{
	guint n = 0;

	for (guint i = 0; i < a->l->items->len; i++)
		n += g_array_index(a->l->items, struct listed, i).uid >= a->q->mb->uidnext;
	return n;
}

/* P38: what a list leaves out is gone only when the list holds as many as there are. */
static gboolean check_list(const struct asking *a, guint64 n_listed, GError **error)
{
	guint64 n = n_listed + imap_selected(a->q->r->imap)->expunged;

	return n >= a->q->sel->exists || error_set(error, CUR_ERROR_REFUSED,
						   "the server lists %" G_GUINT64_FORMAT
						   " of %u messages: nothing is deleted here",
						   n_listed, a->q->sel->exists);
}

gboolean listing_ask(struct listing *l, const struct listing_question *q, gboolean *changed,
		     GError **error)
{
	struct asking a = {.q = q, .l = l};
	guint32 known;

	*changed = TRUE;
	if (!may_ask_for_changes(q))
		return ask_all(&a, 0, error) && check_list(&a, l->items->len, error);
	/* What is to be expunged there, or left there, has no row but is there. */
	known = n_bound(q) + q->n_doomed;
	if (q->sel->highestmodseq == q->mb->highestmodseq && q->sel->exists == known &&
	    q->sel->uidnext == q->mb->uidnext) {
		*changed = FALSE;
		return TRUE;
	}
	if (q->sel->highestmodseq > q->mb->highestmodseq &&
	    !ask_all(&a, q->mb->highestmodseq, error))
		return FALSE;
	l->whole = FALSE;
	if (q->sel->exists == known + n_unknown(&a))
		return TRUE;
	l->present = imap_search_uids(q->r->imap, 1, G_MAXUINT32, error);
	return l->present && check_list(&a, seqset_count(l->present), error);
}

const struct listed *listing_find(const struct listing *l, guint32 uid)
{
	struct listed key = {.uid = uid};

	if (!l->items->len)
		return NULL;
	return bsearch(&key, l->items->data, l->items->len, sizeof key, by_uid);
}

enum presence listing_presence(const struct listing *l, guint32 uid)
{
	if (listing_find(l, uid))
		return PRESENT;
	if (l->whole || (l->present && !seqset_has(l->present, uid)))
		return ABSENT;
	return UNSURE;
}
