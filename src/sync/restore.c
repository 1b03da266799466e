/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of undo/ get their names in a mailbox again, and the mailbox its rows. */
#include "restore.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "steps.h"
#include "vocabulary.h"

struct restoring {
	struct store *store;
	struct state_mailbox *mb;
	struct maildir *md, *kept;
	struct journal *journal;
	GHashTable *waiting; /* UID -> id (guint64 *) of the step that is to expunge it */
};

/* ---- what the server was not told ---------------------------------------------------- */

static gboolean note_waiting(const struct state_step *step, void *data)
{
	struct restoring *r = data;
	struct step_doom doom;

	if (!strcmp(step->kind, STEP_EXPUNGE) && step->state == STEP_WAITING &&
	    step_doom_parse(step->data, &doom) && doom.uidvalidity == r->mb->uidvalidity)
		g_hash_table_insert(r->waiting, GUINT_TO_POINTER(doom.uid),
				    g_memdup2(&step->id, sizeof step->id));
	return TRUE;
}

/* The step that would expunge it, 0 when the server has been told or has no such message. */
static guint64 step_of(const struct restoring *r, const struct state_act_item *item)
{
	const guint64 *id = item->uid && item->uidvalidity == r->mb->uidvalidity
				? g_hash_table_lookup(r->waiting, GUINT_TO_POINTER(item->uid))
				: NULL;

	return id ? *id : 0;
}

/* ---- one message ----------------------------------------------------------------------- */

/* The name it has in undo/ is its own for ever: what came back before a kill is not doubled. */
static char *base_of(const struct state_act_item *item, guint32 uid)
{
	return uid ? g_strdup_printf("%s,U=%u", item->kept, uid) : g_strdup(item->kept);
}

static gboolean link_back(struct restoring *r, const struct state_act_item *item, char **base,
			  GError **error)
{
	g_autofree char *from = maildir_find(r->kept, item->kept, item->was, error);
	g_autofree char *name = maildir_name_join(*base, item->was, NULL);
	g_autofree char *to = g_build_filename(r->mb->path, "cur", name, NULL);

	if (!from)
		return FALSE;
	if (link(from, to) == 0 || errno == EEXIST)
		return TRUE;
	g_free(g_steal_pointer(base));
	return maildir_copy(r->kept, item->kept, item->was, r->md, item->was, base, error);
}

static gboolean add_row(struct restoring *r, const struct state_act_item *item, const char *base,
			guint64 step, guint32 *lid, GError **error)
{
	gboolean has_server = *r->mb->account && !g_str_has_prefix(r->mb->name, "pop");
	g_autofree char *path = maildir_find(r->md, base, item->was, error), *text = NULL;
	struct scan_hints hints = {.file = base, .date_received = item->date_received};
	struct state_message msg = {
	    .mailbox = r->mb->number,
	    .uid = step ? item->uid : 0,
	    .agreed = step ? item->agreed : 0,
	    .mark = item->was,
	    .base = base,
	};
	gboolean differs = ((msg.mark ^ msg.agreed) & shared_bits(r->mb)) != 0;
	struct row row;
	gsize n;

	if (!path || !scan_file(path, &hints, &row, &text, &n, error))
		return FALSE;
	msg.id_hash = row.id_hash;
	msg.size_bytes = row.size_bytes;
	msg.date_received = row.date_received;
	msg.partial = (row.kind & ROW_PARTIAL) != 0;
	if (has_server && (!step || differs))
		msg.mark |= MARK_PENDING;
	if (!store_add(r->store, &msg, &row, text, n, error))
		return FALSE;
	*lid = msg.lid;
	if (step && !state_drop_step(store_state(r->store), step, error))
		return FALSE;
	if (!has_server || (step && !differs))
		return TRUE;
	return steps_add(r->store, r->mb->account, step ? STEP_FLAGS : STEP_APPEND, r->mb->number,
			 msg.lid, NULL, error);
}

static gboolean is_partial(struct restoring *r, const struct state_act_item *item)
{
	g_autofree char *path = maildir_find(r->kept, item->kept, item->was, NULL);

	return path && partial_read(path, NULL);
}

static gboolean restore_one(struct restoring *r, const struct state_act_item *item, GError **error)
{
	guint64 step = step_of(r, item);
	g_autofree char *base = base_of(item, step ? item->uid : 0);
	g_autofree struct state_message *there =
	    state_message_by_base(store_state(r->store), r->mb->number, base);
	struct state_message was = {
	    .mailbox = item->from_mailbox, .lid = item->from_lid, .mark = item->was};
	g_autoptr(GError) failed = NULL;
	guint32 lid;

	if (!*item->kept)
		return TRUE;
	/* A header alone is no message for a server that has lost the text. */
	if (!step && is_partial(r, item))
		return TRUE;
	if (there) {
		lid = there->lid;
	} else if (!link_back(r, item, &base, &failed)) {
		if (error_is(failed, CUR_ERROR_GONE))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	} else if (!add_row(r, item, base, step, &lid, error)) {
		return FALSE;
	}
	journal_placed(r->journal, &was, r->mb->number, lid);
	return TRUE;
}

/* ---- all of them ------------------------------------------------------------------------ */

static gboolean restore_all(struct restoring *r, const GArray *items, GError **error)
{
	state_steps(store_state(r->store), NULL, r->mb->number, 0, note_waiting, r, NULL);
	for (guint i = 0; i < items->len; i++)
		if (!restore_one(r, &g_array_index(items, struct state_act_item, i), error))
			return FALSE;
	if (items->len && !journal_count(r->journal))
		return error_set(error, CUR_ERROR_GONE,
				 "what was deleted for good is kept for a day only");
	step_point("undo-linked");
	return maildir_sync(r->md, error) && journal_write(r->journal, error);
}

static void remove_kept(struct restoring *r, const GArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		const struct state_act_item *item = &g_array_index(items, struct state_act_item, i);

		if (*item->kept)
			maildir_remove(r->kept, item->kept, item->was, NULL);
	}
}

gboolean restore_removed(struct store *store, guint32 mailbox, const GArray *items,
			 struct journal *j, GError **error)
{
	struct restoring r = {.store = store, .journal = j, .kept = journal_kept(store, error)};
	gboolean ok = r.kept && store_begin(store, error);

	if (ok) {
		r.waiting = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
		r.mb = state_mailbox(store_state(store), mailbox);
		if (!r.mb)
			error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
		r.md = r.mb ? maildir_open(r.mb->path, error) : NULL;
		ok = steps_commit(store, r.md && restore_all(&r, items, error), "undo-removal",
				  error);
		g_hash_table_unref(r.waiting);
	}
	if (ok)
		remove_kept(&r, items);
	g_clear_pointer(&r.md, maildir_close);
	g_clear_pointer(&r.kept, maildir_close);
	g_free(r.mb);
	return ok;
}
