/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that a user removes: only this is recorded before any file goes. */
#include "acts-private.h"
#include "cur/base/step.h"
#include "cur/store/maildir.h"
#include "steps.h"

gboolean act_remove(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		    struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	g_autoptr(GArray) dead = g_array_new(FALSE, FALSE, sizeof(struct dead));
	auto_ptr(maildir) md = NULL;
	gboolean ok = store_begin(store, error);

	g_array_set_clear_func(dead, dead_clear);
	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	md = mb ? maildir_open(mb->path, error) : NULL;
	ok = md != NULL;
	for (gsize i = 0; ok && i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), mailbox, lids[i]);
		struct dead d;

		if (!msg)
			continue;
		d = (struct dead){g_strdup(msg->base), msg->mark};
		g_array_append_val(dead, d);
		journal_removed(j, md, mb, msg);
		ok = (msg->uid ? act_doom(store, mb, msg, DOOM_USER, 0, 0, error)
			       : act_doom_waiting(store, mb, msg, mb, msg->lid,
						  (struct step_doom){.how = DOOM_USER}, error)) &&
		     state_release_uidl(store_state(store), mb->account, msg->lid, error) &&
		     store_drop(store, mailbox, msg->lid, error);
	}
	ok = ok && journal_write(j, error);
	if (!steps_commit(store, ok, "act-remove-recorded", error))
		return FALSE;
	/* The record stands: a file that stays is removed by the next scan. */
	for (guint i = 0; i < dead->len; i++) {
		const struct dead *d = &g_array_index(dead, struct dead, i);

		maildir_remove(md, d->base, d->mark, NULL);
	}
	maildir_sync(md, NULL);
	step_point("act-removed");
	return TRUE;
}
