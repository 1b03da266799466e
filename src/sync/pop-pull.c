/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is fetched from a POP3 server: texts that somebody waits for, headers of what is too large,
 * new messages, and those without a name of which not even the header is known (P26).
 */
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "forecast.h"
#include "incoming.h"
#include "pop-twins.h"

/* A message that is on its way into the store; the commit may be another thread's. */
struct fresh {
	const struct pop_message *m;
	const char *keys[POP_KEYS];
	struct pop_known known; /* as it will be */
};

struct pulling {
	struct pop_round *r;
	struct incoming *in;
	GPtrArray *fresh;   /* struct fresh */
	GHashTable *wanted; /* lids of texts that somebody waits for */
	GPtrArray *bases;   /* files of the messages whose texts are fetched */
	struct pop_twins *twins;
	GChecksum *sum; /* of the one that is being fetched */
	guint n_all;
};

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

	incoming_tell(p->in, p->r->w->hub, "fetching", p->n_all);
	return incoming_bytes(p->in, bytes, n, error);
}

static gboolean on_nameless_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct pulling *p = data;

	g_checksum_update(p->sum, (const guchar *)bytes, (gssize)n);
	return on_bytes(bytes, n, data, error);
}

static struct fresh *note_fresh(struct pulling *p, const struct pop_message *m)
{
	struct fresh *f = g_new0(struct fresh, 1);

	f->m = m;
	f->known = (struct pop_known){
	    .first_seen = clock_now_s(),
	    .size_bytes = m->size_bytes,
	    .here = TRUE,
	    .header_only = m->header_only,
	};
	pop_keys(p->r, m, f->keys);
	g_ptr_array_add(p->fresh, f);
	return f;
}

static gboolean end_with(struct pulling *p, const struct incoming_facts *facts, GError **error)
{
	if (!incoming_end(p->in, facts, error))
		return FALSE;
	return !incoming_is_full(p->in) || incoming_commit(p->in, error);
}

static gboolean on_end(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;
	struct incoming_facts facts = {.tag = note_fresh(p, m), .size_bytes = m->size_bytes};

	return end_with(p, &facts, error);
}

/* The text of a message whose header is here; it may have gone in this moment. */
static gboolean on_text_end(const struct pop_message *m, void *data, GError **error)
{
	struct pulling *p = data;
	struct pop_known *k = pop_known_of(p->r, m);
	struct store *store = hub_store(p->r->w->hub);
	g_autofree struct state_message *msg = NULL;
	struct incoming_facts facts = {.fills = k->lid};
	char *base;

	store_lock(store);
	msg = state_message(store_state(store), p->r->inbox->number, k->lid);
	store_unlock(store);
	if (!msg) {
		incoming_cancel(p->in);
		return TRUE;
	}
	g_ptr_array_add(p->bases, base = g_strdup(msg->base));
	facts.base = base;
	return end_with(p, &facts, error);
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

/* ---- what is fetched, and how -------------------------------------------------------------- */

enum kind { TEXTS, HEADERS, NAMED, NAMELESS, N_KINDS }; /* in this order */

static const struct pop_message_ops ops_of[N_KINDS] = {
    [TEXTS] = {on_begin, on_bytes, on_text_end, on_refused},
    [HEADERS] = {on_begin, on_bytes, on_end, on_refused},
    [NAMED] = {on_begin, on_bytes, on_end, on_refused},
    [NAMELESS] = {on_begin, on_nameless_bytes, on_nameless_end, on_refused},
};

static gboolean fetch(struct pulling *p, enum kind kind, const GPtrArray *messages, GError **error)
{
	struct worker *w = p->r->w;
	g_autoptr(GError) failed = NULL;

	p->in = incoming_open(hub_store(w->hub), p->r->inbox,
			      (const char *const *)w->settings.assumed, error);
	if (!p->in)
		return FALSE;
	incoming_on_row(p->in, write_names, w);
	incoming_on_twin(p->in, pop_twins_find, p->twins);
	if (kind == HEADERS)
		incoming_headers(p->in, 0);
	if (pop_fetch(p->r->pop, messages, &ops_of[kind], p, &failed))
		return incoming_commit(p->in, error);
	/* P77: what came whole is kept, whatever broke after it. */
	incoming_cancel(p->in);
	if (!error_is(failed, CUR_ERROR_FULL) && !error_is(failed, CUR_ERROR_IO))
		incoming_commit(p->in, NULL);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

static gboolean is_too_great(const struct pop_round *r, const struct pop_message *m)
{
	guint64 limit = r->w->settings.pop_keep_bytes;

	return limit && m->size_bytes > limit && pop_has_top(r->pop);
}

static gboolean is_text_wanted(const struct pulling *p, const struct pop_message *m,
			       const struct pop_known *k)
{
	return k->header_only && k->here &&
	       (g_hash_table_contains(p->wanted, GUINT_TO_POINTER(k->lid)) ||
		(m->size_bytes && !is_too_great(p->r, m)));
}

/* A nameless one that may go has to show all of its bytes before. */
static enum kind kind_of(struct pulling *p, const struct pop_message *m)
{
	const struct pop_known *k = pop_known_of(p->r, m);

	if (!m->uidl)
		return !k || pop_may_go(p->r, k) ? NAMELESS : N_KINDS;
	if (k && k->listed)
		return is_text_wanted(p, m, k) ? TEXTS : N_KINDS;
	return is_too_great(p->r, m) ? HEADERS : NAMED;
}

/* Newest first, as everywhere. */
static void choose(struct pulling *p, GPtrArray *of_kind[N_KINDS])
{
	for (guint i = p->r->list->len; i-- > 0;) {
		struct pop_message *m = p->r->list->pdata[i];
		enum kind kind = kind_of(p, m);

		if (kind == N_KINDS)
			continue;
		m->header_only = kind == HEADERS;
		g_ptr_array_add(of_kind[kind], m);
		p->n_all++;
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

/* The text is here: from now on it is a message like others. */
static void learn_texts(struct pulling *p, const GPtrArray *texts)
{
	for (guint i = 0; i < texts->len; i++) {
		struct pop_known *k = pop_known_of(p->r, texts->pdata[i]);
		guint32 lid = k->lid;

		k->header_only =
		    texts_are_missing(hub_store(p->r->w->hub), p->r->inbox->number, &lid, 1);
		k->changed = TRUE;
	}
}

static gboolean bring(struct pulling *p, GPtrArray *const of_kind[N_KINDS], GError **error)
{
	struct worker *w = p->r->w;
	guint n_new = 0;

	p->twins = pop_twins_load(p->r, error);
	if (!p->twins)
		return FALSE;
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		if (!of_kind[kind]->len)
			continue;
		if (!fetch(p, kind, of_kind[kind], error))
			return FALSE;
		n_new += kind == TEXTS ? 0 : incoming_n_done(p->in);
		g_clear_pointer(&p->in, incoming_close);
	}
	learn_texts(p, of_kind[TEXTS]);
	learn_fresh(p);
	if (n_new)
		hub_tell(w->hub, WIRE_NEWMAIL, g_variant_new("(uu)", p->r->inbox->number, n_new));
	return TRUE;
}

static void foretell(struct pulling *p, GPtrArray *const of_kind[N_KINDS])
{
	struct forecast *f = hub_forecast(p->r->w->hub);

	forecast_note(f, p->r->inbox, FORECAST_FETCH, of_kind[NAMED]->len + of_kind[NAMELESS]->len);
	forecast_note(f, p->r->inbox, FORECAST_HEADERS, of_kind[HEADERS]->len);
	forecast_note(f, p->r->inbox, FORECAST_TEXTS, of_kind[TEXTS]->len);
}

static gboolean pull(struct pulling *p, GPtrArray *of_kind[N_KINDS], GError **error)
{
	if (!pop_list(p->r, error))
		return FALSE;
	choose(p, of_kind);
	if (hub_forecast(p->r->w->hub)) {
		foretell(p, of_kind);
		return TRUE;
	}
	if (p->n_all && !bring(p, of_kind, error))
		return FALSE;
	texts_settle(p->r->w->texts, hub_store(p->r->w->hub), p->wanted);
	return TRUE;
}

gboolean pop_pull(struct pop_round *r, GError **error)
{
	struct pulling p = {
	    .r = r,
	    .fresh = g_ptr_array_new_with_free_func(g_free),
	    .wanted = texts_wanted(r->w->texts, r->inbox->number),
	    .bases = g_ptr_array_new_with_free_func(g_free),
	    .sum = g_checksum_new(G_CHECKSUM_SHA256),
	};
	GPtrArray *of_kind[N_KINDS];
	gboolean ok;

	for (enum kind kind = 0; kind < N_KINDS; kind++)
		of_kind[kind] = g_ptr_array_new();
	ok = pull(&p, of_kind, error);
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		g_ptr_array_unref(of_kind[kind]);
	g_clear_pointer(&p.in, incoming_close);
	g_ptr_array_unref(p.bases);
	g_hash_table_unref(p.wanted);
	g_checksum_free(p.sum);
	g_clear_pointer(&p.twins, pop_twins_free);
	g_ptr_array_unref(p.fresh);
	return ok;
}
