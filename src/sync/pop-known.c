/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was fetched from a POP3 server before, by UIDL or, where that is missing, by fingerprint. */
#include <string.h>

#include "cur/base/error.h"
#include "pop-round.h"
#include "steps.h"

static void prints_free(void *data)
{
	struct pop_prints *prints = data;

	g_free(prints->header);
	g_free(prints->whole);
	g_free(prints);
}

void pop_round_init(struct pop_round *r)
{
	r->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	r->nameless = g_hash_table_new_full(NULL, NULL, NULL, prints_free);
	r->n_alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void pop_round_clear(struct pop_round *r)
{
	g_clear_pointer(&r->list, g_ptr_array_unref);
	g_hash_table_unref(r->known);
	g_hash_table_unref(r->nameless);
	g_hash_table_unref(r->n_alike);
}

/* ---- fingerprints ---- */

static struct pop_prints *prints_of(struct pop_round *r, const struct pop_message *m)
{
	struct pop_prints *prints = g_hash_table_lookup(r->nameless, m);

	if (!prints) {
		prints = g_new0(struct pop_prints, 1);
		g_hash_table_insert(r->nameless, (void *)m, prints);
	}
	return prints;
}

/* "print 2" for the second message of that print in this session. Takes `print`. */
static char *numbered(struct pop_round *r, char *print)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(r->n_alike, print)) + 1;
	char *key = g_strdup_printf("%s %u", print, n);

	g_hash_table_insert(r->n_alike, print, GUINT_TO_POINTER(n));
	return key;
}

void pop_print_header(struct pop_round *r, const struct pop_message *m, const char *sum)
{
	char *print = g_strdup_printf("top %" G_GUINT64_FORMAT " %s", m->size_bytes, sum);

	prints_of(r, m)->header = numbered(r, print);
}

void pop_print_whole(struct pop_round *r, const struct pop_message *m, const char *sum)
{
	prints_of(r, m)->whole = numbered(r, g_strdup_printf("sha256 %s", sum));
}

void pop_keys(const struct pop_round *r, const struct pop_message *m, const char *keys[POP_KEYS])
{
	const struct pop_prints *prints = m->uidl ? NULL : g_hash_table_lookup(r->nameless, m);

	keys[0] = m->uidl;
	keys[1] = prints ? prints->whole : NULL;
	keys[2] = prints ? prints->header : NULL;
}

/* ---- the table ---- */

static gboolean collect(const struct state_uidl *u, void *data)
{
	struct pop_known *k = g_new0(struct pop_known, 1);

	*k = (struct pop_known){
	    .lid = u->lid,
	    .first_seen = u->first_seen,
	    .size_bytes = u->size_bytes,
	    .deleted = u->deleted,
	    .here = u->here,
	    .header_only = u->header_only && (!u->here || u->partial),
	    .changed = u->header_only && u->here && !u->partial,
	};
	g_hash_table_insert(data, g_strdup(u->uidl), k);
	return TRUE;
}

gboolean pop_known_load(struct pop_round *r, GError **error)
{
	struct store *store = hub_store(r->w->hub);
	gboolean ok;

	store_lock(store);
	ok =
	    state_uidls(store_state(store), r->w->name, r->inbox->number, collect, r->known, error);
	store_unlock(store);
	return ok;
}

struct pop_known *pop_known_of(struct pop_round *r, const struct pop_message *m)
{
	const char *keys[POP_KEYS];
	struct pop_known *k = NULL;

	pop_keys(r, m, keys);
	for (int i = 0; !k && i < POP_KEYS; i++)
		k = keys[i] ? g_hash_table_lookup(r->known, keys[i]) : NULL;
	return k;
}

gboolean pop_known_write(struct worker *w, const char *key, const struct pop_known *k,
			 GError **error)
{
	struct state_uidl u = {
	    .uidl = key,
	    .lid = k->lid,
	    .first_seen = k->first_seen,
	    .size_bytes = k->size_bytes,
	    .deleted = k->deleted,
	    .header_only = k->header_only,
	};

	return state_put_uidl(store_state(hub_store(w->hub)), w->name, &u, error);
}

void pop_known_learn(struct pop_round *r, const struct pop_message *m, const struct pop_known *k)
{
	const char *keys[POP_KEYS];

	pop_keys(r, m, keys);
	for (int i = 0; i < POP_KEYS; i++) {
		struct pop_known *old = keys[i] ? g_hash_table_lookup(r->known, keys[i]) : NULL;

		if (old) {
			old->listed = TRUE;
			continue;
		}
		if (!keys[i])
			continue;
		old = g_memdup2(k, sizeof *k);
		old->listed = old->changed = TRUE;
		g_hash_table_insert(r->known, g_strdup(keys[i]), old);
	}
}

gboolean pop_known_drop(struct pop_round *r, const struct pop_message *m, GError **error)
{
	const char *keys[POP_KEYS];

	pop_keys(r, m, keys);
	for (int i = 0; i < POP_KEYS; i++)
		if (keys[i] &&
		    !state_drop_uidl(store_state(hub_store(r->w->hub)), r->w->name, keys[i], error))
			return FALSE;
	return TRUE;
}

static gboolean save_one(struct pop_round *r, const char *key, const struct pop_known *k,
			 GError **error)
{
	if (k->deleted && !k->listed)
		return state_drop_uidl(store_state(hub_store(r->w->hub)), r->w->name, key, error);
	return !k->changed || pop_known_write(r->w, key, k, error);
}

gboolean pop_known_save(struct pop_round *r, GError **error)
{
	struct store *store = hub_store(r->w->hub);
	GHashTableIter it;
	void *key, *k;
	gboolean any = FALSE, ok = TRUE;

	g_hash_table_iter_init(&it, r->known);
	while (!any && g_hash_table_iter_next(&it, NULL, &k)) {
		const struct pop_known *known = k;

		any = known->changed || (known->deleted && !known->listed);
	}
	if (!any)
		return TRUE;
	if (!store_begin(store, error))
		return FALSE;
	g_hash_table_iter_init(&it, r->known);
	while (ok && g_hash_table_iter_next(&it, &key, &k))
		ok = save_one(r, key, k, error);
	return steps_commit(store, ok, "pop-known", error);
}
