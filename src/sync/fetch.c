/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UID ranges from the newest down, each a command; see incoming.c for what becomes of it.
 * Between two of them what the user did meanwhile goes to the server.
 */
#include "fetch.h"

#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "incoming.h"
#include "push.h"

enum { CHUNK = 250 };

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

/* The steps may have selected another mailbox. */
static gboolean let_steps_pass(struct fetching *f, GError **error)
{
	struct imap *imap = f->r->imap;
	struct imap_selected sel;
	const char *now;

	if (!waker_was_poked(f->r->waker))
		return TRUE;
	if (!push_steps(f->r, error))
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

gboolean fetch_new(struct round *r, const struct state_mailbox *mb, struct vocabulary *words,
		   const GArray *uids, struct seqset *missing, guint *n_unseen, GError **error)
{
	auto_ptr(incoming) in = incoming_open(r->store, mb, r->assumed, error);
	struct fetching f = {.r = r, .mb = mb, .words = words, .in = in, .n_all = uids->len};

	if (!in)
		return FALSE;
	for (guint left = uids->len; left > 0;) {
		auto_ptr(seqset) chunk = seqset_new();

		for (guint n = 0; n < CHUNK && left > 0; n++)
			seqset_add(chunk, g_array_index(uids, guint32, --left));
		if (!fetch_chunk(&f, chunk, missing, error))
			return FALSE;
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
