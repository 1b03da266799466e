/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a POP3 server has, and fetching what is new of it. A message is known by its UIDL. Where
 * that is missing, its header is asked for, and the whole of it when even that is not known (P26).
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/store/maildir.h"
#include "forecast.h"
#include "incoming.h"
#include "pop-round.h"

/* A message that is on its way into the store; the commit may be another thread's. */
struct fresh {
	const struct pop_message *m;
	const char *keys[POP_KEYS];
	struct pop_known known; /* as it will be */
};

struct pulling {
	struct pop_round *r;
	struct incoming *in;
	GPtrArray *fresh;      /* struct fresh */
	GHashTable *unclaimed; /* lids of rows that nothing the server lists is known as */
	GChecksum *sum;	       /* of the one that is being fetched */
	guint n_all;
};

/* ---- what is there ---------------------------------------------------------------------- */

/* Every UIDL is known, and STAT says that no size has changed: LIST would tell nothing. */
static gboolean is_as_known(struct pop_round *r, const struct pop_count *count)
{
	guint64 sum_bytes = 0;

	if (r->list->len != count->n)
		return FALSE;
	for (guint i = 0; i < r->list->len; i++) {
		struct pop_message *m = r->list->pdata[i];
		struct pop_known *k = pop_known_of(r, m);

		if (!k)
			return FALSE;
		sum_bytes += k->size_bytes;
	}
	return sum_bytes == count->size_bytes;
}

/* A UIDL whose message has another size now was given to another message. */
static gboolean is_another(const struct pop_message *m, const struct pop_known *k)
{
	return m->size_bytes && k->size_bytes && m->size_bytes != k->size_bytes;
}

static void note_listed(struct pop_round *r)
{
	for (guint i = 0; i < r->list->len; i++) {
		const struct pop_message *m = r->list->pdata[i];
		struct pop_known *k = m->uidl ? pop_known_of(r, m) : NULL;

		if (!k || is_another(m, k))
			continue;
		k->listed = TRUE;
		if (!k->size_bytes && m->size_bytes) {
			k->size_bytes = m->size_bytes;
			k->changed = TRUE;
		}
	}
}

static gboolean look(struct pop_round *r, GError **error)
{
	struct pop_count count;

	r->list = pop_look(r->pop, &count, error);
	if (!r->list || !pop_known_load(r, error))
		return FALSE;
	if (!is_as_known(r, &count) && !pop_sizes(r->pop, r->list, error))
		return FALSE;
	note_listed(r);
	return TRUE;
}

/* ---- headers of the nameless --------------------------------------------------------------- */

static gboolean header_begin(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;

	g_checksum_reset(p->sum);
	return TRUE;
}

static gboolean header_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct pulling *p = data;

	g_checksum_update(p->sum, (const guchar *)bytes, (gssize)n);
	return TRUE;
}

static gboolean header_end(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;
	struct pop_known *k;

	pop_print_header(p->r, m, g_checksum_get_string(p->sum));
	k = pop_known_of(p->r, m);
	if (k)
		k->listed = TRUE;
	return TRUE;
}

/* Then the whole message says who it is. */
static gboolean header_refused(const struct pop_message *m, const char *words, void *data,
			       GError **error)
{
	return TRUE;
}

/* What is deleted at once need not be known again. */
static gboolean stays_there(const struct worker *w)
{
	return w->settings.pop_leave || w->settings.pop_keep_days > 0;
}

static gboolean fetch_headers(struct pulling *p, GError **error)
{
	static const struct pop_message_ops ops = {header_begin, header_bytes, header_end,
						   header_refused};
	g_autoptr(GPtrArray) nameless = g_ptr_array_new();
	gboolean ok;

	if (!pop_has_top(p->r->pop) || !stays_there(p->r->w))
		return TRUE;
	for (guint i = 0; i < p->r->list->len; i++) {
		struct pop_message *m = p->r->list->pdata[i];

		if (m->uidl)
			continue;
		m->header_only = TRUE;
		g_ptr_array_add(nameless, m);
	}
	ok = pop_fetch(p->r->pop, nameless, &ops, p, error);
	for (guint i = 0; i < nameless->len; i++)
		((struct pop_message *)nameless->pdata[i])->header_only = FALSE;
	return ok;
}

/* ---- what was here without a name ------------------------------------------------------------ */

static gboolean add_lid(const struct state_message *msg, void *data)
{
	g_hash_table_add(data, GUINT_TO_POINTER(msg->lid));
	return TRUE;
}

/* A kill may have left a row without its UIDL, and a server may give out new ones (P75, P76). */
static gboolean load_unclaimed(struct pulling *p, GError **error)
{
	struct store *store = hub_store(p->r->w->hub);
	GHashTableIter it;
	void *known;
	gboolean ok;

	store_lock(store);
	ok = state_messages(store_state(store), p->r->inbox->number, 0, 0, add_lid, p->unclaimed,
			    error);
	store_unlock(store);
	g_hash_table_iter_init(&it, p->r->known);
	while (g_hash_table_iter_next(&it, NULL, &known)) {
		const struct pop_known *k = known;

		if (k->listed)
			g_hash_table_remove(p->unclaimed, GUINT_TO_POINTER(k->lid));
	}
	return ok;
}

static gboolean same_bytes(const char *a, const char *b)
{
	g_autoptr(GMappedFile) x = g_mapped_file_new(a, FALSE, NULL);
	g_autoptr(GMappedFile) y = g_mapped_file_new(b, FALSE, NULL);
	gsize n = x ? g_mapped_file_get_length(x) : 0;

	return n && y && n == g_mapped_file_get_length(y) &&
	       !memcmp(g_mapped_file_get_contents(x), g_mapped_file_get_contents(y), n);
}

struct twins {
	struct pulling *p;
	GPtrArray *paths;
	GArray *lids;
};

static gboolean collect_twin(const struct state_message *msg, void *data)
{
	struct twins *t = data;
	const struct state_mailbox *inbox = t->p->r->inbox;
	char *path;

	if (msg->mailbox != inbox->number ||
	    !g_hash_table_contains(t->p->unclaimed, GUINT_TO_POINTER(msg->lid)))
		return TRUE;
	path = maildir_find_at(inbox->path, msg->base, msg->mark, NULL);
	if (path) {
		g_ptr_array_add(t->paths, path);
		g_array_append_val(t->lids, msg->lid);
	}
	return TRUE;
}

static guint32 find_twin(const struct row *row, const char *path, void *data)
{
	struct pulling *p = data;
	struct store *store = hub_store(p->r->w->hub);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct twins t = {p, paths, lids};

	if (!g_hash_table_size(p->unclaimed))
		return 0;
	store_lock(store);
	state_messages_by_id(store_state(store), row->id_hash, collect_twin, &t, NULL);
	store_unlock(store);
	for (guint i = 0; i < paths->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (!same_bytes(path, g_ptr_array_index(paths, i)))
			continue;
		g_hash_table_remove(p->unclaimed, GUINT_TO_POINTER(lid));
		return lid;
	}
	return 0;
}

/* ---- fetching --------------------------------------------------------------------------- */

static gboolean on_begin(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;

	g_checksum_reset(p->sum);
	return incoming_begin(p->in, error);
}

static gboolean on_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct pulling *p = data;

	return incoming_bytes(p->in, bytes, n, error);
}

static gboolean on_nameless_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	return header_bytes(bytes, n, data, error) && on_bytes(bytes, n, data, error);
}

static struct fresh *note_fresh(struct pulling *p, const struct pop_message *m)
{
	struct fresh *f = g_new0(struct fresh, 1);

	f->m = m;
	f->known = (struct pop_known){
	    .first_seen = g_get_real_time() / G_USEC_PER_SEC,
	    .size_bytes = m->size_bytes,
	    .here = TRUE,
	};
	pop_keys(p->r, m, f->keys);
	g_ptr_array_add(p->fresh, f);
	return f;
}

static gboolean on_end(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;
	struct incoming_facts facts = {.tag = note_fresh(p, m)};

	if (!incoming_end(p->in, &facts, error))
		return FALSE;
	if (!incoming_is_full(p->in))
		return TRUE;
	hub_progress(p->r->w->hub, p->r->inbox->name, "fetching", incoming_n_done(p->in), p->n_all);
	return incoming_commit(p->in, error);
}

/* It may be here already: only now can it be known. */
static gboolean on_nameless_end(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;
	struct pop_known *k;

	pop_print_whole(p->r, m, g_checksum_get_string(p->sum));
	k = pop_known_of(p->r, m);
	if (!k)
		return on_end(m, data, error);
	incoming_cancel(p->in);
	pop_known_learn(p->r, m, k);
	return TRUE;
}

static gboolean on_refused(const struct pop_message *m, const char *words, void *data,
			   GError **error)
{
	struct pulling *p = data;
	struct worker *w = p->r->w;
	g_autoptr(GError) failed = NULL;

	error_set(&failed, CUR_ERROR_REFUSED, "message %u cannot be had: %s", m->number, words);
	hub_note(w->hub, HUB_WARNING, w->name, "%s", failed->message);
	worker_fall_short(w, failed);
	return TRUE;
}

/* In the commit that adds the row. */
static gboolean write_names(const struct state_message *msg, void *tag, void *data, GError **error)
{
	struct fresh *f = tag;

	f->known.lid = msg->lid;
	for (int i = 0; i < POP_KEYS; i++)
		if (f->keys[i] && !pop_known_write(data, f->keys[i], &f->known, error))
			return FALSE;
	return TRUE;
}

static gboolean fetch(struct pulling *p, const GPtrArray *messages, gboolean nameless,
		      GError **error)
{
	static const struct pop_message_ops named = {on_begin, on_bytes, on_end, on_refused};
	static const struct pop_message_ops unnamed = {on_begin, on_nameless_bytes, on_nameless_end,
						       on_refused};
	g_autoptr(GError) failed = NULL;

	if (pop_fetch(p->r->pop, messages, nameless ? &unnamed : &named, p, &failed))
		return TRUE;
	/* P77: what came whole is kept, whatever broke after it. */
	incoming_cancel(p->in);
	if (!error_is(failed, CUR_ERROR_FULL) && !error_is(failed, CUR_ERROR_IO))
		incoming_commit(p->in, NULL);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* Newest first, as everywhere. A nameless one that may go has to show all of its bytes before. */
static void choose(struct pop_round *r, GPtrArray *named, GPtrArray *nameless)
{
	for (guint i = r->list->len; i-- > 0;) {
		struct pop_message *m = r->list->pdata[i];
		const struct pop_known *k = pop_known_of(r, m);

		if (m->uidl && (!k || !k->listed))
			g_ptr_array_add(named, m);
		else if (!m->uidl && (!k || pop_may_go(r, k)))
			g_ptr_array_add(nameless, m);
	}
}

static void learn_fresh(struct pulling *p)
{
	for (guint i = 0; i < p->fresh->len; i++) {
		const struct fresh *f = p->fresh->pdata[i];

		for (int j = 0; j < POP_KEYS; j++)
			if (f->keys[j])
				g_hash_table_remove(p->r->known, f->keys[j]);
		pop_known_learn(p->r, f->m, &f->known);
	}
}

static gboolean bring(struct pulling *p, const GPtrArray *named, const GPtrArray *nameless,
		      GError **error)
{
	struct worker *w = p->r->w;
	guint n_done;

	p->n_all = named->len + nameless->len;
	p->in = incoming_open(hub_store(w->hub), p->r->inbox,
			      (const char *const *)w->settings.assumed, error);
	if (!p->in || !load_unclaimed(p, error))
		return FALSE;
	incoming_on_row(p->in, write_names, w);
	incoming_on_twin(p->in, find_twin, p);
	if (!fetch(p, named, FALSE, error) || !fetch(p, nameless, TRUE, error) ||
	    !incoming_commit(p->in, error))
		return FALSE;
	learn_fresh(p);
	n_done = incoming_n_done(p->in);
	if (n_done)
		hub_tell(w->hub, WIRE_NEWMAIL, g_variant_new("(uu)", p->r->inbox->number, n_done));
	return TRUE;
}

static gboolean pull(struct pulling *p, GError **error)
{
	struct forecast *forecast = hub_forecast(p->r->w->hub);
	g_autoptr(GPtrArray) named = g_ptr_array_new();
	g_autoptr(GPtrArray) nameless = g_ptr_array_new();

	if (!look(p->r, error) || !fetch_headers(p, error))
		return FALSE;
	choose(p->r, named, nameless);
	if (forecast) {
		forecast_note(forecast, p->r->inbox, FORECAST_FETCH, named->len + nameless->len);
		return TRUE;
	}
	return named->len + nameless->len == 0 || bring(p, named, nameless, error);
}

gboolean pop_pull(struct pop_round *r, GError **error)
{
	struct pulling p = {
	    .r = r,
	    .fresh = g_ptr_array_new_with_free_func(g_free),
	    .unclaimed = g_hash_table_new(g_direct_hash, g_direct_equal),
	    .sum = g_checksum_new(G_CHECKSUM_SHA256),
	};
	gboolean ok = pull(&p, error);

	g_clear_pointer(&p.in, incoming_close);
	g_checksum_free(p.sum);
	g_hash_table_unref(p.unclaimed);
	g_ptr_array_unref(p.fresh);
	return ok;
}
