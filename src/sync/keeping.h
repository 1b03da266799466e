/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages of a mailbox are here whole (conf/keep.h): new ones that need not be come as
 * headers, old ones lose their texts again, and what a changed rule wants is fetched.
 */
#ifndef CUR_SYNC_KEEPING_H
#define CUR_SYNC_KEEPING_H

#include <glib.h>

#include "cur/store/maildir.h"
#include "fills.h"
#include "round.h"

/* The rules changed since they were last carried out here, or a day has passed. */
gboolean keeping_is_due(const struct round *r, const struct state_mailbox *mb);
/*
 * Durable before the first text is left out or dropped: killed then, what is here obeys neither
 * these rules nor those of before, and is due whatever the rules say next.
 */
gboolean keeping_note_begun(struct round *r, const struct state_mailbox *mb, GError **error);
gboolean keeping_note_done(struct round *r, const struct state_mailbox *mb, GError **error);

/* Take UIDs out of `fresh` (ascending guint32) that are to come as headers, and put them there. */
gboolean keeping_split(struct round *r, const struct state_mailbox *mb, GArray *fresh,
		       GArray *headers, GError **error);

/* The messages whose texts are wanted and are not here. Yours; NULL on error. */
struct fills *keeping_lacking(struct round *r, const struct state_mailbox *mb, GError **error);

/*
 * Drop texts that the rules do not want, of messages that the server, asked now, has: bound, with
 * nothing waiting for them, and not read for a week. The mailbox is selected.
 */
gboolean keeping_trim(struct round *r, const struct state_mailbox *mb, struct maildir *md,
		      GError **error);

#endif
