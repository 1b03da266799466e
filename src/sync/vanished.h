/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is gone at the server goes here, too, but not a folder that was emptied, more than half
 * of a big one, or a folder that is listed no more: that is kept until the user says so, or
 * until all of it is found in other folders of the account. The rest of the folder is synced
 * meanwhile. Questions and answers lie in state.db (state_vanished), each for one set of UIDs.
 */
#ifndef CUR_SYNC_VANISHED_H
#define CUR_SYNC_VANISHED_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "listing.h"
#include "round.h"

/* What is to stay here though the server has it no more. */
struct withheld {
	struct seqset *uids; /* NULL: nothing */
	gboolean is_open;    /* not all of it by the user's word */
};
void withheld_clear(struct withheld *w);

/* After a listing, before anything is deleted: *out says what is not to be. */
gboolean vanished_review(struct round *r, const struct state_mailbox *mb, const struct listing *l,
			 struct withheld *out, GError **error);
/* LIST has not named it. Within a change. */
gboolean vanished_note_folder(struct store *store, const struct state_mailbox *mb, GError **error);
/* Files are missing here as well, which is asked first: no answer shall be taken for this one. */
gboolean vanished_withdraw(struct round *r, guint32 mailbox, GError **error);

/* TRUE when something is asked that was not told yet: other folders may have what is gone. */
gboolean vanished_is_news(struct round *r);
/*
 * When every folder was looked at: what is found elsewhere is allowed, and mailboxes in which
 * something may go now are added to `again`; the rest is told, what was told before only when
 * `insist`, and makes the round fall short.
 */
gboolean vanished_settle(struct round *r, gboolean insist, GArray *again, GError **error);

/* VANISHED to whoever has not heard it: `tell` for each open question of the account. */
typedef void (*vanished_fn)(GVariant *body, void *data);
void vanished_each(struct store *store, const char *account, vanished_fn tell, void *data);

/*
 * The user's word, `go` that it goes here, too. *was_asked: there was a question (FALSE: TRUE is
 * returned and nothing done). A mailbox that is gone as a whole goes at once.
 */
gboolean vanished_answer(struct store *store, guint32 mailbox, gboolean go, gboolean *was_asked,
			 GError **error);

#endif
