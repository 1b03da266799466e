/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What we store comes back with the next question for what changed since a number (RFC 7162),
 * unless the number that it was given is known to be the very next one: every change has one of
 * its own, so that nothing of anybody else lies below it then.
 */
#ifndef CUR_SYNC_ECHO_H
#define CUR_SYNC_ECHO_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "round.h"

struct echo {
	guint64 from;  /* HIGHESTMODSEQ as it was recorded; 0: there is none */
	guint64 known; /* the same by now */
	gboolean over; /* somebody else's changes lie behind `known`, or may */
};

/* Of the selected mailbox, as it is recorded. */
void echo_begin(struct echo *e, const struct round *r, const struct state_mailbox *mb);
/*
 * As imap_store; flags and keywords are set whatever others have done meanwhile. `there`, or NULL,
 * gets the UIDs that the server told of; it may leave out those that had the flags already.
 */
gboolean echo_store(struct echo *e, struct imap *imap, const struct seqset *uids, gboolean add,
		    guint32 flags, const char *keywords, struct seqset *there, GError **error);
/* Within the change that records what was stored. */
gboolean echo_note(const struct echo *e, struct round *r, const struct state_mailbox *mb,
		   GError **error);

#endif
