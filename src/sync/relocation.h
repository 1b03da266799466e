/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A Maildir gets another path in the change that records it. A kill between the two would leave
 * its messages where no record looks for them: what is intended is durable before, and taken back.
 */
#ifndef CUR_SYNC_RELOCATION_H
#define CUR_SYNC_RELOCATION_H

#include "cur/store/store.h"

/* In a change of its own. */
gboolean relocation_intend(struct store *store, guint32 mailbox, const char *to, GError **error);
/* Within the change that records the path: the folder itself, with what is below, durable. */
gboolean relocation_carry_out(struct store *store, guint32 mailbox, const char *from,
			      const char *to, GError **error);
/* The change failed: the folder goes back to where its record says that it is. */
void relocation_take_back(struct store *store, guint32 mailbox);
/* The same for whatever a kill left, before any worker runs. */
void relocation_recover(struct store *store);

#endif
