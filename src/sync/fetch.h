/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bringing the bytes of messages into a Maildir, and batches of them into the store. */
#ifndef CUR_SYNC_FETCH_H
#define CUR_SYNC_FETCH_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "fills.h"
#include "round.h"
#include "vocabulary.h"

/* What fetch_new() and fetch_headers() work on; all borrowed. */
struct fetch {
	struct round *r;
	const struct state_mailbox *mb; /* the selected one; of texts, that of their messages */
	struct vocabulary *words;
	const GArray *uids;	   /* guint32, ascending; fetched newest first */
	const struct fills *fills; /* those of them that are texts of known messages, or NULL */
	gboolean urgent;	   /* nothing else is done between two chunks */
};

/*
 * Messages into the mailbox's Maildir and rows. `missing` gets what the server did not give.
 * *n_unseen grows by new ones that were not read elsewhere.
 */
gboolean fetch_new(const struct fetch *what, struct seqset *missing, guint *n_unseen,
		   GError **error);
/* The same of new messages whose text stays at the server (mail/partial.h). */
gboolean fetch_headers(const struct fetch *what, struct seqset *missing, guint *n_unseen,
		       GError **error);
/* Headers of the last `n` messages of a mailbox of `exists`, in one round trip; uids is not used.
 */
gboolean fetch_last_headers(const struct fetch *what, guint32 exists, guint32 n, GError **error);

#endif
