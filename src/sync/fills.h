/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of a mailbox whose text is not here (mail/partial.h) and is to be fetched. */
#ifndef CUR_SYNC_FILLS_H
#define CUR_SYNC_FILLS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/store.h"

struct fills;

struct fills *fills_new(void);
void fills_free(struct fills *fills);
DEFINE_AUTO(fills, fills_free)

/* The text of `msg` is that of `uid` at the server. */
void fills_add(struct fills *fills, const struct state_message *msg, guint32 uid);
guint fills_count(const struct fills *fills);

/* The row that waits for the text of a UID, and the file it has; 0: none. Borrowed. */
guint32 fills_lid(const struct fills *fills, guint32 uid, const char **base);
/* The UIDs are added to ascending guint32 that has none of them, in their places. */
void fills_add_uids(const struct fills *fills, GArray *uids);

#endif
