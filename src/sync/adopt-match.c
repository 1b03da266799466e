/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A UID and a file are the same message when size on the wire and Message-ID are the same;
 * without an id on either side, size and date of arrival. A line that mbsync adds to copies does
 * not count. The UID in a file's name proves nothing: files are moved between folders. What is in
 * doubt is fetched: a duplicate is better than a loss.
 */
#include "adopt-private.h"
#include "cur/mail/scan.h"

static guint key_hash(const void *p)
{
	const struct candidate *c = p;

	return (guint)((c->wire_bytes * 31 + c->id) * 2654435761u);
}

static gboolean key_equal(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->wire_bytes == y->wire_bytes && x->id == y->id;
}

/* Candidates in lists: those of one size and id, and those of one size. */
struct sorted {
	GHashTable *by_key, *by_size;
};

static GHashTable *table_new(GHashFunc hash, GEqualFunc equal)
{
	return g_hash_table_new_full(hash, equal, NULL, (GDestroyNotify)g_ptr_array_unref);
}

static void sort_in(GHashTable *table, void *key, struct candidate *c)
{
	GPtrArray *same = g_hash_table_lookup(table, key);

	if (!same)
		g_hash_table_insert(table, key, same = g_ptr_array_new());
	g_ptr_array_add(same, c);
}

static struct sorted sort_candidates(struct adoption *a)
{
	struct sorted sorted = {table_new(key_hash, key_equal),
				table_new(g_int64_hash, g_int64_equal)};

	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);

		sort_in(sorted.by_key, c, c);
		sort_in(sorted.by_size, &c->wire_bytes, c);
	}
	return sorted;
}

/* The most likely of several that are the same by size and id: for them either is right. */
static struct candidate *best_of(const GPtrArray *same, const struct offer *o)
{
	struct candidate *best = NULL;

	for (guint i = 0; same && i < same->len; i++) {
		struct candidate *c = g_ptr_array_index(same, i);

		if (c->offer)
			continue;
		if (c->named_uid == o->uid)
			return c;
		if (!best || (best->date_received != o->date && c->date_received == o->date))
			best = c;
	}
	return best;
}

static gboolean has_message_id(struct adoption *a, const struct candidate *c)
{
	g_autofree char *text = NULL;
	struct envelope env;
	struct row row;
	gsize n;

	text = adoption_read_header(a, c, &row, &n);
	if (!text)
		return TRUE;
	envelope_init(&env, text, n);
	return *env.field[ENV_MESSAGE_ID];
}

static struct candidate *without_id(struct adoption *a, const GPtrArray *same,
				    const struct offer *o)
{
	for (guint i = 0; same && i < same->len; i++) {
		struct candidate *c = g_ptr_array_index(same, i);

		if (!c->offer && c->date_received == o->date && !has_message_id(a, c))
			return c;
	}
	return NULL;
}

static void match_sizes(struct adoption *a)
{
	struct sorted sorted = sort_candidates(a);

	for (guint i = 0; i < a->offers->len; i++) {
		struct offer *o = &g_array_index(a->offers, struct offer, i);
		struct candidate key = {.wire_bytes = o->size, .id = o->id}, *c;

		if (o->taken)
			continue;
		c = o->id ? best_of(g_hash_table_lookup(sorted.by_key, &key), o)
			  : without_id(a, g_hash_table_lookup(sorted.by_size, &o->size), o);
		if (!c)
			continue;
		c->offer = o;
		o->taken = TRUE;
	}
	g_hash_table_unref(sorted.by_key);
	g_hash_table_unref(sorted.by_size);
}

void adoption_match(struct adoption *a)
{
	match_sizes(a);
	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);

		if (!c->offer && c->other_bytes)
			c->wire_bytes = c->other_bytes;
	}
	match_sizes(a);
}
