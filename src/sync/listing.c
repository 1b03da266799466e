/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question goes out with SELECT: QRESYNC, else CHANGEDSINCE, else all flags. What it leaves
 * open (a sum that is wrong, numbers that mean nothing any more) takes one more round trip.
 */
#include "listing.h"

#include <stdlib.h>

#include "cur/base/error.h"
#include "cur/imap/fetch.h"

enum {
	SIZES_MAX = 2000,
	RANGES_MAX = 10000, /* of VANISHED: beyond, all UIDs are asked for */
	HOLE = 50,	    /* so many rows are read sooner than a question more is asked */
};

/* A question under way. */
struct asking {
	const struct listing_question *q;
	struct listing *l;
	const struct imap_selected *sel; /* once it is selected … */
	GHashTable *doomed;		 /* … UIDs at the server that have no row here */
};

void listing_init(struct listing *l)
{
	*l = (struct listing){.items = g_array_new(FALSE, FALSE, sizeof(struct listed))};
}

void listing_clear(struct listing *l)
{
	g_clear_pointer(&l->items, g_array_unref);
	g_clear_pointer(&l->present, seqset_free);
	g_clear_pointer(&l->vanished, seqset_free);
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

static void forget_items(void *data)
{
	struct asking *a = data;

	g_array_set_size(a->l->items, 0);
}

/* ---- together with SELECT ------------------------------------------------------- */

/* The server keeps modification numbers, and ours of last time may still mean something. */
static gboolean may_ask_for_changes(const struct listing_question *q)
{
	return !q->want_all && imap_has(q->r->imap, IMAP_CONDSTORE) && q->mb->uidnext &&
	       q->mb->highestmodseq;
}

gboolean listing_select(struct listing *l, const struct listing_question *q,
			struct imap_selected *sel, GError **error)
{
	struct asking a = {.q = q, .l = l};
	gboolean changes = may_ask_for_changes(q);
	struct imap_question first = {
	    .uidvalidity = q->mb->uidvalidity,
	    .modseq = changes ? q->mb->highestmodseq : 0,
	    .sizes = changes || (q->mb->uidnext && q->mb->n_server <= SIZES_MAX),
	    .each = take_item,
	    .anew = forget_items,
	    .data = &a,
	};
	gboolean ok = imap_select_asking(q->r->imap, q->mb->server_name, q->r->forecast != NULL,
					 &first, sel, error);

	l->vanished = first.vanished;
	if (!ok)
		return FALSE;
	tidy(l->items);
	if (first.answered)
		l->heard = changes ? LISTING_CHANGES : LISTING_ALL;
	return TRUE;
}

/* ---- what is still to be asked ---------------------------------------------------- */

static gboolean ask_all(struct asking *a, GError **error)
{
	auto_ptr(seqset) all = seqset_new();
	/* Sizes tell when a UID is another message now (P34); where it costs little. */
	gboolean sizes = a->sel->exists <= SIZES_MAX;

	forget_items(a);
	seqset_add_range(all, 1, G_MAXUINT32);
	if (!imap_fetch_info(a->q->r->imap, all, sizes, 0, take_item, a, error))
		return FALSE;
	tidy(a->l->items);
	return TRUE;
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

	return n >= a->sel->exists || error_set(error, CUR_ERROR_REFUSED,
						"the server lists %" G_GUINT64_FORMAT
						" of %u messages: nothing is deleted here",
						n_listed, a->sel->exists);
}

static gboolean list_all(struct asking *a, GError **error)
{
	g_clear_pointer(&a->l->vanished, seqset_free);
	if (a->l->heard != LISTING_ALL && !ask_all(a, error))
		return FALSE;
	a->l->whole = TRUE;
	return check_list(a, a->l->items->len, error);
}

/* Of a set that the server has named: those that are known here, a question a range. */
static guint32 n_known_of(const struct asking *a, const struct seqset *uids)
{
	struct state *st = store_state(a->q->r->store);
	guint32 number = a->q->mb->number, n = 0;
	const struct seqset_range *r;
	GHashTableIter it;
	gsize n_ranges;
	void *uid;

	r = seqset_ranges(uids, &n_ranges);
	store_lock(a->q->r->store);
	for (gsize i = 0; i < n_ranges; i++)
		n += state_count_uids(st, number, r[i].first, r[i].last);
	store_unlock(a->q->r->store);
	g_hash_table_iter_init(&it, a->doomed);
	while (g_hash_table_iter_next(&it, &uid, NULL))
		n += seqset_has(uids, GPOINTER_TO_UINT(uid));
	return n;
}

/* What is gone and changed nevertheless is another message now (P34), or a lie. */
static gboolean contradicts_itself(const struct listing *l)
{
	for (guint i = 0; l->vanished && i < l->items->len; i++)
		if (seqset_has(l->vanished, g_array_index(l->items, struct listed, i).uid))
			return TRUE;
	return FALSE;
}

static gboolean too_many_ranges(const struct seqset *set)
{
	gsize n;

	seqset_ranges(set, &n);
	return n > RANGES_MAX;
}

/* Whether the messages known here and there, and what was told, make up as many as there are. */
static gboolean adds_up(const struct asking *a, guint32 known)
{
	const struct seqset *vanished = a->l->vanished;
	guint32 gone = 0;

	if (vanished && too_many_ranges(vanished))
		return FALSE;
	if (vanished)
		gone = n_known_of(a, vanished);
	return (guint64)a->sel->exists + gone == (guint64)known + n_unknown(a);
}

static gboolean list_changes(struct asking *a, gboolean *changed, GError **error)
{
	const struct state_mailbox *mb = a->q->mb;
	struct listing *l = a->l;
	auto_ptr(seqset) everything = seqset_new();
	guint32 known;

	seqset_add_range(everything, 1, G_MAXUINT32);
	/* What is to be expunged there, or left there, has no row but is there. */
	known = n_known_of(a, everything);
	*changed = l->items->len || (l->vanished && !seqset_is_empty(l->vanished)) ||
		   a->sel->highestmodseq != mb->highestmodseq || a->sel->exists != known ||
		   a->sel->uidnext != mb->uidnext;
	if (!*changed || adds_up(a, known))
		return TRUE;
	g_clear_pointer(&l->vanished, seqset_free);
	l->present = imap_search_uids(a->q->r->imap, 1, G_MAXUINT32, error);
	if (!l->present)
		return FALSE;
	/* Some are new and were not told of: they have to be described. */
	if (seqset_count(l->present) > (guint64)n_known_of(a, l->present) + n_unknown(a))
		return list_all(a, error);
	return check_list(a, seqset_count(l->present), error);
}

gboolean listing_ask(struct listing *l, const struct listing_question *q,
		     const struct imap_selected *sel, GHashTable *doomed, gboolean *changed,
		     GError **error)
{
	struct asking a = {.q = q, .l = l, .sel = sel, .doomed = doomed};

	*changed = TRUE;
	if (q->want_all && l->heard == LISTING_CHANGES)
		l->heard = LISTING_NOTHING;
	if (l->heard == LISTING_CHANGES && !contradicts_itself(l))
		return list_changes(&a, changed, error);
	return list_all(&a, error);
}

gboolean listing_tells_absence(const struct listing *l)
{
	return l->whole || l->present || l->vanished;
}

static void add_range(GArray *ranges, guint32 first, guint32 last)
{
	struct seqset_range range = {first, last};

	g_array_append_val(ranges, range);
}

static struct seqset *without_small_holes(const struct seqset *s)
{
	struct seqset *out = seqset_new();
	const struct seqset_range *r;
	gsize n;

	r = seqset_ranges(s, &n);
	for (gsize i = 0; i < n; i++) {
		guint32 first = r[i].first;

		if (i && first - r[i - 1].last <= HOLE)
			first = r[i - 1].last;
		seqset_add_range(out, first, r[i].last);
	}
	return out;
}

struct seqset *listing_concerned(const struct listing *l)
{
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	auto_ptr(seqset) named = NULL;
	const struct seqset_range *r;
	gsize n = 0;

	if (l->whole || l->present) {
		add_range(ranges, 1, G_MAXUINT32);
		return seqset_of_ranges(ranges);
	}
	for (guint i = 0; i < l->items->len; i++) {
		guint32 uid = g_array_index(l->items, struct listed, i).uid;

		add_range(ranges, uid, uid);
	}
	r = l->vanished ? seqset_ranges(l->vanished, &n) : NULL;
	for (gsize i = 0; i < n; i++)
		add_range(ranges, r[i].first, r[i].last);
	named = seqset_of_ranges(ranges);
	return without_small_holes(named);
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
	if (l->whole || (l->present && !seqset_has(l->present, uid)) ||
	    (l->vanished && seqset_has(l->vanished, uid)))
		return ABSENT;
	return UNSURE;
}
