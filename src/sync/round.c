/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short cuts that pull, push and folders share. */
#include "round.h"

#include "cur/base/error.h"
#include "steps.h"

struct state_mailbox *round_mailbox(struct round *r, guint32 number, GError **error)
{
	struct state_mailbox *mb;

	store_lock(r->store);
	mb = state_mailbox(store_state(r->store), number);
	store_unlock(r->store);
	if (!mb)
		error_set(error, CUR_ERROR_GONE, "mailbox %u is gone", number);
	return mb;
}

gboolean round_uids_hold(const struct imap_selected *sel, const struct state_mailbox *mb)
{
	return sel->uidvalidity == mb->uidvalidity &&
	       (!sel->uidnext || sel->uidnext >= mb->uidnext);
}

void round_fall_short(struct round *r, const GError *failed)
{
	hub_count_failure(r->hub, failed);
	if (!*r->shortfall)
		*r->shortfall = g_error_copy(failed);
}

gboolean round_commit(struct round *r, gboolean ok, const char *point, GError **error)
{
	return steps_commit(r->store, ok, point, error);
}
