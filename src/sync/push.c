/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps become commands: neighbours of one kind and mailbox are one command with a
 * UID set. Each is recorded as sent before its first byte when doing it twice would
 * show, and looked up after a break.
 */
#include "push.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "folders.h"
#include "forecast.h"
#include "left.h"
#include "onward.h"
#include "steps.h"
#include "texts.h"
#include "transfer.h"
#include "vocabulary.h"

enum { GROUP_MAX = 1000 };

/* ---- helpers ------------------------------------------------------------------- */

/* Within a change. */
static gboolean drop_steps(struct round *r, const GPtrArray *steps, GError **error)
{
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (!state_drop_step(store_state(r->store), s->id, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean drop_all(struct round *r, const GPtrArray *steps, const char *point, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, drop_steps(r, steps, error), point, error);
}

/* The session lives and the server has answered: a no for this step, not for all. */
static gboolean is_refusal(struct round *r, const GError *failed)
{
	static const enum cur_error refusals[] = {
	    CUR_ERROR_REFUSED, CUR_ERROR_GONE, CUR_ERROR_QUOTA, CUR_ERROR_EXISTS, CUR_ERROR_USAGE};

	if (!imap_is_alive(r->imap) || waker_is_stopped(r->waker))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++)
		if (error_is(failed, refusals[i]))
			return TRUE;
	return FALSE;
}

/* What is not done already: a group may have been done in part. */
static gboolean set_one_stuck(struct round *r, const struct step *s, const char *words,
			      GError **error)
{
	g_autoptr(GError) failed = NULL;

	/* Nobody wants it any more: what follows it goes on from where the message is. */
	if (onward_is_left(r, s) && steps_is_there(r->store, s))
		return onward_withdraw(r, s, error);
	if (steps_set(r->store, s, STEP_STUCK, NULL, words, &failed) ||
	    error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* The server said no for good: the user is told, the step stays visible. */
static gboolean set_stuck(struct round *r, const GPtrArray *steps, const char *words,
			  GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++)
		ok = set_one_stuck(r, g_ptr_array_index(steps, i), words, error);
	return round_commit(r, ok, "step-stuck", error);
}

/* ---- flags --------------------------------------------------------------------- */

/* Messages that want the same change. */
struct flag_group {
	mark_t add, remove;
	gboolean refused;
	struct seqset *uids;
};

static void flag_group_free(void *data)
{
	struct flag_group *g = data;

	seqset_free(g->uids);
	g_free(g);
}

static struct flag_group *flag_group(GPtrArray *groups, mark_t add, mark_t remove)
{
	struct flag_group *g;

	for (guint i = 0; i < groups->len; i++) {
		g = g_ptr_array_index(groups, i);
		if (g->add == add && g->remove == remove)
			return g;
	}
	g = g_new0(struct flag_group, 1);
	g->add = add;
	g->remove = remove;
	g->uids = seqset_new();
	g_ptr_array_add(groups, g);
	return g;
}

/* *unkept: flags and keywords set here that the server would not keep. */
static GPtrArray *group_flags(struct round *r, const GPtrArray *steps, mark_t shared, mark_t kept,
			      mark_t *unkept)
{
	GPtrArray *groups = g_ptr_array_new_with_free_func(flag_group_free);

	store_lock(r->store);
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);
		g_autofree struct state_message *msg =
		    state_message(store_state(r->store), s->mailbox, s->lid);
		mark_t want = msg ? msg->mark & kept : 0, have = msg ? msg->agreed & kept : 0;

		if (!msg || !msg->uid)
			continue;
		*unkept |= msg->mark & ~msg->agreed & shared & ~kept;
		if (want != have)
			seqset_add(flag_group(groups, want & ~have, have & ~want)->uids, msg->uid);
	}
	store_unlock(r->store);
	return groups;
}

/* Bits whose names are younger than `words`. Within a change. */
static mark_t named_since(struct round *r, guint32 mailbox, const struct vocabulary *words)
{
	g_autofree struct state_mailbox *now = state_mailbox(store_state(r->store), mailbox);

	return now ? shared_bits(now) & ~vocabulary_shared(words) : 0;
}

/*
 * What was said is agreed now; what the user changed meanwhile stays a step: of the bits that the
 * server keeps, or that nobody has asked it about yet.
 */
static gboolean agree(struct round *r, const struct step *s, const GPtrArray *groups, mark_t open,
		      GError **error)
{
	struct state *st = store_state(r->store);
	g_autofree struct state_message *msg = state_message(st, s->mailbox, s->lid);

	for (guint i = 0; msg && i < groups->len; i++) {
		const struct flag_group *g = g_ptr_array_index(groups, i);

		if (!g->refused && msg->uid && seqset_has(g->uids, msg->uid))
			msg->agreed = (msg->agreed | g->add) & ~g->remove;
	}
	if (!msg)
		return state_drop_step(st, s->id, error);
	if ((msg->mark ^ msg->agreed) & open)
		return store_put(r->store, msg, error);
	msg->mark &= ~(mark_t)MARK_PENDING;
	return state_drop_step(st, s->id, error) && store_put(r->store, msg, error);
}

static gboolean store_bits(struct round *r, const struct vocabulary *words,
			   const struct flag_group *g, gboolean add, mark_t bits, GError **error)
{
	guint32 flags = bits & FLAG_ALL;
	g_autofree char *names = vocabulary_names(words, bits);

	return (!flags && !*names) ||
	       imap_store(r->imap, g->uids, add, flags, names, 0, NULL, NULL, NULL, error);
}

/* A keyword that is refused (too long for the server, too many) does not hold up flags. */
static gboolean store_group(struct round *r, const struct vocabulary *words,
			    const struct flag_group *g, gboolean add, GError **error)
{
	mark_t bits = add ? g->add : g->remove;
	g_autoptr(GError) failed = NULL;

	if (store_bits(r, words, g, add, bits, &failed))
		return TRUE;
	if (is_refusal(r, failed) && bits & KEYWORD_BITS && bits & FLAG_ALL &&
	    !store_bits(r, words, g, add, bits & FLAG_ALL, error))
		return FALSE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* All groups, whatever the server says of one; *refusal is what it said first. */
static gboolean store_groups(struct round *r, const struct vocabulary *words,
			     const GPtrArray *groups, GError **refusal, GError **error)
{
	for (guint i = 0; i < groups->len; i++) {
		struct flag_group *g = g_ptr_array_index(groups, i);
		g_autoptr(GError) failed = NULL;

		if (store_group(r, words, g, TRUE, &failed) &&
		    store_group(r, words, g, FALSE, &failed))
			continue;
		if (!is_refusal(r, failed)) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
		g->refused = TRUE;
		if (!*refusal)
			*refusal = g_steal_pointer(&failed);
	}
	return TRUE;
}

static gboolean push_flags(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			   GError **error)
{
	auto_ptr(vocabulary) words = vocabulary_open(r, mb, error);
	mark_t kept = words ? vocabulary_kept(words) : 0, unkept = 0;
	g_autoptr(GPtrArray) groups = NULL;
	g_autoptr(GError) refusal = NULL;
	gboolean ok;

	if (!words)
		return FALSE;
	groups = group_flags(r, steps, vocabulary_shared(words), kept, &unkept);
	if (!store_groups(r, words, groups, &refusal, error))
		return FALSE;
	if (unkept)
		vocabulary_tell_unkept(words, unkept);
	ok = store_begin(r->store, error);
	if (!ok)
		return FALSE;
	kept |= named_since(r, mb->number, words);
	for (guint i = 0; ok && i < steps->len; i++)
		ok = agree(r, g_ptr_array_index(steps, i), groups, kept, error);
	ok = round_commit(r, ok, "push-flags", error);
	if (!ok || !refusal)
		return ok;
	g_propagate_error(error, g_steal_pointer(&refusal));
	return FALSE;
}

/* ---- expunge ------------------------------------------------------------------- */

struct flagged {
	GHashTable *agreed; /* uid -> agreed flags, of absences only */
	struct seqset *spared;
};

static gboolean spare_flagged(const struct imap_info *info, void *data, GError **error)
{
	struct flagged *f = data;
	void *agreed;

	if (!g_hash_table_lookup_extended(f->agreed, GUINT_TO_POINTER(info->uid), NULL, &agreed))
		return TRUE;
	if (info->flags & ~GPOINTER_TO_UINT(agreed) & FLAG_FLAGGED)
		seqset_add(f->spared, info->uid);
	return TRUE;
}

/* D46: a file that is gone does not outweigh a \Flagged set there since. */
static gboolean take_out_flagged(struct round *r, GHashTable *agreed, struct seqset *uids,
				 guint *n_spared, GError **error)
{
	struct flagged f = {agreed, NULL};
	auto_ptr(seqset) ask = seqset_new();
	GHashTableIter it;
	void *uid;
	gboolean ok;

	if (!g_hash_table_size(agreed))
		return TRUE;
	g_hash_table_iter_init(&it, agreed);
	while (g_hash_table_iter_next(&it, &uid, NULL))
		seqset_add(ask, GPOINTER_TO_UINT(uid));
	f.spared = seqset_new();
	ok = imap_fetch_info(r->imap, ask, FALSE, 0, spare_flagged, &f, error);
	for (guint32 u = 0; ok && (u = seqset_next(f.spared, u));) {
		seqset_remove(uids, u);
		++*n_spared;
	}
	seqset_free(f.spared);
	return ok;
}

/* TRUE when the message that went to another account, or needed its text, has arrived there. */
static gboolean has_arrived(struct round *r, const struct step_doom *d)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree struct state_mailbox *mb = NULL;

	store_lock(r->store);
	msg = state_message(store_state(r->store), d->mailbox, d->lid);
	mb = state_mailbox(store_state(r->store), d->mailbox);
	store_unlock(r->store);
	return msg && mb && (msg->uid || (!steps_has_server(mb) && !msg->partial));
}

/* Sort out what may be expunged now; steps that are void or wait are handled here. */
static gboolean choose_doomed(struct round *r, const struct state_mailbox *mb,
			      const GPtrArray *steps, GPtrArray *chosen, GHashTable *absent,
			      GError **error)
{
	g_autoptr(GPtrArray) stale = g_ptr_array_new();
	g_autoptr(GHashTable) copied = NULL;

	store_lock(r->store);
	copied = steps_copied(r->store, mb->account, mb->number, mb->uidvalidity);
	store_unlock(r->store);
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		struct step_doom d;

		if (!step_doom_parse(s->data, &d) || d.uidvalidity != mb->uidvalidity) {
			g_ptr_array_add(stale, s);
			continue;
		}
		/* What is here with its header alone has its text nowhere else. */
		if ((d.how == DOOM_AFTER && !has_arrived(r, &d)) ||
		    g_hash_table_contains(copied, GUINT_TO_POINTER(d.uid)))
			continue;
		if (d.how == DOOM_ABSENT)
			g_hash_table_insert(absent, GUINT_TO_POINTER(d.uid),
					    GUINT_TO_POINTER(d.agreed));
		g_ptr_array_add(chosen, s);
	}
	if (!stale->len)
		return TRUE;
	hub_note(r->hub, HUB_WARNING, mb->account,
		 "%s was made anew at the server: %u deletions for the old one were dropped",
		 mb->folder, stale->len);
	return drop_all(r, stale, "expunge-stale", error);
}

/* A spared message must be listed again to be fetched again. */
static gboolean list_anew(struct round *r, guint32 mailbox, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;

	if (!store_begin(r->store, error))
		return FALSE;
	mb = state_mailbox(store_state(r->store), mailbox);
	if (mb)
		mb->highestmodseq = 0;
	return round_commit(r, !mb || store_put_mailbox(r->store, mb, error), "list-anew", error);
}

/* P41: without UIDPLUS an EXPUNGE would take what others marked, too. */
static gboolean leave_marked(struct round *r, const struct state_mailbox *mb,
			     const GPtrArray *steps, const struct seqset *uids, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);
		struct step_doom d;

		ok = state_drop_step(store_state(r->store), s->id, error) &&
		     (!step_doom_parse(s->data, &d) || !seqset_has(uids, d.uid) ||
		      left_add(r, mb->number, d.uidvalidity, d.uid, error));
	}
	left_tell(r, mb->folder);
	return round_commit(r, ok, "push-left", error);
}

/* What the user takes back from now on comes back as a new message. */
static gboolean claim_doomed(struct round *r, GPtrArray *chosen, struct seqset *uids,
			     GError **error)
{
	struct step_doom d;

	if (chosen->len && !steps_claim(r->store, chosen, "expunge-sent", error))
		return FALSE;
	for (guint i = 0; i < chosen->len; i++) {
		const struct step *s = g_ptr_array_index(chosen, i);

		if (step_doom_parse(s->data, &d))
			seqset_add(uids, d.uid);
	}
	return TRUE;
}

static gboolean push_expunge(struct round *r, const struct state_mailbox *mb,
			     const GPtrArray *steps, GError **error)
{
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	g_autoptr(GHashTable) absent = g_hash_table_new(g_direct_hash, g_direct_equal);
	auto_ptr(seqset) uids = seqset_new();
	guint n_spared = 0;

	if (!choose_doomed(r, mb, steps, chosen, absent, error) ||
	    !claim_doomed(r, chosen, uids, error) ||
	    !take_out_flagged(r, absent, uids, &n_spared, error))
		return FALSE;
	if (!seqset_is_empty(uids) &&
	    !imap_store(r->imap, uids, TRUE, FLAG_TRASHED, NULL, 0, NULL, NULL, NULL, error))
		return FALSE;
	if (n_spared && !list_anew(r, mb->number, error))
		return FALSE;
	if (!seqset_is_empty(uids) && !imap_has(r->imap, IMAP_UIDPLUS))
		return leave_marked(r, mb, chosen, uids, error);
	if (!seqset_is_empty(uids) && !imap_expunge(r->imap, uids, error))
		return FALSE;
	return drop_all(r, chosen, "push-expunge", error);
}

/* ---- which step is done by whom -------------------------------------------------- */

typedef gboolean (*push_fn)(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error);

static const struct pusher {
	const char *kind;
	push_fn push;
	gboolean selects; /* in the mailbox of the step */
	gboolean single;  /* one step at a time */
} pushers[] = {
    {STEP_FLAGS, push_flags, TRUE, FALSE},
    {STEP_EXPUNGE, push_expunge, TRUE, FALSE},
    {STEP_LEFT, push_expunge, TRUE, FALSE},
    {STEP_APPEND, transfer_append, FALSE, FALSE},
    {STEP_MOVE, transfer_move, FALSE, FALSE},
    {STEP_COPY, transfer_copy, FALSE, FALSE},
    {STEP_TEXT, texts_push, FALSE, FALSE},
    {STEP_CREATE, folder_push_create, FALSE, TRUE},
    {STEP_DELETE, folder_push_delete, FALSE, TRUE},
    {STEP_RENAME, folder_push_rename, FALSE, TRUE},
    {STEP_SUBSCRIBE, folder_push_subscribe, FALSE, TRUE},
};

static const struct pusher *pusher_of(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(pushers); i++)
		if (!strcmp(pushers[i].kind, kind))
			return &pushers[i];
	return NULL;
}

/* Done once more it would show: it is looked up first (push_recover), or waits until it can be. */
static gboolean is_in_doubt(const struct step *s)
{
	return s->state == STEP_SENT &&
	       (!strcmp(s->kind, STEP_APPEND) || !strcmp(s->kind, STEP_MOVE) ||
		!strcmp(s->kind, STEP_COPY));
}

static gboolean is_due(struct round *r, const struct step *s)
{
	if (is_in_doubt(s) || (!strcmp(s->kind, STEP_LEFT) && !imap_has(r->imap, IMAP_UIDPLUS)))
		return FALSE;
	return s->state != STEP_STUCK && s->next_try <= g_get_real_time() / G_USEC_PER_SEC;
}

/* Steps from `at` on that one command can carry; at least one. */
static GPtrArray *group_from(struct round *r, const GPtrArray *steps, guint at)
{
	GPtrArray *group = g_ptr_array_new();
	const struct step *first = g_ptr_array_index(steps, at);
	const struct pusher *p = pusher_of(first->kind);
	struct step_source a, b;

	for (guint i = at; i < steps->len && group->len < GROUP_MAX; i++) {
		struct step *s = g_ptr_array_index(steps, i);

		if (s->mailbox != first->mailbox || strcmp(s->kind, first->kind) || !is_due(r, s))
			break;
		if (step_source_parse(first->data, &a) && step_source_parse(s->data, &b) &&
		    (p->push == transfer_move || p->push == transfer_copy) &&
		    a.mailbox != b.mailbox)
			break;
		g_ptr_array_add(group, s);
		if (p->single)
			break;
	}
	return group;
}

/* *same: the UIDs here are those of the mailbox there (P30, P33). */
static gboolean select_for(struct round *r, struct state_mailbox *mb, gboolean *same,
			   GError **error)
{
	const char *now = imap_selected_name(r->imap);
	struct imap_selected sel;

	if (now && !strcmp(now, mb->server_name)) {
		*same = imap_selected(r->imap)->uidvalidity == mb->uidvalidity;
		return TRUE;
	}
	if (!imap_select(r->imap, mb->server_name, FALSE, &sel, error))
		return FALSE;
	*same = round_uids_hold(&sel, mb);
	return TRUE;
}

/* The next pull says what becomes of them. */
static gboolean wait_for_pull(const struct state_mailbox *mb)
{
	log_event(LOG_LEVEL_WARN, "%s: made anew at the server; its steps wait", mb->folder);
	return TRUE;
}

static gboolean push_group(struct round *r, const struct pusher *p, const GPtrArray *group,
			   GError **error)
{
	const struct step *first = g_ptr_array_index(group, 0);
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = round_mailbox(r, first->mailbox, NULL);
	g_autofree char *words = NULL;
	gboolean ok, same = TRUE;

	/* A deletion outlives its mailbox. */
	if (!mb && first->mailbox)
		return drop_all(r, group, "step-orphan", error);
	ok = !p->selects || select_for(r, mb, &same, &failed);
	if (ok && !same)
		return wait_for_pull(mb);
	if (ok && p->push(r, mb, group, &failed))
		return TRUE;
	if (!is_refusal(r, failed)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	words = g_strdup(failed->message);
	g_prefix_error(&failed, "'%s' in %s was refused: ", first->kind,
		       mb ? mb->folder : first->data);
	hub_note(r->hub, HUB_ERROR, r->account->name, "%s", failed->message);
	round_fall_short(r, failed);
	return set_stuck(r, group, words, error);
}

gboolean push_is_due(struct round *r)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, r->account->name, 0, NULL);

	for (guint i = 0; steps && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (pusher_of(s->kind) && is_due(r, s))
			return TRUE;
	}
	/* What cannot be read, push_steps() says. */
	return !steps;
}

gboolean push_steps(struct round *r, GError **error)
{
	g_autoptr(GPtrArray) steps = NULL;

	if (r->forecast)
		return forecast_note_steps(r->forecast, r->store, r->account->name, error);
	steps = steps_load(r->store, r->account->name, 0, error);
	if (!steps)
		return FALSE;
	for (guint i = 0; i < steps->len;) {
		const struct step *s = g_ptr_array_index(steps, i);
		const struct pusher *p = pusher_of(s->kind);
		g_autoptr(GPtrArray) group = NULL;

		if (!p || !is_due(r, s)) {
			i++;
			continue;
		}
		group = group_from(r, steps, i);
		if (!push_group(r, p, group, error))
			return FALSE;
		i += group->len;
		if (waker_is_stopped(r->waker))
			return error_set(error, CUR_ERROR_CANCELLED, "stopped");
	}
	return TRUE;
}

gboolean push_recover(struct round *r, GError **error)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, r->account->name, 0, error);

	if (!steps)
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		/* An expunge is simply done again: its UIDs are nobody else's. */
		if (s->state != STEP_SENT || !strcmp(s->kind, STEP_EXPUNGE) ||
		    !strcmp(s->kind, STEP_LEFT))
			continue;
		log_event(LOG_LEVEL_INFO, "%s: looking what became of '%s' in mailbox %u",
			  r->account->name, s->kind, s->mailbox);
		if (!transfer_look(r, s, error))
			return FALSE;
	}
	return TRUE;
}
