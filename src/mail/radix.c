/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least significant digit first, 11 bits a pass, keys carried along with the indices. */
#include "radix.h"

#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS, SMALL = 48 };

struct item {
	guint64 key;
	guint32 index;
};

static void insertion_sort(struct item *items, guint32 n)
{
	for (guint32 i = 1; i < n; i++) {
		struct item item = items[i];
		guint32 j = i;

		for (; j > 0 && items[j - 1].key > item.key; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/* TRUE when all keys have the same digit, so that the pass would move nothing. */
static gboolean counts_are_trivial(const guint32 *count, guint32 n, const struct item *items,
				   unsigned shift)
{
	return count[items[0].key >> shift & (BUCKETS - 1)] == n;
}

static struct item *digit_sort(struct item *items, struct item *spare, guint32 n)
{
	g_autofree guint32 *counts = g_new0(guint32, (gsize)DIGITS * BUCKETS);

	for (guint32 i = 0; i < n; i++)
		for (unsigned d = 0; d < DIGITS; d++)
			counts[d * BUCKETS + (items[i].key >> (d * DIGIT_BITS) & (BUCKETS - 1))]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		guint32 *count = counts + (gsize)d * BUCKETS;
		unsigned shift = d * DIGIT_BITS;
		guint32 at = 0;
		struct item *swap;

		if (counts_are_trivial(count, n, items, shift))
			continue;
		for (guint b = 0; b < BUCKETS; b++) {
			guint32 here = count[b];

			count[b] = at;
			at += here;
		}
		for (guint32 i = 0; i < n; i++)
			spare[count[items[i].key >> shift & (BUCKETS - 1)]++] = items[i];
		swap = items;
		items = spare;
		spare = swap;
	}
	return items;
}

static gboolean is_sorted(const struct item *items, guint32 n)
{
	for (guint32 i = 1; i < n; i++)
		if (items[i - 1].key > items[i].key)
			return FALSE;
	return TRUE;
}

void radix_sort(guint32 *order, guint32 n, const guint64 *key, gboolean reverse)
{
	guint64 flip = reverse ? G_MAXUINT64 : 0;
	struct item few[SMALL];
	g_autofree struct item *many = n > SMALL ? g_new(struct item, 2 * (gsize)n) : NULL;
	struct item *items = many ? many : few;

	for (guint32 i = 0; i < n; i++)
		items[i] = (struct item){key[order[i]] ^ flip, order[i]};
	/* Mailboxes grow by date, so much of what comes here is in order already. */
	if (is_sorted(items, n))
		return;
	if (many)
		items = digit_sort(many, many + n, n);
	else
		insertion_sort(items, n);
	for (guint32 i = 0; i < n; i++)
		order[i] = items[i].index;
}
