/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ask as little as tells what changed, make it so here (pull-merge.c), fetch what is new. */
#include "pull.h"

#include "adopt.h"
#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "elsewhere.h"
#include "fetch.h"
#include "fills.h"
#include "forecast.h"
#include "keeping.h"
#include "left.h"
#include "pull-private.h"
#include "steps.h"

enum {
	/* A mailbox never seen of so many shows its last … before it is listed. */
	MANY = 500,
	NEWEST = 100,
};

/* left_fn: somebody who takes \\Deleted away wants to keep it. */
static gboolean stays_left(guint32 uid, void *data)
{
	struct pull *p = data;
	const struct listed *item = listing_find(&p->list, uid);

	return listing_presence(&p->list, uid) != ABSENT && (!item || item->flags & FLAG_TRASHED);
}

static void load_doomed(struct pull *p)
{
	g_clear_pointer(&p->doomed, g_hash_table_unref);
	store_lock(p->r->store);
	p->doomed = steps_doomed(p->r->store, p->mb->account, p->mb->number, p->sel.uidvalidity);
	store_unlock(p->r->store);
}

static gboolean review_left(struct pull *p, GError **error)
{
	guint n;

	if (!left_review(p->r, p->mb, stays_left, p, &n, error))
		return FALSE;
	if (n)
		load_doomed(p);
	return TRUE;
}

/* What names UIDs by a UIDVALIDITY that is the same still. Within a change. */
static gboolean void_numbers(struct pull *p, GError **error)
{
	struct state_vanished none = {
	    .mailbox = p->mb->number, .asked = "", .allowed = "", .kept = ""};

	return steps_void_uids(p->r->store, p->mb->account, p->mb->number, p->mb->uidvalidity,
			       error) &&
	       state_put_vanished(store_state(p->r->store), &none, error);
}

/* Within a change, into the record as it is now: the user may have renamed the mailbox meanwhile.
 */
static gboolean put_numbers(struct pull *p, GError **error)
{
	g_autofree struct state_mailbox *now =
	    state_mailbox(store_state(p->r->store), p->mb->number);

	if (!now)
		return error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
	now->uidvalidity = p->mb->uidvalidity;
	now->uidnext = p->mb->uidnext;
	now->highestmodseq = p->mb->highestmodseq;
	now->n_server = p->mb->n_server;
	return store_put_mailbox(p->r->store, now, error);
}

/* P30, P31, P33: keep every file, forget every number, and match by content. */
static gboolean forget_numbers(struct pull *p, GError **error)
{
	gboolean ok;

	if (!p->sel.uids_change)
		hub_note(p->r->hub, HUB_WARNING, p->mb->account,
			 "%s was made anew at the server: its messages are matched with those "
			 "here, nothing is deleted",
			 p->mb->folder);
	if (!store_begin(p->r->store, error))
		return FALSE;
	ok = p->mb->uidvalidity != p->sel.uidvalidity || void_numbers(p, error);
	p->mb->uidnext = 0;
	p->mb->highestmodseq = 0;
	p->mb->uidvalidity = p->sel.uidvalidity;
	return round_commit(p->r,
			    ok &&
				state_forget_uids(store_state(p->r->store), p->mb->number, error) &&
				put_numbers(p, error),
			    "pull-renumbered", error);
}

static gboolean check_numbers(struct pull *p, GError **error)
{
	if (!p->sel.uidvalidity)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the server gives no UIDVALIDITY for '%s': it cannot be kept here",
				 p->mb->folder);
	p->suspicious =
	    p->mb->uidvalidity && (p->sel.uids_change || !round_uids_hold(&p->sel, p->mb));
	if (p->suspicious)
		return forget_numbers(p, error);
	return TRUE;
}

static guint32 n_bound(struct pull *p)
{
	guint32 n;

	store_lock(p->r->store);
	n = state_count_bound(store_state(p->r->store), p->mb->number);
	store_unlock(p->r->store);
	return n;
}

static gboolean holds_any(struct pull *p)
{
	return n_bound(p) > 0;
}

/* UIDVALIDITY is known before the first file carries a UID of it. */
static gboolean note_size(struct pull *p, GError **error)
{
	if (p->mb->uidvalidity == p->sel.uidvalidity && p->mb->n_server == p->sel.exists)
		return TRUE;
	if (!store_begin(p->r->store, error))
		return FALSE;
	p->mb->uidvalidity = p->sel.uidvalidity;
	p->mb->n_server = p->sel.exists;
	store_set_total(p->r->store, p->mb->number, p->sel.exists);
	return round_commit(p->r, put_numbers(p, error), "pull-begun", error);
}

static struct fetch fetch_of(struct pull *p)
{
	return (struct fetch){.r = p->r, .mb = p->mb, .words = p->words, .uids = p->fresh};
}

/*
 * Listing a big mailbox takes a while: what a reader looks at first is there a round trip after
 * SELECT, with which the list is not asked for then.
 */
static gboolean wants_newest_first(struct pull *p, gboolean has_orphans)
{
	return !p->mb->uidnext && p->n_there >= MANY && !has_orphans && !p->r->forecast &&
	       !holds_any(p);
}

static gboolean show_newest(struct pull *p, gboolean has_orphans, GError **error)
{
	struct fetch fetch = fetch_of(p);

	if (p->sel.exists < MANY || !wants_newest_first(p, has_orphans))
		return TRUE;
	return note_size(p, error) && fetch_last_headers(&fetch, p->sel.exists, NEWEST, error);
}

static gboolean ask(struct pull *p, gboolean has_orphans, gboolean *changed, GError **error)
{
	struct listing_question q = {
	    .r = p->r, .mb = p->mb, .words = p->words, .want_all = has_orphans};

	if (!(wants_newest_first(p, has_orphans)
		  ? imap_select(p->r->imap, p->mb->server_name, FALSE, &p->sel, error)
		  : listing_select(&p->list, &q, &p->sel, error)) ||
	    !check_numbers(p, error))
		return FALSE;
	p->is_first = !p->mb->uidnext || !holds_any(p);
	if (!show_newest(p, has_orphans, error))
		return FALSE;
	load_doomed(p);
	q.want_all |= p->suspicious;
	return listing_ask(&p->list, &q, &p->sel, p->doomed, changed, error);
}

static void leave_out_doomed(struct pull *p)
{
	guint kept = 0;

	for (guint i = 0; i < p->fresh->len; i++) {
		guint32 uid = g_array_index(p->fresh, guint32, i);

		if (!g_hash_table_contains(p->doomed, GUINT_TO_POINTER(uid)))
			g_array_index(p->fresh, guint32, kept++) = uid;
	}
	g_array_set_size(p->fresh, kept);
}

static gboolean note_complete(struct pull *p, gboolean all, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	guint32 next = p->sel.uidnext;
	gboolean ok;

	if (p->list.items->len)
		next = MAX(next,
			   g_array_index(p->list.items, struct listed, p->list.items->len - 1).uid +
			       1);
	if (!store_begin(p->r->store, error))
		return FALSE;
	mb = state_mailbox(store_state(p->r->store), p->mb->number);
	ok = mb != NULL || error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
	if (ok) {
		mb->uidnext = MAX(mb->uidnext, next);
		/* While something is asked, every list shows it anew. */
		mb->highestmodseq = all && !p->withheld.is_open ? p->sel.highestmodseq : 0;
		mb->last_sync = clock_now_s();
		mb->gone = FALSE;
		ok = store_put_mailbox(p->r->store, mb, error);
		store_set_indexed(p->r->store, mb->number, TRUE);
	}
	return round_commit(p->r, ok, "pull-complete", error);
}

/* G4, P36: TRUE unless the server still has some of what it did not give. */
static gboolean report_missing(struct pull *p, const struct seqset *missing, gboolean *all,
			       GError **error)
{
	auto_ptr(seqset) gone = NULL;
	auto_ptr(seqset) there = imap_search_uids(p->r->imap, 1, G_MAXUINT32, error);
	g_autoptr(GError) failed = NULL;
	guint64 n;

	if (!there)
		return FALSE;
	gone = seqset_minus(missing, there);
	n = seqset_count(missing) - seqset_count(gone);
	if (!n)
		return TRUE;
	*all = FALSE;
	error_set(&failed, CUR_ERROR_REFUSED,
		  "%" G_GUINT64_FORMAT " messages of %s could not be fetched; they are tried again",
		  n, p->mb->folder);
	hub_note(p->r->hub, HUB_WARNING, p->mb->account, "%s", failed->message);
	round_fall_short(p->r, failed);
	return TRUE;
}

/* Headers of what stays at the server, then texts, newest first. */
static gboolean fetch(struct pull *p, const GArray *headers, const struct fills *fills,
		      gboolean *all, GError **error)
{
	auto_ptr(seqset) missing = seqset_new();
	auto_ptr(elsewhere) ids = NULL;
	struct fetch fetch = fetch_of(p);
	guint n_unseen = 0;

	fetch.uids = headers;
	if (headers->len && !fetch_headers(&fetch, missing, &n_unseen, error))
		return FALSE;
	ids = elsewhere_take(p->r, p->mb, p->words, p->fresh, &n_unseen, error);
	if (!ids)
		return FALSE;
	fetch.uids = p->fresh;
	fetch.fills = fills;
	fills_add_uids(fills, p->fresh);
	if ((p->fresh->len && !fetch_new(&fetch, missing, &n_unseen, error)) ||
	    !elsewhere_note(ids, error))
		return FALSE;
	if (!seqset_is_empty(missing) && !report_missing(p, missing, all, error))
		return FALSE;
	/* The first filling of a mailbox is no news. */
	if (n_unseen && !p->is_first)
		hub_tell(p->r->hub, WIRE_NEWMAIL, g_variant_new("(uu)", p->mb->number, n_unseen));
	return TRUE;
}

static gboolean is_gone(const struct pull *p, const struct orphan *o)
{
	return o->unrecorded && listing_presence(&p->list, o->uid) == ABSENT;
}

/* What was fetched and never recorded goes with its message, unless the list is one to doubt. */
static void find_gone(struct pull *p, const GPtrArray *orphans)
{
	guint n = 0;

	for (guint i = 0; i < orphans->len; i++)
		n += is_gone(p, g_ptr_array_index(orphans, i));
	if (!n || p->suspicious || p->withheld.is_open || reconcile_is_emptied(n, n_bound(p) + n))
		return;
	for (guint i = 0; i < orphans->len; i++) {
		struct orphan *o = g_ptr_array_index(orphans, i);

		o->gone = is_gone(p, o);
	}
}

static gboolean bring(struct pull *p, const GPtrArray *orphans, gboolean *all, GError **error)
{
	g_autoptr(GArray) headers = g_array_new(FALSE, FALSE, sizeof(guint32));
	auto_ptr(fills) fills = NULL;

	/* What the user took away while the server listed is on the list. */
	load_doomed(p);
	leave_out_doomed(p);
	find_gone(p, orphans);
	if (!reused_settle(p->r, p->mb, p->md, p->suspects, p->fresh, error) ||
	    !adopt(p->r, p->mb, p->words, orphans, p->list.whole && !p->mb->uidnext, p->fresh,
		   error) ||
	    !keeping_split(p->r, p->mb, p->fresh, headers, error))
		return FALSE;
	fills = keeping_lacking(p->r, p->mb, error);
	if (!fills)
		return FALSE;
	p->n_headers = headers->len;
	p->n_texts = fills_count(fills);
	return p->r->forecast || fetch(p, headers, fills, all, error);
}

/* Texts that nobody wants any more go once the others are here. */
static gboolean trim(struct pull *p, GError **error)
{
	return p->r->forecast ||
	       (keeping_trim(p->r, p->mb, p->md, error) && keeping_note_done(p->r, p->mb, error));
}

/* P35: an answer without a UID may have been about anything. */
static void report_odd(struct pull *p)
{
	guint n = imap_take_odd_uids(p->r->imap);
	g_autoptr(GError) failed = NULL;

	if (!n)
		return;
	error_set(&failed, CUR_ERROR_PROTOCOL, "%s: %u answers of the server name no UID",
		  p->mb->folder, n);
	hub_note(p->r->hub, HUB_WARNING, p->mb->account, "%s", failed->message);
	round_fall_short(p->r, failed);
}

static void tell(struct pull *p)
{
	if (!p->r->forecast)
		return;
	forecast_note(p->r->forecast, p->mb, FORECAST_FETCH, p->fresh->len);
	forecast_note(p->r->forecast, p->mb, FORECAST_HEADERS, p->n_headers);
	forecast_note(p->r->forecast, p->mb, FORECAST_TEXTS, p->n_texts);
	forecast_note(p->r->forecast, p->mb, FORECAST_FLAGS_HERE, p->n_flags);
	forecast_note(p->r->forecast, p->mb, FORECAST_DELETE_HERE, p->n_deleted);
}

/* Make what is here like what was listed, but for what is to be fetched. */
static gboolean settle(struct pull *p, GError **error)
{
	return note_size(p, error) && review_left(p, error) &&
	       vanished_review(p->r, p->mb, &p->list, &p->withheld, error) && pull_merge(p, error);
}

static gboolean run(struct pull *p, const struct harvest *h, gboolean *complete, GError **error)
{
	gboolean changed = TRUE, all = TRUE, due = keeping_is_due(p->r, p->mb);

	*complete = FALSE;
	p->words = vocabulary_open(p->r, p->mb, error);
	if (!p->words || !ask(p, h->orphans->len > 0, &changed, error))
		return FALSE;
	p->shared = vocabulary_shared(p->words);
	p->kept = vocabulary_kept(p->words);
	if ((changed && !settle(p, error)) ||
	    (due && !p->r->forecast && !keeping_note_begun(p->r, p->mb, error)) ||
	    ((changed || due) && !bring(p, h->orphans, &all, error)) ||
	    (changed && !note_complete(p, all, error)) || (due && !trim(p, error)))
		return FALSE;
	report_odd(p);
	tell(p);
	*complete = all;
	return TRUE;
}

gboolean pull_mailbox(struct round *r, guint32 mailbox, guint32 n_there, const struct harvest *h,
		      gboolean *complete, GError **error)
{
	struct pull p = {.r = r, .mb = round_mailbox(r, mailbox, error), .n_there = n_there};
	gboolean ok = FALSE;

	if (!p.mb)
		return FALSE;
	listing_init(&p.list);
	p.fresh = g_array_new(FALSE, FALSE, sizeof(guint32));
	p.suspects = g_array_new(FALSE, FALSE, sizeof(struct suspect));
	if (maildir_create(p.mb->path, error) && (p.md = maildir_open(p.mb->path, error)))
		ok = run(&p, h, complete, error);
	g_clear_pointer(&p.md, maildir_close);
	g_clear_pointer(&p.words, vocabulary_close);
	g_clear_pointer(&p.doomed, g_hash_table_unref);
	g_array_unref(p.suspects);
	g_array_unref(p.fresh);
	withheld_clear(&p.withheld);
	listing_clear(&p.list);
	g_free(p.mb);
	return ok;
}
