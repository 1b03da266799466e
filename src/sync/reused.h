/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * P34: a UID that is another message now though UIDVALIDITY is the same. Size and date of
 * arrival raise the suspicion, the server's search for the Message-ID settles it. Both
 * messages are kept: the one here as nobody's (adopt.h), the other is fetched.
 */
#ifndef CUR_SYNC_REUSED_H
#define CUR_SYNC_REUSED_H

#include <glib.h>

#include "cur/store/maildir.h"
#include "round.h"

struct suspect {
	guint32 uid;
	guint64 size; /* as the server says */
};

gboolean reused_is_suspect(const struct state_message *known, guint64 size, gint64 date);

/* UIDs of those that are another message go to `fresh` (ascending guint32). */
gboolean reused_settle(struct round *r, const struct state_mailbox *mb, struct maildir *md,
		       const GArray *suspects, GArray *fresh, GError **error);

#endif
