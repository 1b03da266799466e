/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a message of ours may have arrived without the server's saying so: in the mailbox that is
 * selected, under a UID that no row has. *uid is 0 when there is none; FALSE: the question failed.
 */
#ifndef CUR_SYNC_SOUGHT_H
#define CUR_SYNC_SOUGHT_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "round.h"

/* The first with that Message-ID that is not `taken` (may be NULL). */
gboolean sought_by_id(struct round *r, const struct state_mailbox *mb, const char *id,
		      const struct seqset *taken, guint32 *uid, GError **error);
/* By size and Message-ID, or by size alone of one without: for servers that search badly. */
gboolean sought_by_size(struct round *r, const struct state_mailbox *mb,
			const struct state_message *msg, gboolean has_id, guint32 *uid,
			GError **error);

#endif
