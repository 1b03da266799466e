/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of our own changes; one that is not sure is left to the next question. */
#include "echo.h"

#include "cur/imap/change.h"
#include "push-private.h"

void echo_begin(struct echo *e, const struct round *r, const struct state_mailbox *mb)
{
	/* Without QRESYNC a server need not number what is expunged. */
	guint64 from = imap_has(r->imap, IMAP_QRESYNC) ? mb->highestmodseq : 0;

	*e = (struct echo){.from = from, .known = from, .over = !from};
}

/* What the server says to one STORE. */
struct heard {
	guint64 following; /* the number after the last one that is known */
	struct seqset *told;
	gboolean others; /* more than our own change, or nothing that is sure */
};

/* .SILENT: a server that tells flags tells what somebody else made of them. */
static gboolean hear(const struct imap_info *info, void *data, GError **error)
{
	struct heard *h = data;

	if (info->has & IMAP_INFO_FLAGS || !(info->has & IMAP_INFO_MODSEQ) ||
	    info->modseq != h->following)
		h->others = TRUE;
	seqset_add(h->told, info->uid);
	return TRUE;
}

/*
 * Only of what nobody has changed since: so a number that follows is that of this command. Each
 * message has to be told with it: one that is not may be gone, or not be what is thought of it.
 * *left: what is still to be stored. FALSE when the connection is gone.
 */
static gboolean store_unchanged(struct echo *e, struct imap *imap, const struct seqset *uids,
				gboolean add, guint32 flags, struct heard *h, struct seqset **left,
				GError **error)
{
	auto_ptr(seqset) modified = NULL;
	auto_ptr(seqset) done = NULL;
	auto_ptr(seqset) untold = NULL;
	g_autoptr(GError) failed = NULL;
	gboolean ok =
	    imap_store(imap, uids, add, flags, NULL, e->known, &modified, hear, h, &failed);

	if (!ok && !imap_is_alive(imap)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	untold = seqset_minus(uids, h->told);
	e->over = !ok || h->others || !seqset_is_empty(untold) || !seqset_is_empty(modified);
	if (!e->over)
		e->known = h->following;
	/* What was refused may be so for the sake of the condition alone. */
	done = ok ? seqset_minus(uids, modified) : seqset_new();
	*left = seqset_minus(uids, done);
	return TRUE;
}

static void add_all(struct seqset *set, const struct seqset *more)
{
	gsize n;
	const struct seqset_range *ranges = seqset_ranges(more, &n);

	for (gsize i = 0; i < n; i++)
		seqset_add_range(set, ranges[i].first, ranges[i].last);
}

gboolean echo_store(struct echo *e, struct imap *imap, const struct seqset *uids, gboolean add,
		    guint32 flags, const char *keywords, struct seqset *there, GError **error)
{
	auto_ptr(seqset) told = seqset_new();
	auto_ptr(seqset) left = NULL;
	imap_info_fn each = there ? push_note_there : NULL;
	struct heard h = {.following = e->known + 1, .told = told};

	/* What a server makes of a keyword is better heard. */
	e->over |= *keywords != 0;
	if (e->over)
		return imap_store(imap, uids, add, flags, keywords, 0, NULL, each, there, error);
	if (!store_unchanged(e, imap, uids, add, flags, &h, &left, error))
		return FALSE;
	if (there)
		add_all(there, told);
	return seqset_is_empty(left) ||
	       imap_store(imap, left, add, flags, NULL, 0, NULL, each, there, error);
}

gboolean echo_note(const struct echo *e, struct round *r, const struct state_mailbox *mb,
		   GError **error)
{
	g_autofree struct state_mailbox *now = NULL;

	if (e->known == e->from)
		return TRUE;
	now = state_mailbox(store_state(r->store), mb->number);
	if (!now || now->uidvalidity != mb->uidvalidity || now->highestmodseq != e->from)
		return TRUE;
	now->highestmodseq = e->known;
	return store_put_mailbox(r->store, now, error);
}
