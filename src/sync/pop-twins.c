/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A kill may have left a row without its UIDL, and a server may give out new ones (P75, P76): what
 * comes and lies here byte for byte, as a row that nothing listed is known as, is that row.
 */
#include "pop-twins.h"

#include <string.h>

#include "cur/store/maildir.h"

struct pop_twins {
	struct store *store;
	const struct state_mailbox *inbox;
	GHashTable *lids; /* of rows that nothing the server lists is known as */
};

static gboolean add_lid(const struct state_message *msg, void *data)
{
	g_hash_table_add(data, GUINT_TO_POINTER(msg->lid));
	return TRUE;
}

struct pop_twins *pop_twins_load(struct pop_round *r, GError **error)
{
	struct pop_twins *t = g_new0(struct pop_twins, 1);
	GHashTableIter it;
	void *known;
	gboolean ok;

	t->store = hub_store(r->w->hub);
	t->inbox = r->inbox;
	t->lids = g_hash_table_new(g_direct_hash, g_direct_equal);
	store_lock(t->store);
	ok = state_messages(store_state(t->store), r->inbox->number, 0, 0, add_lid, t->lids, error);
	store_unlock(t->store);
	g_hash_table_iter_init(&it, r->known);
	while (g_hash_table_iter_next(&it, NULL, &known)) {
		const struct pop_known *k = known;

		if (k->listed)
			g_hash_table_remove(t->lids, GUINT_TO_POINTER(k->lid));
	}
	if (!ok)
		g_clear_pointer(&t, pop_twins_free);
	return t;
}

void pop_twins_free(struct pop_twins *t)
{
	g_hash_table_unref(t->lids);
	g_free(t);
}

static gboolean same_bytes(const char *a, const char *b)
{
	g_autoptr(GMappedFile) x = g_mapped_file_new(a, FALSE, NULL);
	g_autoptr(GMappedFile) y = g_mapped_file_new(b, FALSE, NULL);
	gsize n = x ? g_mapped_file_get_length(x) : 0;

	return n && y && n == g_mapped_file_get_length(y) &&
	       !memcmp(g_mapped_file_get_contents(x), g_mapped_file_get_contents(y), n);
}

struct candidates {
	struct pop_twins *twins;
	GPtrArray *paths;
	GArray *lids;
};

static gboolean collect(const struct state_message *msg, void *data)
{
	struct candidates *c = data;
	const struct state_mailbox *inbox = c->twins->inbox;
	char *path;

	if (msg->mailbox != inbox->number ||
	    !g_hash_table_contains(c->twins->lids, GUINT_TO_POINTER(msg->lid)))
		return TRUE;
	path = maildir_find_at(inbox->path, msg->base, msg->mark, NULL);
	if (path) {
		g_ptr_array_add(c->paths, path);
		g_array_append_val(c->lids, msg->lid);
	}
	return TRUE;
}

guint32 pop_twins_find(const struct row *row, const char *path, void *data)
{
	struct pop_twins *t = data;
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct candidates c = {t, paths, lids};

	if (!g_hash_table_size(t->lids))
		return 0;
	store_lock(t->store);
	state_messages_by_id(store_state(t->store), row->id_hash, collect, &c, NULL);
	store_unlock(t->store);
	for (guint i = 0; i < paths->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (!same_bytes(path, g_ptr_array_index(paths, i)))
			continue;
		g_hash_table_remove(t->lids, GUINT_TO_POINTER(lid));
		return lid;
	}
	return 0;
}
