/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the server to here: one mailbox. */
#ifndef CUR_SYNC_PULL_H
#define CUR_SYNC_PULL_H

#include <glib.h>

#include "round.h"

enum { PULL_MANY = G_MAXUINT32 };

/*
 * Select the mailbox and make what is here like what is there, merged with what changed here
 * (reconcile.h). `h` is what the Maildir's scan found. `n_there`: how
 * many messages STATUS told of; PULL_MANY: nobody asked. *complete: all of it is here now.
 */
gboolean pull_mailbox(struct round *r, guint32 mailbox, guint32 n_there, const struct harvest *h,
		      gboolean *complete, GError **error);

#endif
