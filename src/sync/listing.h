/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the server says of the messages of the selected mailbox: as little as tells what
 * changed since the last time, or all of it.
 */
#ifndef CUR_SYNC_LISTING_H
#define CUR_SYNC_LISTING_H

#include <glib.h>

#include "cur/imap/mailbox.h"
#include "cur/imap/seqset.h"
#include "reconcile.h"
#include "round.h"
#include "vocabulary.h"

struct listed {
	guint32 uid;
	mark_t flags; /* and keywords */
	guint64 modseq, size;
	gint64 date;
	gboolean has_size; /* and date */
};

struct listing {
	GArray *items;		 /* struct listed, ascending, no doubles */
	gboolean whole;		 /* all there are: a UID that is not in it is gone */
	struct seqset *present;	 /* when not whole: the UIDs that exist, or NULL */
	struct seqset *vanished; /* … else UIDs that are gone, or NULL */
	enum { LISTING_NOTHING, LISTING_CHANGES, LISTING_ALL } heard; /* together with SELECT */
};

/* What the question depends on; all borrowed. */
struct listing_question {
	struct round *r;
	const struct state_mailbox *mb;
	struct vocabulary *words;
	gboolean want_all; /* the numbers of last time are not enough, or mean nothing */
};

void listing_init(struct listing *l);
void listing_clear(struct listing *l);

/* Select the mailbox (in a dry run read-only), and ask in the same round trip. */
gboolean listing_select(struct listing *l, const struct listing_question *q,
			struct imap_selected *sel, GError **error);
/*
 * Ask for what that left open. `doomed`: UIDs at the server that have no row here. FALSE in
 * *changed when nothing has. REFUSED when the server lists fewer than it says it has (P38).
 */
gboolean listing_ask(struct listing *l, const struct listing_question *q,
		     const struct imap_selected *sel, GHashTable *doomed, gboolean *changed,
		     GError **error);

/* FALSE: of no message it tells that it is gone. */
gboolean listing_tells_absence(const struct listing *l);
/* UIDs that it says anything of, and perhaps some between them: few ranges. Yours. */
struct seqset *listing_concerned(const struct listing *l);
/* NULL: not listed. Borrowed. */
const struct listed *listing_find(const struct listing *l, guint32 uid);
enum presence listing_presence(const struct listing *l, guint32 uid);

#endif
