/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bringing the bytes of messages into a Maildir, and batches of them into the store. */
#ifndef CUR_SYNC_FETCH_H
#define CUR_SYNC_FETCH_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "round.h"
#include "vocabulary.h"

/*
 * Fetch `uids` (ascending guint32), newest first, into the selected mailbox's Maildir and
 * rows. `missing` gets what the server did not give. *n_unseen grows by new ones that were not
 * read elsewhere.
 */
gboolean fetch_new(struct round *r, const struct state_mailbox *mb, struct vocabulary *words,
		   const GArray *uids, struct seqset *missing, guint *n_unseen, GError **error);

#endif
