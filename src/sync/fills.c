/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table from UID to row. */
#include "fills.h"

#include <string.h>

struct fill {
	guint32 lid;
	char base[];
};

struct fills {
	GHashTable *by_uid; /* GUINT_TO_POINTER -> struct fill * */
};

struct fills *fills_new(void)
{
	struct fills *fills = g_new0(struct fills, 1);

	fills->by_uid = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
	return fills;
}

void fills_free(struct fills *fills)
{
	g_hash_table_unref(fills->by_uid);
	g_free(fills);
}

void fills_add(struct fills *fills, const struct state_message *msg, guint32 uid)
{
	gsize n = strlen(msg->base) + 1;
	struct fill *fill = g_malloc(sizeof *fill + n);

	fill->lid = msg->lid;
	memcpy(fill->base, msg->base, n);
	g_hash_table_replace(fills->by_uid, GUINT_TO_POINTER(uid), fill);
}

guint fills_count(const struct fills *fills)
{
	return g_hash_table_size(fills->by_uid);
}

guint32 fills_lid(const struct fills *fills, guint32 uid, const char **base)
{
	const struct fill *fill =
	    fills ? g_hash_table_lookup(fills->by_uid, GUINT_TO_POINTER(uid)) : NULL;

	*base = fill ? fill->base : NULL;
	return fill ? fill->lid : 0;
}

static int by_number(const void *a, const void *b)
{
	guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

	return x < y ? -1 : x > y;
}

void fills_add_uids(const struct fills *fills, GArray *uids)
{
	GHashTableIter it;
	void *key;

	g_hash_table_iter_init(&it, fills->by_uid);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		guint32 uid = GPOINTER_TO_UINT(key);

		g_array_append_val(uids, uid);
	}
	g_array_sort(uids, by_number);
}
