/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that were deleted for good come back from undo/ (journal.h). */
#ifndef CUR_SYNC_RESTORE_H
#define CUR_SYNC_RESTORE_H

#include "journal.h"

/*
 * Those of `items` (struct state_act_item) whose file is still kept: as they were where the
 * server was not told of the deletion, else as new messages. One commit, the journal with it.
 */
gboolean restore_removed(struct store *store, guint32 mailbox, const GArray *items,
			 struct journal *j, GError **error);

#endif
