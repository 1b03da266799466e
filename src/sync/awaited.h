/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mailbox that the server has no more while messages are to be moved into it: it is made there
 * anew for them, empty of all that went with the old one.
 */
#ifndef CUR_SYNC_AWAITED_H
#define CUR_SYNC_AWAITED_H

#include <glib.h>

#include "cur/store/store.h"

/* A message that the server has in another mailbox waits to be moved into this one. */
gboolean awaited_is(struct store *store, const struct state_mailbox *mb);

/*
 * Within a change: its messages that the server had are forgotten, their files are the caller's;
 * those on their way set out once the mailbox is there.
 */
gboolean awaited_begin_anew(struct store *store, struct state_mailbox *mb, GError **error);

#endif
