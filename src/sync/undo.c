/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each kind of act is taken back. */
#include "undo.h"

#include <string.h>

#include "acts.h"
#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/store/keywords.h"
#include "journal.h"
#include "restore.h"
#include "steps.h"
#include "vocabulary.h"

struct undoing {
	struct engine *e;
	struct store *store;
	struct state_act *act;
	GArray *items; /* struct state_act_item; `kept` is owned */
	struct journal *journal;
};

void undone_clear(struct undone *u)
{
	g_free(u->kind);
	g_free(u->name);
}

/* ---- what it was ------------------------------------------------------------------ */

static void item_clear(void *data)
{
	g_free((char *)((struct state_act_item *)data)->kept);
}

static gboolean collect_item(const struct state_act_item *item, void *data)
{
	struct state_act_item copy = *item;

	copy.kept = g_strdup(item->kept);
	g_array_append_val((GArray *)data, copy);
	return TRUE;
}

static void undoing_clear(struct undoing *u)
{
	g_free(u->act);
	g_array_unref(u->items);
	if (u->journal)
		journal_free(u->journal);
}

/* FALSE: nothing was done that could be undone. */
static gboolean undoing_init(struct undoing *u, struct engine *e)
{
	*u = (struct undoing){.e = e, .store = e->store};
	u->items = g_array_new(FALSE, FALSE, sizeof(struct state_act_item));
	g_array_set_clear_func(u->items, item_clear);
	store_lock(u->store);
	u->act = state_last_act(store_state(u->store));
	if (u->act)
		state_act_items(store_state(u->store), u->act->id, collect_item, u->items, NULL);
	store_unlock(u->store);
	if (u->act)
		u->journal = journal_undoing(u->store, u->act->id);
	return u->act != NULL;
}

static const struct state_act_item *item_at(const struct undoing *u, guint i)
{
	return &g_array_index(u->items, struct state_act_item, i);
}

/* The messages as they are known now. Yours. */
static GArray *lids_of(const struct undoing *u)
{
	GArray *lids = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint i = 0; i < u->items->len; i++)
		g_array_append_val(lids, item_at(u, i)->lid);
	return lids;
}

static gboolean is_sent(const struct state_step *step, void *data)
{
	*(gboolean *)data = step->state == STEP_SENT;
	return !*(gboolean *)data;
}

gboolean undo_must_wait(struct engine *e, guint32 *mailbox)
{
	struct undoing u;
	gboolean sent = FALSE;

	if (undoing_init(&u, e)) {
		store_lock(e->store);
		for (guint i = 0; !sent && i < u.items->len; i++) {
			const struct state_act_item *item = item_at(&u, i);

			*mailbox = item->mailbox;
			if (item->lid)
				state_steps(store_state(e->store), NULL, item->mailbox, item->lid,
					    is_sent, &sent, NULL);
		}
		store_unlock(e->store);
	}
	undoing_clear(&u);
	return sent;
}

/* ---- flags and keywords --------------------------------------------------------------- */

/* Letters as they were at the time as those of now. */
static mark_t letters_now(const struct keywords *then, const struct keywords *now, mark_t mark)
{
	g_autofree char *names = NULL;
	mark_t bits;

	if (!then || !(mark & KEYWORD_BITS))
		return mark;
	names = keywords_names(then, mark);
	keywords_find(now, names, &bits);
	return (mark & ~KEYWORD_BITS) | bits;
}

/* Only what is as the act left it: what somebody has changed since stays. */
static gboolean unmark_one(struct undoing *u, struct maildir *md, const struct state_mailbox *mb,
			   const struct state_act_item *item, const struct keywords *then,
			   const struct keywords *now, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(u->store), item->mailbox, item->lid);
	mark_t set = letters_now(then, now, item->became & ~item->was);
	mark_t cleared = letters_now(then, now, item->was & ~item->became);
	g_autoptr(GError) failed = NULL;

	if (!msg || act_mark_one(u->store, md, mb, msg, cleared, set, u->journal, &failed) ||
	    error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* What was taken away may have lost its letter since. */
static gboolean learn_names(const struct undoing *u, const struct keywords *then, GError **error)
{
	g_autofree char *names = NULL;
	mark_t used = 0, bits;

	for (guint i = 0; i < u->items->len; i++)
		used |= item_at(u, i)->was;
	names = keywords_names(then, used);
	return store_learn_keywords(u->store, u->act->mailbox, names, &bits, NULL, error);
}

static gboolean undo_marks(struct undoing *u, GError **error)
{
	auto_ptr(keywords) then = *u->act->words ? keywords_parse(u->act->words) : NULL;
	auto_ptr(keywords) now = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(maildir) md = NULL;
	gboolean ok;

	if ((then && !learn_names(u, then, error)) || !store_begin(u->store, error))
		return FALSE;
	mb = state_mailbox(store_state(u->store), u->act->mailbox);
	ok = mb || error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
	now = ok ? keywords_parse(mb->keywords) : NULL;
	md = ok ? maildir_open(mb->path, error) : NULL;
	ok = md != NULL;
	for (guint i = 0; ok && i < u->items->len; i++)
		ok = unmark_one(u, md, mb, item_at(u, i), then, now, error);
	ok = ok && maildir_sync(md, error) && journal_write(u->journal, error);
	return steps_commit(u->store, ok, "undo-marks", error);
}

/* ---- moves, copies, deletions ------------------------------------------------------------- */

static gboolean undo_move(struct undoing *u, GError **error)
{
	g_autoptr(GArray) lids = lids_of(u);

	return act_transfer(u->store, u->act->target, (const guint32 *)lids->data, lids->len,
			    u->act->mailbox, TRUE, u->journal, error);
}

/* A copy that got flags or keywords of its own stays. */
static gboolean undo_copy(struct undoing *u, GError **error)
{
	const mark_t own = MAILDIR_MARKS & ~(mark_t)FLAG_SEEN;
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));

	store_lock(u->store);
	for (guint i = 0; i < u->items->len; i++) {
		const struct state_act_item *item = item_at(u, i);
		g_autofree struct state_message *msg =
		    state_message(store_state(u->store), item->mailbox, item->lid);

		if (msg && !((msg->mark ^ item->was) & own & FLAG_ALL))
			g_array_append_val(lids, item->lid);
	}
	store_unlock(u->store);
	return act_remove(u->store, u->act->target, (const guint32 *)lids->data, lids->len,
			  u->journal, error);
}

static gboolean undo_removal(struct undoing *u, GError **error)
{
	return restore_removed(u->store, u->act->mailbox, u->items, u->journal, error);
}

/* ---- mailboxes ------------------------------------------------------------------------- */

static gboolean is_empty(struct undoing *u, const struct state_mailbox *mb)
{
	guint32 n;

	store_lock(u->store);
	n = state_count_messages(store_state(u->store), mb->number);
	store_unlock(u->store);
	return !n && !mb->n_server;
}

static struct state_mailbox *mailbox_of(struct undoing *u, GError **error)
{
	struct state_mailbox *mb;

	store_lock(u->store);
	mb = state_mailbox(store_state(u->store), u->act->mailbox);
	store_unlock(u->store);
	if (!mb)
		error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
	return mb;
}

static gboolean undo_create(struct undoing *u, GError **error)
{
	g_autofree struct state_mailbox *mb = mailbox_of(u, error);

	if (!mb)
		return FALSE;
	if (!is_empty(u, mb))
		return error_set(error, CUR_ERROR_REFUSED, "'%s' is not empty any more",
				 mb->folder);
	return act_delete(u->store, mb->number, u->journal, error);
}

static gboolean undo_rename(struct undoing *u, GError **error)
{
	g_autofree struct state_mailbox *mb = mailbox_of(u, error);
	const struct account *account = mb ? engine_account_of(u->e, mb->name) : NULL;

	return mb && act_rename(u->store, account, mb->number, u->act->words, u->journal, error);
}

static gboolean undo_delete(struct undoing *u, GError **error)
{
	return error_set(error, CUR_ERROR_REFUSED, "'%s' was deleted with what was in it",
			 u->act->words);
}

/* ---- the last one ---------------------------------------------------------------------- */

static const struct way_back {
	const char *kind;
	gboolean (*undo)(struct undoing *u, GError **error);
} ways_back[] = {
    {ACT_MARK, undo_marks},    {ACT_TAG, undo_marks},	   {ACT_MOVE, undo_move},
    {ACT_COPY, undo_copy},     {ACT_REMOVE, undo_removal}, {ACT_CREATE, undo_create},
    {ACT_RENAME, undo_rename}, {ACT_DELETE, undo_delete},
};

static const struct way_back *way_back_of(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(ways_back); i++)
		if (!strcmp(ways_back[i].kind, kind))
			return &ways_back[i];
	return NULL;
}

/* An accident passes; these do not. */
static gboolean is_for_good(const GError *failed)
{
	return error_is(failed, CUR_ERROR_GONE) || error_is(failed, CUR_ERROR_REFUSED) ||
	       error_is(failed, CUR_ERROR_EXISTS);
}

static void forget(struct undoing *u)
{
	if (store_begin(u->store, NULL))
		steps_commit(u->store, state_drop_act(store_state(u->store), u->act->id, NULL),
			     "undo-given-up", NULL);
}

/* The name that was, where the mailbox has it no more. */
static char *name_of(const struct undoing *u)
{
	guint32 number = u->act->target ? u->act->target : u->act->mailbox;
	g_autofree struct state_mailbox *mb = NULL;

	if (!strcmp(u->act->kind, ACT_CREATE) || !strcmp(u->act->kind, ACT_RENAME) ||
	    !strcmp(u->act->kind, ACT_DELETE))
		return g_strdup(u->act->words);
	store_lock(u->store);
	mb = state_mailbox(store_state(u->store), number);
	store_unlock(u->store);
	return g_strdup(mb ? mb->name : "");
}

static gboolean undo(struct undoing *u, struct undone *out, GError **error)
{
	const struct way_back *way = way_back_of(u->act->kind);
	g_autoptr(GError) failed = NULL;

	*out = (struct undone){.kind = g_strdup(u->act->kind), .name = name_of(u)};
	if (way ? way->undo(u, &failed)
		: error_set(&failed, CUR_ERROR_REFUSED, "'%s' is not known", u->act->kind)) {
		out->n = journal_count(u->journal);
		out->n_left = u->items->len - MIN(out->n, u->items->len);
		return TRUE;
	}
	g_prefix_error(&failed, "it cannot be undone: ");
	if (is_for_good(failed))
		forget(u);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

gboolean undo_last(struct engine *e, struct undone *out, GError **error)
{
	struct undoing u;
	gboolean ok = undoing_init(&u, e);

	*out = (struct undone){0};
	if (!ok)
		error_set(error, CUR_ERROR_GONE, "there is nothing to undo");
	ok = ok && undo(&u, out, error);
	undoing_clear(&u);
	return ok;
}
