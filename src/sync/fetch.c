/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UID ranges from the newest down, each a command; see incoming.c for what becomes of it.
 * Between two of them what the user did meanwhile goes to the server.
 */
#include "fetch.h"

#include "crew.h"
#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "incoming.h"
#include "push.h"

/* As many at once as come in about a second: others need not wait long, nor we for the server. */
enum { CHUNK_FIRST = 250, CHUNK_MIN = 25, CHUNK_MAX = 4000, CHUNK_US = G_USEC_PER_SEC };

struct fetching {
	struct round *r;
	const struct state_mailbox *mb;
	struct vocabulary *words;
	struct incoming *in;
	guint n_all;
};

static gboolean on_begin(const struct imap_info *info, guint64 n, void *data, GError **error)
{
	struct fetching *f = data;

	return incoming_begin(f->in, error);
}

static gboolean on_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct fetching *f = data;

	return incoming_bytes(f->in, bytes, n, error);
}

static gboolean on_end(const struct imap_info *info, void *data, GError **error)
{
	struct fetching *f = data;
	struct incoming_facts facts = {
	    .uid = info->uid,
	    .modseq = info->modseq,
	    .date_received = info->internal_date,
	};

	if (!vocabulary_mark(f->words, info->flags, info->keywords, &facts.flags, error) ||
	    !incoming_end(f->in, &facts, error))
		return FALSE;
	if (!incoming_is_full(f->in))
		return TRUE;
	if (!incoming_commit(f->in, error))
		return FALSE;
	hub_progress(f->r->hub, f->mb->name, "fetching", incoming_n_done(f->in), f->n_all);
	return TRUE;
}

/* What came twice is kept, but as nobody's: the next pull matches or fetches it (adopt.h). */
static gboolean forget_doubtful(struct fetching *f, const struct seqset *absent, GError **error)
{
	gboolean ok = store_begin(f->r->store, error);

	if (!ok)
		return FALSE;
	for (guint32 uid = 0; ok && (uid = seqset_next(absent, uid));)
		ok = state_forget_uid(store_state(f->r->store), f->mb->number, uid, error);
	return round_commit(f->r, ok, "fetch-doubtful", error);
}

static gboolean fetch_chunk(struct fetching *f, const struct seqset *uids, struct seqset *missing,
			    GError **error)
{
	static const struct imap_message_ops ops = {on_begin, on_bytes, on_end};
	auto_ptr(seqset) absent = NULL;
	g_autoptr(GError) failed = NULL;

	if (!imap_fetch_messages(f->r->imap, uids, &ops, f, &absent, &failed)) {
		/* What came whole stays: the next round asks for the rest only. */
		if (!error_is(failed, CUR_ERROR_FULL) && !error_is(failed, CUR_ERROR_IO) &&
		    incoming_commit(f->in, NULL))
			forget_doubtful(f, absent, NULL);
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	for (guint32 uid = 0; (uid = seqset_next(absent, uid));)
		seqset_add(missing, uid);
	return TRUE;
}

/* A hand has a connection of its own, and nothing is in its way. */
static gboolean make_way(struct fetching *f, GError **error)
{
	if (!crew_is_pausing(f->r->crew))
		return TRUE;
	if (!incoming_commit(f->in, error))
		return FALSE;
	crew_rest(f->r->crew);
	return TRUE;
}

/* The steps may have selected another mailbox. */
static gboolean let_steps_pass(struct fetching *f, GError **error)
{
	struct imap *imap = f->r->imap;
	struct imap_selected sel;
	const char *now;

	if (f->r->is_hand)
		return make_way(f, error);
	if (!waker_was_poked(f->r->waker))
		return TRUE;
	if (!crew_push(f->r, error))
		return FALSE;
	now = imap_selected_name(imap);
	if (now && g_str_equal(now, f->mb->server_name))
		return TRUE;
	if (!imap_select(imap, f->mb->server_name, FALSE, &sel, error))
		return FALSE;
	return sel.uidvalidity == f->mb->uidvalidity ||
	       error_set(error, CUR_ERROR_RETRY, "'%s' was made anew while it was fetched",
			 f->mb->folder);
}

static guint next_chunk(guint n, gint64 begun_us)
{
	gint64 took_us = g_get_monotonic_time() - begun_us;

	if (took_us < CHUNK_US / 2)
		return MIN(n * 2, CHUNK_MAX);
	return took_us > CHUNK_US * 2 ? MAX(n / 2, CHUNK_MIN) : n;
}

gboolean fetch_new(struct round *r, const struct state_mailbox *mb, struct vocabulary *words,
		   const GArray *uids, struct seqset *missing, guint *n_unseen, GError **error)
{
	auto_ptr(incoming) in = incoming_open(r->store, mb, r->assumed, error);
	struct fetching f = {.r = r, .mb = mb, .words = words, .in = in, .n_all = uids->len};
	guint n_chunk = CHUNK_FIRST;

	if (!in)
		return FALSE;
	for (guint left = uids->len; left > 0;) {
		auto_ptr(seqset) chunk = seqset_new();
		gint64 begun_us = g_get_monotonic_time();

		for (guint n = 0; n < n_chunk && left > 0; n++)
			seqset_add(chunk, g_array_index(uids, guint32, --left));
		if (!fetch_chunk(&f, chunk, missing, error))
			return FALSE;
		n_chunk = next_chunk(n_chunk, begun_us);
		if (waker_is_stopped(r->waker))
			break;
		if (left > 0 && !let_steps_pass(&f, error))
			return FALSE;
	}
	if (!incoming_commit(in, error) ||
	    (!seqset_is_empty(missing) && !forget_doubtful(&f, missing, error)))
		return FALSE;
	*n_unseen += incoming_n_unseen(in);
	if (waker_is_stopped(r->waker))
		return error_set(error, CUR_ERROR_CANCELLED, "stopped");
	return TRUE;
}
