/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was matched gets its UID: its name and its record follow, many in one commit. */
#include "adopt-private.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "steps.h"
#include "stray.h"

enum { SLICE = 500 };

static gboolean record(struct adoption *a, const struct candidate *c, const struct offer *o,
		       const char *base, GError **error)
{
	g_autofree struct state_message *old = NULL;
	g_autofree char *path = maildir_find(a->md, base, c->mark, error), *text = NULL;
	struct scan_hints hints = {
	    .file = base, .date_received = o->date, .assumed = a->r->assumed};
	struct state_message msg = {.mailbox = a->mb->number, .mark = c->mark};
	gsize text_n;
	struct row row;

	if (!path || !scan_file(path, &hints, &row, &text, &text_n, error))
		return FALSE;
	if (c->lid)
		old = state_message(store_state(a->r->store), a->mb->number, c->lid);
	if (old)
		msg = *old;
	msg.uid = o->uid;
	msg.agreed = o->flags;
	msg.modseq = o->modseq;
	msg.id_hash = row.id_hash;
	msg.size_bytes = (guint32)MIN(o->size, G_MAXUINT32);
	msg.date_received = row.date_received;
	msg.base = base;
	msg.partial = (row.kind & ROW_PARTIAL) != 0;
	row.lid = msg.lid;
	if (!(old ? store_replace(a->r->store, &msg, &row, text, text_n, error)
		  : store_add(a->r->store, &msg, &row, text, text_n, error)))
		return FALSE;
	if (!((msg.mark ^ msg.agreed) & vocabulary_shared(a->words)))
		return TRUE;
	return store_mark(a->r->store, a->mb->number, msg.lid, msg.mark | MARK_PENDING, error) &&
	       steps_add(a->r->store, a->mb->account, STEP_FLAGS, a->mb->number, msg.lid, NULL,
			 error);
}

/*
 * Flags set there stay set: nobody knows which side moved, so the union. A message still in
 * new/ with flags there moves to cur/.
 */
static gboolean unite_flags(struct adoption *a, struct candidate *c, const struct offer *o,
			    GError **error)
{
	mark_t to = c->mark | o->flags;

	if (to & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (to == c->mark)
		return TRUE;
	if (!maildir_set_mark(a->md, c->base, c->mark, to, error))
		return FALSE;
	c->mark = to;
	return TRUE;
}

/* A text that came meanwhile stays. */
static gboolean is_header(struct adoption *a, const char *base, mark_t mark)
{
	g_autofree char *path = maildir_find(a->md, base, mark, NULL);

	return path && partial_read(path, NULL);
}

static gboolean bind(struct adoption *a, struct candidate *c, GError **error)
{
	const struct offer *o = c->offer;
	g_autofree char *base = NULL;

	if (!unite_flags(a, c, o, error))
		return FALSE;
	if (c->named_uid == o->uid)
		base = g_strdup(c->base);
	else if (!maildir_set_uid(a->md, c->base, c->mark, o->uid, &base, error))
		return FALSE;
	if (c->header && is_header(a, base, c->mark) &&
	    !delivery_replace(c->header, base, c->mark, error))
		return FALSE;
	return record(a, c, o, base, error);
}

/* Headers [from, to) that a program may move later say where their text is now. */
static gboolean readdress(struct adoption *a, guint from, guint to, GError **error)
{
	struct delivery *files[SLICE];
	guint n = 0;

	for (guint i = from; i < to; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		struct partial there = {.uidvalidity = imap_selected(a->r->imap)->uidvalidity,
					.mailbox = (char *)a->mb->name};

		if (!c->offer || !c->partial)
			continue;
		there.size_bytes = c->offer->size;
		there.uid = c->offer->uid;
		c->header = stray_readdress(a->md, c->base, c->mark, &there);
		if (c->header)
			files[n++] = c->header;
	}
	return !n || delivery_sync(files, n, error);
}

gboolean adoption_bind(struct adoption *a, GError **error)
{
	for (guint i = 0; i < a->candidates->len; i += SLICE) {
		gboolean ok = readdress(a, i, MIN(i + SLICE, a->candidates->len), error) &&
			      store_begin(a->r->store, error);

		if (!ok)
			return FALSE;
		for (guint k = i; ok && k < MIN(i + SLICE, a->candidates->len); k++) {
			struct candidate *c = g_ptr_array_index(a->candidates, k);

			ok = !c->offer || bind(a, c, error);
		}
		ok = ok && maildir_sync(a->md, error);
		if (!round_commit(a->r, ok, "adopted", error))
			return FALSE;
	}
	return TRUE;
}
