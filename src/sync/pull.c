/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ask as little as tells what changed, decide by reconcile.c, fetch what is new. */
#include "pull.h"

#include <string.h>

#include "adopt.h"
#include "cur/base/error.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "departed.h"
#include "elsewhere.h"
#include "fetch.h"
#include "fills.h"
#include "forecast.h"
#include "keeping.h"
#include "left.h"
#include "listing.h"
#include "reconcile.h"
#include "reused.h"
#include "steps.h"
#include "vanished.h"
#include "vocabulary.h"

enum {
	SLICE = 2000,
	/* A mailbox never seen of so many shows its last … before it is listed. */
	MANY = 500,
	NEWEST = 100,
};

struct pull {
	struct round *r;
	struct state_mailbox *mb;
	struct imap_selected sel;
	guint32 n_there; /* before it was selected */
	struct vocabulary *words;
	mark_t shared, kept; /* of words, once the server has listed */
	struct listing list;
	GHashTable *doomed;
	GArray *fresh;	  /* guint32, ascending: to be fetched */
	GArray *suspects; /* struct suspect */
	struct maildir *md;
	guint n_renamed;
	guint n_flags, n_deleted; /* here, of all */
	guint n_headers, n_texts; /* to be fetched besides `fresh` */
	GPtrArray *unlink;	  /* struct doomed_file * */
	struct withheld withheld; /* gone there, to stay here */
	gboolean suspicious;	  /* P30, P33: numbers mean nothing any more */
	gboolean is_first;	  /* nothing of the mailbox was here before */
};

struct doomed_file {
	char *base;
	mark_t mark;
	char *object; /* the server's id, or NULL */
};

static void doomed_file_free(void *data)
{
	struct doomed_file *f = data;

	g_free(f->base);
	g_free(f->object);
	g_free(f);
}

/* ---- deciding ---------------------------------------------------------------- */

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

static gboolean wants_flags_step(struct pull *p, const struct state_message *msg, GError **error)
{
	if (state_has_step(store_state(p->r->store), p->mb->number, msg->lid, NULL))
		return TRUE;
	return steps_add(p->r->store, p->mb->account, STEP_FLAGS, p->mb->number, msg->lid, NULL,
			 error);
}

/* D47: kept aside as a plain local file; the user is told. */
static void rescue(struct pull *p, const struct state_message *msg)
{
	g_autofree char *path = g_build_filename(store_data_dir(p->r->store), "lost+found", NULL);
	g_autofree char *base = NULL;
	auto_ptr(maildir) to = NULL;

	if (maildir_create(path, NULL))
		to = maildir_open(path, NULL);
	if (to && maildir_copy(p->md, msg->base, msg->mark, to, msg->mark, &base, NULL) &&
	    maildir_sync(to, NULL))
		hub_note(p->r->hub, HUB_WARNING, p->mb->account,
			 "a message flagged here was expunged from %s by another program; a copy "
			 "is in '%s'",
			 p->mb->folder, path);
}

static gboolean set_local(struct pull *p, struct state_message *msg, mark_t flags, GError **error)
{
	g_autoptr(GError) failed = NULL;
	mark_t to = (msg->mark & ~p->shared) | flags;

	if (flags & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (!maildir_set_mark(p->md, msg->base, msg->mark, to, &failed)) {
		/* D04: it went or was renamed under us; the next scan tells. */
		if (error_is(failed, CUR_ERROR_GONE))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	p->n_renamed++;
	p->n_flags++;
	msg->mark = to;
	return TRUE;
}

static gboolean forget(struct pull *p, const struct state_message *msg, const struct plan *plan,
		       GError **error)
{
	struct doomed_file *f;

	if (plan->acts & ACT_RESCUE)
		rescue(p, msg);
	if (plan->acts & ACT_DELETE_LOCAL) {
		p->n_deleted++;
		f = g_new0(struct doomed_file, 1);
		f->base = g_strdup(msg->base);
		f->mark = msg->mark;
		f->object = state_object(store_state(p->r->store), p->mb->number, msg->lid);
		g_ptr_array_add(p->unlink, f);
	}
	return store_drop(p->r->store, p->mb->number, msg->lid, error);
}

static gboolean carry_out(struct pull *p, struct state_message *msg, const struct listed *item,
			  const struct plan *plan, GError **error)
{
	if (plan->acts & ACT_FORGET)
		return forget(p, msg, plan, error);
	if ((plan->acts & ACT_SET_LOCAL) && !set_local(p, msg, plan->flags, error))
		return FALSE;
	if ((plan->acts & ACT_STORE) && !wants_flags_step(p, msg, error))
		return FALSE;
	msg->agreed = item->flags;
	msg->modseq = item->modseq;
	msg->mark = plan->acts & ACT_STORE ? msg->mark | MARK_PENDING : msg->mark;
	return store_put(p->r->store, msg, error);
}

static gboolean judge(struct pull *p, const struct state_message *known, const struct listed *item,
		      GError **error)
{
	struct sides sides = {
	    .server = listing_presence(&p->list, known->uid),
	    .server_flags = item ? item->flags : 0,
	    .agreed = TRUE,
	    .agreed_flags = known->agreed & p->shared,
	    .local = known->misses ? UNSURE : PRESENT,
	    .local_flags = known->mark & p->shared,
	};
	struct state_message msg = *known;
	struct plan plan;

	if (sides.server == UNSURE || (sides.server == ABSENT && p->withheld.uids &&
				       seqset_has(p->withheld.uids, known->uid)))
		return TRUE;
	if (item && item->has_size && reused_is_suspect(known, item->size, item->date)) {
		struct suspect s = {known->uid, item->size};

		g_array_append_val(p->suspects, s);
	}
	/* Changes made here alone are steps already. */
	plan = reconcile(&sides);
	if (!((plan.add | plan.remove) & p->kept))
		plan.acts &= ~(unsigned)ACT_STORE;
	if (!plan.acts || (item && sides.server_flags == sides.agreed_flags))
		return TRUE;
	return carry_out(p, &msg, item, &plan, error);
}

/* Rows of one slice, copied out of the callback that must not write. */
static void *copy_row(const struct state_message *msg)
{
	gsize n = strlen(msg->base) + 1;
	struct state_message *copy = g_malloc(sizeof *copy + n);

	*copy = *msg;
	copy->base = memcpy(copy + 1, msg->base, n);
	return copy;
}

static gboolean collect_row(const struct state_message *msg, void *data)
{
	g_ptr_array_add(data, copy_row(msg));
	return TRUE;
}

/* Moved by another client, perhaps: it may turn up in the next folder. */
static void keep_departed(struct pull *p, const struct doomed_file *f)
{
	g_autofree char *path = f->object ? maildir_find(p->md, f->base, f->mark, NULL) : NULL;

	if (path)
		departed_keep(p->r->store, p->mb->account, f->object, path);
}

/* Durably, before the commit: a file left without its row would look like a new message. */
static gboolean unlink_dead(struct pull *p, GError **error)
{
	if (!p->unlink->len)
		return TRUE;
	for (guint i = 0; i < p->unlink->len; i++) {
		struct doomed_file *f = g_ptr_array_index(p->unlink, i);
		g_autoptr(GError) failed = NULL;

		keep_departed(p, f);
		if (maildir_remove(p->md, f->base, f->mark, &failed) ||
		    error_is(failed, CUR_ERROR_GONE))
			continue;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	g_ptr_array_set_size(p->unlink, 0);
	return maildir_sync(p->md, error);
}

/* The rows from `first` to `last` that the list says anything of, ascending. */
static gboolean read_rows(struct pull *p, const struct seqset *concerned, guint32 first,
			  guint32 last, GPtrArray *rows, GError **error)
{
	const struct seqset_range *r;
	gboolean ok = TRUE;
	gsize n;

	r = seqset_ranges(concerned, &n);
	for (gsize i = 0; ok && i < n; i++)
		if (r[i].first <= last && r[i].last >= first)
			ok = state_messages_by_uid(store_state(p->r->store), p->mb->number,
						   MAX(first, r[i].first), MIN(last, r[i].last),
						   collect_row, rows, error);
	return ok;
}

/* Items [from, to) and the rows of their UIDs and of the holes between. */
static gboolean merge_slice(struct pull *p, const struct seqset *concerned, guint from, guint to,
			    guint32 first, guint32 last, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	gboolean ok;

	if (!store_begin(p->r->store, error))
		return FALSE;
	ok = read_rows(p, concerned, first, last, rows, error);
	for (guint i = 0; ok && i < rows->len; i++) {
		const struct state_message *msg = g_ptr_array_index(rows, i);
		struct listed *item;

		for (; from < to; from++) {
			item = &g_array_index(p->list.items, struct listed, from);
			if (item->uid >= msg->uid)
				break;
			g_array_append_val(p->fresh, item->uid);
		}
		item = from < to ? &g_array_index(p->list.items, struct listed, from) : NULL;
		if (item && item->uid == msg->uid)
			from++;
		else
			item = NULL;
		ok = judge(p, msg, item, error);
	}
	for (; ok && from < to; from++)
		g_array_append_val(p->fresh, g_array_index(p->list.items, struct listed, from).uid);
	if (ok && p->n_renamed)
		ok = maildir_sync(p->md, error);
	p->n_renamed = 0;
	ok = ok && unlink_dead(p, error);
	return round_commit(p->r, ok, "pull-merged", error);
}

static gboolean merge(struct pull *p, GError **error)
{
	auto_ptr(seqset) concerned = listing_concerned(&p->list);
	guint n = p->list.items->len;
	guint32 first = 1;

	for (guint from = 0; from < n; from += SLICE) {
		guint to = MIN(from + SLICE, n);
		guint32 last =
		    to < n ? g_array_index(p->list.items, struct listed, to).uid - 1 : G_MAXUINT32;

		if (!merge_slice(p, concerned, from, to, first, last, error))
			return FALSE;
		first = last == G_MAXUINT32 ? last : last + 1;
	}
	return n > 0 || merge_slice(p, concerned, 0, 0, 1, G_MAXUINT32, error);
}

/* ---- numbers that do not mean what they meant ---------------------------------- */

/* What names UIDs by a UIDVALIDITY that is the same still. Within a change. */
static gboolean void_numbers(struct pull *p, GError **error)
{
	struct state_vanished none = {
	    .mailbox = p->mb->number, .asked = "", .allowed = "", .kept = ""};

	return steps_void_uids(p->r->store, p->mb->account, p->mb->number, p->mb->uidvalidity,
			       error) &&
	       state_put_vanished(store_state(p->r->store), &none, error);
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
				store_put_mailbox(p->r->store, p->mb, error),
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

/* ---- the whole ----------------------------------------------------------------- */

static gboolean holds_any(struct pull *p)
{
	guint32 n;

	store_lock(p->r->store);
	n = state_count_bound(store_state(p->r->store), p->mb->number);
	store_unlock(p->r->store);
	return n > 0;
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
	return round_commit(p->r, store_put_mailbox(p->r->store, p->mb, error), "pull-begun",
			    error);
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
		mb->last_sync = g_get_real_time() / G_USEC_PER_SEC;
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

static gboolean bring(struct pull *p, const GPtrArray *orphans, gboolean *all, GError **error)
{
	g_autoptr(GArray) headers = g_array_new(FALSE, FALSE, sizeof(guint32));
	auto_ptr(fills) fills = NULL;

	/* What the user took away while the server listed is on the list. */
	load_doomed(p);
	leave_out_doomed(p);
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
	       vanished_review(p->r, p->mb, &p->list, &p->withheld, error) && merge(p, error);
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
	p.unlink = g_ptr_array_new_with_free_func(doomed_file_free);
	if (maildir_create(p.mb->path, error) && (p.md = maildir_open(p.mb->path, error)))
		ok = run(&p, h, complete, error);
	g_clear_pointer(&p.md, maildir_close);
	g_clear_pointer(&p.words, vocabulary_close);
	g_clear_pointer(&p.doomed, g_hash_table_unref);
	g_ptr_array_unref(p.unlink);
	g_array_unref(p.suspects);
	g_array_unref(p.fresh);
	withheld_clear(&p.withheld);
	listing_clear(&p.list);
	g_free(p.mb);
	return ok;
}
