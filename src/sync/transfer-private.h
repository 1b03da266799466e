/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a transfer share: its steps, and where their messages are. */
#ifndef CUR_SYNC_TRANSFER_PRIVATE_H
#define CUR_SYNC_TRANSFER_PRIVATE_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "round.h"
#include "steps.h"

/* ---- transfer-step.c: a commit each ---- */

/* The row of a step's message, yours (g_free); NULL when it was moved on or removed. */
struct state_message *transfer_message(struct round *r, const struct step *s);
gboolean transfer_set_state(struct round *r, const struct step *s, enum step_state state,
			    const char *data, const char *words, GError **error);
gboolean transfer_drop(struct round *r, const struct step *s, GError **error);
/*
 * A header without a text is no message to give to a server. What was its text is gone there, or is
 * listed there under another number: either way this copy has no use.
 */
gboolean transfer_give_up_header(struct round *r, const struct step *s,
				 const struct state_message *msg, GError **error);
/* D48: what was to be moved or copied is there no more; the file here goes there instead. */
gboolean transfer_append_instead(struct round *r, const struct step *s, GError **error);
/* A move or copy whose row is gone. */
gboolean transfer_is_left(struct round *r, const struct step *s);
/* … and the server was told in vain or not at all. */
gboolean transfer_withdraw(struct round *r, const struct step *s, GError **error);

/* ---- transfer-look.c: questions to the server ---- */

/* The Message-ID of a step's message; NULL: it has none, or nobody knows it any more. Yours. */
char *transfer_id(struct round *r, const struct state_mailbox *mb, const struct step *s);
/*
 * SELECT of the mailbox that messages are to be taken from. *uidvalidity is 0 when the server has
 * it no more (P45), or other UIDs in it (P30, P33), or `from` is NULL as it was deleted here.
 */
gboolean transfer_select_source(struct round *r, const struct state_mailbox *from,
				guint32 *uidvalidity, GError **error);
/* TRUE in *there when the message that is to be moved still is where it was. */
gboolean transfer_source_is_there(struct round *r, const struct step_source *src, gboolean *there,
				  GError **error);
/* A move or copy that no search finds may be there nevertheless; *uid stays when it is not. */
gboolean transfer_look_closer(struct round *r, const struct state_mailbox *mb, const struct step *s,
			      const char *id, guint32 *uid, GError **error);
/*
 * The server said OK, but not where it is (no UIDPLUS). What it refuses to tell stays open.
 * `anew`: a SELECT of before may not show it.
 */
gboolean transfer_ask_where(struct round *r, const struct state_mailbox *mb, const struct step *s,
			    const struct seqset *taken, gboolean anew, guint32 *uid,
			    GError **error);
/* Of the arrivals (struct arrival) in `mb` those whose UID the server did not tell. */
gboolean transfer_find_uids(struct round *r, const struct state_mailbox *mb, GArray *arrivals,
			    GError **error);

#endif
