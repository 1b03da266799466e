/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UID ranges from the newest down, each a command; see incoming.c for what becomes of it.
 * Between two of them what the user did meanwhile goes to the server.
 */
#include "fetch.h"

#include "crew.h"
#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "cur/mail/partial.h"
#include "incoming.h"
#include "push.h"
#include "texts.h"

/* As many at once as come in about a second: others need not wait long, nor we for the server. */
enum { CHUNK_FIRST = 250, CHUNK_MIN = 25, CHUNK_MAX = 4000, CHUNK_US = G_USEC_PER_SEC };
enum { TELL_BYTES = 128 << 10 }; /* between two words about a text */
enum { REFUSALS = 12 };		 /* so many commands more than were answered: it refuses all */

struct fetching {
	struct round *r;
	const struct state_mailbox *mb;
	struct vocabulary *words;
	const struct fills *fills;
	struct incoming *in;
	gboolean headers, urgent;
	guint n_all;
	guint64 text_bytes, told_bytes, done_bytes; /* of an urgent text */
	struct seqset *came;			    /* of the command under way */
	guint n_answered, n_refused;		    /* commands */
	GError *refusal;			    /* the first, or NULL */
};

/* Somebody waits for this one: how far it is, in kilobytes. */
static void tell_bytes(struct fetching *f)
{
	f->told_bytes = f->done_bytes;
	hub_progress(f->r->hub, f->mb->name, "fetching the text, KB", f->done_bytes >> 10,
		     MAX(f->text_bytes >> 10, (f->done_bytes >> 10) + 1));
}

static void tell(struct fetching *f)
{
	incoming_tell(f->in, f->r->hub, f->headers ? "fetching headers" : "fetching", f->n_all);
}

static gboolean on_begin(const struct imap_info *info, guint64 n, void *data, GError **error)
{
	struct fetching *f = data;

	f->text_bytes = n;
	f->done_bytes = f->told_bytes = 0;
	return incoming_begin(f->in, error);
}

static gboolean on_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct fetching *f = data;

	f->done_bytes += n;
	if (!f->urgent)
		tell(f);
	else if (f->done_bytes >= f->told_bytes + TELL_BYTES)
		tell_bytes(f);
	return incoming_bytes(f->in, bytes, n, error);
}

static gboolean on_end(const struct imap_info *info, void *data, GError **error)
{
	struct fetching *f = data;
	struct incoming_facts facts = {
	    .uid = info->uid,
	    .modseq = info->modseq,
	    .date_received = info->internal_date,
	    .size_bytes = info->size_bytes,
	};

	facts.fills = fills_lid(f->fills, info->uid, &facts.base);
	if ((!facts.fills &&
	     !vocabulary_mark(f->words, info->flags, info->keywords, &facts.flags, error)) ||
	    !incoming_end(f->in, &facts, error))
		return FALSE;
	if (f->came)
		seqset_add(f->came, info->uid);
	return !incoming_is_full(f->in) || incoming_commit(f->in, error);
}

/* Nobody knows whose text it was: it is fetched again. */
static gboolean doubt_text(struct fetching *f, guint32 lid, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(f->r->store), f->mb->number, lid);

	if (!msg)
		return TRUE;
	msg->partial = TRUE;
	return store_put(f->r->store, msg, error);
}

/* What came twice is kept, but as nobody's: the next pull matches or fetches it (adopt.h). */
static gboolean forget_doubtful(struct fetching *f, const struct seqset *absent, GError **error)
{
	gboolean ok = store_begin(f->r->store, error);

	if (!ok)
		return FALSE;
	for (guint32 uid = 0; ok && (uid = seqset_next(absent, uid));) {
		const char *base;
		guint32 lid = fills_lid(f->fills, uid, &base);

		ok = lid ? doubt_text(f, lid, error)
			 : state_forget_uid(store_state(f->r->store), f->mb->number, uid, error);
	}
	return round_commit(f->r, ok, "fetch-doubtful", error);
}

static const struct imap_message_ops ops = {on_begin, on_bytes, on_end};

static gboolean ask_chunk(struct fetching *f, const struct seqset *uids, struct seqset **absent,
			  GError **error)
{
	if (f->headers)
		return imap_fetch_headers(f->r->imap, uids, PARTIAL_HEADER_MAX, &ops, f, absent,
					  error);
	return imap_fetch_messages(f->r->imap, uids, &ops, f, absent, error);
}

static void add_all(struct seqset *to, const struct seqset *uids)
{
	for (guint32 uid = 0; (uid = seqset_next(uids, uid));)
		seqset_add(to, uid);
}

/* The connection is gone, or the disk full. What came whole stays: the next round asks for the
 * rest. */
static gboolean give_up(struct fetching *f, const struct seqset *absent, GError *failed,
			GError **error)
{
	if (!error_is(failed, CUR_ERROR_FULL) && !error_is(failed, CUR_ERROR_IO) &&
	    incoming_commit(f->in, NULL))
		forget_doubtful(f, absent, NULL);
	g_propagate_error(error, failed);
	return FALSE;
}

static gboolean is_refusal(const struct fetching *f, const GError *failed)
{
	return imap_is_alive(f->r->imap) &&
	       (error_is(failed, CUR_ERROR_REFUSED) || error_is(failed, CUR_ERROR_RETRY));
}

static gboolean fetch_set(struct fetching *f, const struct seqset *uids, struct seqset *missing,
			  GError **error);

/* One that the server cannot give may spoil the answer for all: each half is asked for alone. */
static gboolean fetch_halves(struct fetching *f, const struct seqset *uids, struct seqset *missing,
			     GError **error)
{
	auto_ptr(seqset) upper = seqset_new();
	auto_ptr(seqset) lower = seqset_new();
	guint64 n = 0, half = seqset_count(uids) / 2;

	for (guint32 uid = 0; (uid = seqset_next(uids, uid)); n++)
		seqset_add(n < half ? lower : upper, uid);
	if (!half) {
		add_all(missing, uids);
		return TRUE;
	}
	return fetch_set(f, upper, missing, error) && fetch_set(f, lower, missing, error);
}

/* What the server refuses to give is missing. */
static gboolean fetch_set(struct fetching *f, const struct seqset *uids, struct seqset *missing,
			  GError **error)
{
	auto_ptr(seqset) came = seqset_new();
	auto_ptr(seqset) absent = NULL;
	auto_ptr(seqset) rest = NULL;
	auto_ptr(seqset) twice = NULL;
	GError *failed = NULL;
	gboolean ok;

	if (f->n_refused > f->n_answered + REFUSALS) {
		add_all(missing, uids);
		return TRUE;
	}
	f->came = came;
	ok = ask_chunk(f, uids, &absent, &failed);
	f->came = NULL;
	f->n_answered += ok || !seqset_is_empty(came);
	if (ok) {
		add_all(missing, absent);
		return TRUE;
	}
	if (!is_refusal(f, failed))
		return give_up(f, absent, failed, error);
	f->n_refused++;
	if (!f->refusal)
		f->refusal = g_steal_pointer(&failed);
	g_clear_error(&failed);
	rest = seqset_minus(uids, came);
	twice = seqset_minus(absent, rest);
	add_all(missing, twice);
	return fetch_halves(f, rest, missing, error);
}

/* Its words, when it has given something; else they are why nothing came. */
static gboolean judge_refusal(struct fetching *f, GError **error)
{
	if (!f->refusal)
		return TRUE;
	if (f->n_answered) {
		hub_note(f->r->hub, HUB_WARNING, f->mb->account, "%s", f->refusal->message);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&f->refusal));
	return FALSE;
}

/*
 * Steps, and texts that somebody waits for. A hand has a connection of its own, and no steps are in
 * its way.
 */
static gboolean make_way(struct fetching *f, GError **error)
{
	struct round *r = f->r;
	gboolean texts = texts_any(r->texts), pausing = r->is_hand && crew_is_pausing(r->crew);

	/* What came is not fetched once more for who waits for it. */
	if ((texts || pausing) && !incoming_commit(f->in, error))
		return FALSE;
	if (pausing)
		crew_rest(r->crew);
	return texts_bring(r, error) && (r->is_hand || crew_push(r, error));
}

/* They may have selected another mailbox. */
static gboolean let_others_pass(struct fetching *f, GError **error)
{
	struct imap *imap = f->r->imap;
	struct imap_selected sel;
	const char *now;

	if (!f->r->is_hand && !waker_was_poked(f->r->waker))
		return TRUE;
	if (!make_way(f, error))
		return FALSE;
	now = imap_selected_name(imap);
	if (now && g_str_equal(now, f->mb->server_name))
		return TRUE;
	if (!imap_select(imap, f->mb->server_name, FALSE, &sel, error))
		return FALSE;
	return round_uids_hold(&sel, f->mb) ||
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

static gboolean open_fetching(const struct fetch *what, gboolean headers, struct fetching *f,
			      GError **error)
{
	*f = (struct fetching){.r = what->r,
			       .mb = what->mb,
			       .words = what->words,
			       .fills = what->fills,
			       .headers = headers,
			       .urgent = what->urgent,
			       .n_all = what->uids ? what->uids->len : 0};
	f->in = incoming_open(what->r->store, what->mb, what->r->assumed, error);
	if (f->in && headers)
		incoming_headers(f->in, what->mb->uidvalidity);
	return f->in != NULL;
}

static gboolean run(struct fetching *f, const GArray *uids, struct seqset *missing, GError **error)
{
	guint n_chunk = CHUNK_FIRST;

	for (guint left = uids->len; left > 0;) {
		auto_ptr(seqset) chunk = seqset_new();
		gint64 begun_us = g_get_monotonic_time();

		for (guint n = 0; n < n_chunk && left > 0; n++)
			seqset_add(chunk, g_array_index(uids, guint32, --left));
		if (!fetch_set(f, chunk, missing, error))
			return FALSE;
		n_chunk = next_chunk(n_chunk, begun_us);
		if (waker_is_stopped(f->r->waker))
			break;
		if (left > 0 && !f->urgent && !let_others_pass(f, error))
			return FALSE;
	}
	return judge_refusal(f, error) && incoming_commit(f->in, error) &&
	       (seqset_is_empty(missing) || forget_doubtful(f, missing, error)) &&
	       (!waker_is_stopped(f->r->waker) || error_set(error, CUR_ERROR_CANCELLED, "stopped"));
}

static gboolean fetch_all(const struct fetch *what, gboolean headers, struct seqset *missing,
			  guint *n_unseen, GError **error)
{
	struct fetching f;
	gboolean ok;

	if (!open_fetching(what, headers, &f, error))
		return FALSE;
	ok = run(&f, what->uids, missing, error);
	*n_unseen += incoming_n_unseen(f.in);
	incoming_close(f.in);
	g_clear_error(&f.refusal);
	return ok;
}

gboolean fetch_new(const struct fetch *what, struct seqset *missing, guint *n_unseen,
		   GError **error)
{
	return fetch_all(what, FALSE, missing, n_unseen, error);
}

gboolean fetch_headers(const struct fetch *what, struct seqset *missing, guint *n_unseen,
		       GError **error)
{
	return fetch_all(what, TRUE, missing, n_unseen, error);
}

gboolean fetch_last_headers(const struct fetch *what, guint32 exists, guint32 n, GError **error)
{
	struct fetching f;
	gboolean ok;

	if (!open_fetching(what, TRUE, &f, error))
		return FALSE;
	ok = imap_fetch_last_headers(what->r->imap, exists > n ? exists - n + 1 : 1,
				     PARTIAL_HEADER_MAX, &ops, &f, error) &&
	     incoming_commit(f.in, error);
	incoming_close(f.in);
	return ok;
}
