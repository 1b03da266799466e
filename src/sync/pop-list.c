/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a POP3 server has, and which of it is known: by UIDL, else by size and header (P26). */
#include "pop-round.h"

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

static gboolean is_renumbered(struct pop_round *r)
{
	for (guint i = 0; i < r->list->len; i++) {
		const struct pop_message *m = r->list->pdata[i];
		const struct pop_known *k = m->uidl ? pop_known_of(r, m) : NULL;

		if (k && is_another(m, k))
			return TRUE;
	}
	return FALSE;
}

/*
 * One UIDL that was given away puts all in doubt: what is to be deleted there is read before, and
 * known by its bytes (pop-twins.c), though it has the size that it had.
 */
static void note_listed(struct pop_round *r)
{
	gboolean renumbered = is_renumbered(r);

	for (guint i = 0; i < r->list->len; i++) {
		struct pop_message *m = r->list->pdata[i];
		struct pop_known *k = m->uidl ? pop_known_of(r, m) : NULL;

		if (!k || is_another(m, k) || (renumbered && pop_may_go(r, k)))
			continue;
		k->listed = TRUE;
		/* Without LIST it has the size that it had. */
		if (!m->size_bytes)
			m->size_bytes = k->size_bytes;
		k->changed |= k->size_bytes != m->size_bytes;
		k->size_bytes = m->size_bytes;
	}
}

static gboolean list_all(struct pop_round *r, GError **error)
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

struct naming {
	struct pop_round *r;
	GChecksum *sum; /* of the header that comes */
};

static gboolean header_begin(const struct pop_message *m, void *data, GError **error)
{
	struct naming *n = data;

	g_checksum_reset(n->sum);
	return TRUE;
}

static gboolean header_bytes(const char *bytes, gsize n_bytes, void *data, GError **error)
{
	struct naming *n = data;

	g_checksum_update(n->sum, (const guchar *)bytes, (gssize)n_bytes);
	return TRUE;
}

static gboolean header_end(const struct pop_message *m, void *data, GError **error)
{
	struct naming *n = data;
	struct pop_known *k;

	pop_print_header(n->r, m, g_checksum_get_string(n->sum));
	k = pop_known_of(n->r, m);
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

static gboolean name_nameless(struct pop_round *r, GError **error)
{
	static const struct pop_message_ops ops = {header_begin, header_bytes, header_end,
						   header_refused};
	g_autoptr(GPtrArray) nameless = g_ptr_array_new();
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct naming n = {r, sum};
	gboolean ok;

	if (!pop_has_top(r->pop) || !stays_there(r->w))
		return TRUE;
	for (guint i = 0; i < r->list->len; i++) {
		struct pop_message *m = r->list->pdata[i];

		if (m->uidl)
			continue;
		m->header_only = TRUE;
		g_ptr_array_add(nameless, m);
	}
	ok = pop_fetch(r->pop, nameless, &ops, &n, error);
	for (guint i = 0; i < nameless->len; i++)
		((struct pop_message *)nameless->pdata[i])->header_only = FALSE;
	return ok;
}

gboolean pop_list(struct pop_round *r, GError **error)
{
	return list_all(r, error) && name_nameless(r, error);
}
