/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What follows when a server has taken a message: the copy (Fcc), the parent's mark. And the proof
 * that it was taken, when the server's answer was lost.
 */
#ifndef CUR_SYNC_FILING_H
#define CUR_SYNC_FILING_H

#include <glib.h>

#include "hub.h"
#include "submit.h"

/*
 * P65, D28: the mail is sent whatever happens here; on failure do it again, with `again` set:
 * a kill may have left the copy without its row. A message that is gone was filed.
 */
gboolean file_sent(struct hub *hub, submit_mailbox_fn mailbox, void *data, const char *id,
		   gboolean again, GError **error);

/*
 * TRUE when the message lies where a message only lies after it was sent: in one of its
 * Fcc mailboxes, in a mailbox of sent mail, or in an INBOX (it was to oneself). Only what came
 * after it was queued counts.
 */
gboolean filing_proves_sent(struct store *store, const char *id, gint64 queued);
/* Numbers of the mailboxes in which that proof may turn up; yours. */
GArray *filing_places(struct store *store, const char *id);

#endif
