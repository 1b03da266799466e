/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and keywords to the server: messages that want the same change are one command. */
#include "cur/imap/change.h"
#include "cur/mail/flags.h"
#include "echo.h"
#include "push-private.h"
#include "reconcile.h"
#include "vocabulary.h"

/* Messages that want the same change. */
struct flag_group {
	mark_t add, remove;
	gboolean refused;
	struct seqset *uids;
	struct seqset *there; /* of those, when it matters (D47); else empty */
};

static void flag_group_free(void *data)
{
	struct flag_group *g = data;

	seqset_free(g->uids);
	seqset_free(g->there);
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
	g->there = seqset_new();
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

/* D47: this change is why a copy is kept when the message is gone: a yes must be about it. */
static gboolean must_be_there(const struct flag_group *g)
{
	return (g->add & RECONCILE_PRECIOUS) != 0;
}

/*
 * What was said is agreed now; what the user changed meanwhile stays a step: of the bits that the
 * server keeps, or that nobody has asked it about yet. What is not there the next pull sees to.
 */
static gboolean agree(struct round *r, const struct step *s, const GPtrArray *groups, mark_t open,
		      GError **error)
{
	struct state *st = store_state(r->store);
	g_autofree struct state_message *msg = state_message(st, s->mailbox, s->lid);

	gboolean gone = FALSE;

	for (guint i = 0; msg && i < groups->len; i++) {
		const struct flag_group *g = g_ptr_array_index(groups, i);

		if (g->refused || !msg->uid || !seqset_has(g->uids, msg->uid))
			continue;
		gone = must_be_there(g) && !seqset_has(g->there, msg->uid);
		if (!gone)
			msg->agreed = (msg->agreed | g->add) & ~g->remove;
	}
	if (!msg)
		return state_drop_step(st, s->id, error);
	if (!gone && (msg->mark ^ msg->agreed) & open)
		return store_put(r->store, msg, error);
	msg->mark &= ~(mark_t)MARK_PENDING;
	return state_drop_step(st, s->id, error) && store_put(r->store, msg, error);
}

/* What STOREs have in common. */
struct storing {
	struct round *r;
	const struct vocabulary *words;
	struct echo echo;
};

gboolean push_note_there(const struct imap_info *info, void *there, GError **error)
{
	seqset_add(there, info->uid);
	return TRUE;
}

static gboolean store_bits(struct storing *st, const struct flag_group *g, gboolean add,
			   mark_t bits, GError **error)
{
	guint32 flags = bits & FLAG_ALL;
	g_autofree char *names = vocabulary_names(st->words, bits);
	struct seqset *there = add && must_be_there(g) ? g->there : NULL;

	return (!flags && !*names) ||
	       echo_store(&st->echo, st->r->imap, g->uids, add, flags, names, there, error);
}

/* Some servers leave the answers out of which push_note_there() hears: they are asked. */
static gboolean look_for_rest(struct round *r, const struct flag_group *g, GError **error)
{
	auto_ptr(seqset) rest = must_be_there(g) ? seqset_minus(g->uids, g->there) : seqset_new();
	g_autoptr(GError) failed = NULL;

	if (seqset_is_empty(rest) ||
	    imap_fetch_info(r->imap, rest, FALSE, 0, push_note_there, g->there, &failed) ||
	    push_is_refusal(r, failed))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* A keyword that is refused (too long for the server, too many) does not hold up flags. */
static gboolean store_group(struct storing *st, const struct flag_group *g, gboolean add,
			    GError **error)
{
	mark_t bits = add ? g->add : g->remove;
	g_autoptr(GError) failed = NULL;

	if (store_bits(st, g, add, bits, &failed))
		return TRUE;
	if (push_is_refusal(st->r, failed) && bits & KEYWORD_BITS && bits & FLAG_ALL &&
	    !store_bits(st, g, add, bits & FLAG_ALL, error))
		return FALSE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* All groups, whatever the server says of one; *refusal is what it said first. */
static gboolean store_groups(struct storing *st, const GPtrArray *groups, GError **refusal,
			     GError **error)
{
	for (guint i = 0; i < groups->len; i++) {
		struct flag_group *g = g_ptr_array_index(groups, i);
		g_autoptr(GError) failed = NULL;

		if (store_group(st, g, TRUE, &failed) && store_group(st, g, FALSE, &failed) &&
		    look_for_rest(st->r, g, &failed))
			continue;
		if (!push_is_refusal(st->r, failed)) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
		g->refused = TRUE;
		if (!*refusal)
			*refusal = g_steal_pointer(&failed);
	}
	return TRUE;
}

gboolean push_flags(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		    GError **error)
{
	auto_ptr(vocabulary) words = vocabulary_open(r, mb, error);
	mark_t kept = words ? vocabulary_kept(words) : 0, unkept = 0;
	g_autoptr(GPtrArray) groups = NULL;
	g_autoptr(GError) refusal = NULL;
	struct storing storing = {.r = r, .words = words};
	gboolean ok;

	if (!words)
		return FALSE;
	echo_begin(&storing.echo, r, mb);
	groups = group_flags(r, steps, vocabulary_shared(words), kept, &unkept);
	if (!store_groups(&storing, groups, &refusal, error))
		return FALSE;
	if (unkept)
		vocabulary_tell_unkept(words, unkept);
	ok = store_begin(r->store, error);
	if (!ok)
		return FALSE;
	kept |= named_since(r, mb->number, words);
	for (guint i = 0; ok && i < steps->len; i++)
		ok = agree(r, g_ptr_array_index(steps, i), groups, kept, error);
	ok = ok && echo_note(&storing.echo, r, mb, error);
	ok = round_commit(r, ok, "push-flags", error);
	if (!ok || !refusal)
		return ok;
	g_propagate_error(error, g_steal_pointer(&refusal));
	return FALSE;
}
