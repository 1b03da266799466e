/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Headers without their texts (mail/partial.h) that another program copied or moved: they must not
 * be taken for messages, and their texts follow them.
 */
#ifndef CUR_SYNC_STRAY_H
#define CUR_SYNC_STRAY_H

#include <glib.h>

#include "cur/mail/partial.h"
#include "harvest-job.h"

/*
 * Within a change: `mb` has another name from now on. Headers in it go on saying the one that it
 * had, `was`, and are understood all the same.
 */
gboolean stray_note_name(struct store *store, const struct state_mailbox *mb, const char *was,
			 GError **error);

/* A file with a UID that is another mailbox's: it loses it, in its name and in `f`. */
gboolean stray_is(struct store *store, struct maildir *md, const struct state_mailbox *mb,
		  struct finding *f);

/*
 * Within a change: the step that brings `msg`, just added to `mb`, what `there` says: a copy at the
 * server within an account, else the text itself. None when the text is where nobody gets it.
 */
gboolean stray_add_step(struct store *store, const struct state_mailbox *mb,
			const struct state_message *msg, const struct partial *there,
			GError **error);

/*
 * A header's file anew, not durable yet: its text has another UID now. NULL: the file is a whole
 * message or cannot be read. Yours.
 */
struct delivery *stray_readdress(struct maildir *md, const char *base, mark_t mark,
				 const struct partial *there);

#endif
