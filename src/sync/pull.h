/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the server to here: one mailbox. */
#ifndef CUR_SYNC_PULL_H
#define CUR_SYNC_PULL_H

#include <glib.h>

#include "round.h"

/*
 * Select the mailbox and make what is here like what is there, merged with what changed here
 * (reconcile.h). `h` is what the Maildir's scan found. *complete: all of it is here now.
 */
gboolean pull_mailbox(struct round *r, guint32 mailbox, const struct harvest *h, gboolean *complete,
		      GError **error);

#endif
