/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NOTIFY (RFC 5465): a server that has it tells of all mailboxes of a user over one connection,
 * while another command runs or during IDLE. What is told of the selected mailbox is news as ever
 * (imap_take_news); the rest is taken here.
 */
#ifndef CUR_IMAP_NOTIFY_H
#define CUR_IMAP_NOTIFY_H

#include <glib.h>

#include "cur/imap/mailbox.h"

/*
 * Ask for it, if the server offers it and it is not so already; *on says how it stands. A server
 * that gives up (NOTIFICATIONOVERFLOW) is asked again, three times in a session. FALSE: the
 * connection is gone.
 */
gboolean imap_notify(struct imap *s, gboolean *on, GError **error);

enum imap_told {
	IMAP_TOLD_NAMES = 1 << 0,    /* mailboxes were made, deleted, renamed or subscribed */
	IMAP_TOLD_OVERFLOW = 1 << 1, /* anything may have happened anywhere */
};

/* `status` has what the server told and no more: often only UIDNEXT, or only HIGHESTMODSEQ. */
typedef void (*imap_told_fn)(const char *name, const struct imap_status *status, void *data);

/* What was told since last taken: `each` is called for each mailbox, by the server's name; the
 * result has IMAP_TOLD_ bits. */
guint imap_take_told(struct imap *s, imap_told_fn each, void *data);

#endif
