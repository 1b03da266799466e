/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members by index and by (mailbox, lid), and the mailboxes whose changes concern them. */
#include "members.h"

/* A mailbox that has members, as of the last look. */
struct home {
	guint64 generation;
	gboolean changed; /* in this snapshot */
};

struct members {
	GArray *all;	     /* struct member */
	GHashTable *by_name; /* mailbox << 32 | lid -> index + 1 */
	GHashTable *homes;   /* mailbox -> struct home */
	GStringChunk *tags;
	gboolean unplaced; /* members whose row was never looked up */
	guint32 epoch;
	guint64 generation;
};

struct members *members_new(void)
{
	struct members *ms = g_new0(struct members, 1);

	ms->all = g_array_new(FALSE, TRUE, sizeof(struct member));
	ms->by_name = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	ms->homes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	ms->tags = g_string_chunk_new(1024);
	return ms;
}

void members_free(struct members *ms)
{
	if (!ms)
		return;
	g_array_unref(ms->all);
	g_hash_table_unref(ms->by_name);
	g_hash_table_unref(ms->homes);
	g_string_chunk_free(ms->tags);
	g_free(ms);
}

guint32 members_count(const struct members *ms)
{
	return ms->all->len;
}

const struct member *members_at(const struct members *ms, guint32 i)
{
	return &g_array_index(ms->all, struct member, i);
}

guint32 members_epoch(const struct members *ms)
{
	return ms->epoch;
}

guint64 members_generation(const struct members *ms)
{
	return ms->generation;
}

/* ---- what a search found --------------------------------------------------------------- */

static struct member *find_or_add(struct members *ms, guint32 mailbox, guint32 lid)
{
	gint64 name = (gint64)((guint64)mailbox << 32 | lid);
	guint at = GPOINTER_TO_UINT(g_hash_table_lookup(ms->by_name, &name));
	struct member member = {.mailbox = mailbox, .lid = lid, .row = MEMBER_GONE};

	if (!at) {
		g_array_append_val(ms->all, member);
		at = ms->all->len;
		g_hash_table_insert(ms->by_name, g_memdup2(&name, sizeof(name)),
				    GUINT_TO_POINTER(at));
		if (!g_hash_table_contains(ms->homes, GUINT_TO_POINTER(mailbox)))
			g_hash_table_insert(ms->homes, GUINT_TO_POINTER(mailbox),
					    g_new0(struct home, 1));
	}
	return &g_array_index(ms->all, struct member, at - 1);
}

static void take_one(struct members *ms, GVariant *row, gboolean more)
{
	guint32 mailbox, lid;
	const char *tags;
	struct member *m;

	g_variant_get(row, "(uu&s)", &mailbox, &lid, &tags);
	m = find_or_add(ms, mailbox, lid);
	m->found = TRUE;
	m->kept = m->kept || more;
	m->tags = *tags ? g_string_chunk_insert_const(ms->tags, tags) : NULL;
}

void members_take(struct members *ms, GVariant *found, gboolean more)
{
	g_autoptr(GVariant) rows = g_variant_get_child_value(found, 0);

	for (guint i = 0; !more && i < ms->all->len; i++)
		g_array_index(ms->all, struct member, i).found = FALSE;
	/* The engine tells the newest first; a mailbox has it last. */
	for (gsize i = g_variant_n_children(rows); i-- > 0;) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		take_one(ms, row, more);
	}
	ms->unplaced = TRUE;
}

/* ---- where they lie ---------------------------------------------------------------------- */

/* FALSE: no mailbox with members changed. */
static gboolean look_at_homes(struct members *ms, struct hcache *cache)
{
	GHashTableIter iter;
	gpointer number, value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&iter, ms->homes);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		struct home *home = value;
		struct hcache_head head = {0};

		hcache_head(cache, GPOINTER_TO_UINT(number), &head);
		home->changed = head.generation != home->generation;
		home->generation = head.generation;
		any = any || home->changed;
	}
	return any;
}

static guint32 row_now(struct hcache *cache, const struct member *m)
{
	guint32 row;

	if (!(m->found || m->kept) || !hcache_find(cache, m->mailbox, m->lid, &row))
		return MEMBER_GONE;
	return hcache_mark(cache, m->mailbox, row) & MARK_DEAD ? MEMBER_GONE : row;
}

void members_follow(struct members *ms, struct hcache *cache)
{
	gboolean moved = FALSE;

	if (!look_at_homes(ms, cache) && !ms->unplaced)
		return;
	for (guint i = 0; i < ms->all->len; i++) {
		struct member *m = &g_array_index(ms->all, struct member, i);
		const struct home *home =
		    ms->unplaced ? NULL
				 : g_hash_table_lookup(ms->homes, GUINT_TO_POINTER(m->mailbox));
		guint32 before = m->row;

		if (home && !home->changed)
			continue;
		m->row = row_now(cache, m);
		moved = moved || (m->row == MEMBER_GONE) != (before == MEMBER_GONE);
	}
	ms->unplaced = FALSE;
	ms->epoch += moved;
	ms->generation++;
}
