/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New messages that another folder of the account has already, or had a moment ago: moved by
 * another client, or a label of Gmail. Known by the server's own id (EMAILID of RFC 8474,
 * X-GM-MSGID), proved by size and Message-ID, they are made from the file here. An id that lies
 * costs a FETCH, as if there were none.
 */
#ifndef CUR_SYNC_ELSEWHERE_H
#define CUR_SYNC_ELSEWHERE_H

#include <glib.h>

#include "round.h"
#include "vocabulary.h"

/* The ids of what is new in one mailbox. */
struct elsewhere;
void elsewhere_free(struct elsewhere *e);
DEFINE_AUTO(elsewhere, elsewhere_free)

/*
 * Take out of `fresh` (ascending guint32) of the selected mailbox those that are made from files
 * here; *n_unseen grows by those not read yet. NULL on error.
 */
struct elsewhere *elsewhere_take(struct round *r, const struct state_mailbox *mb,
				 struct vocabulary *words, GArray *fresh, guint *n_unseen,
				 GError **error);
/* Rows were made of the others: they get their ids, too. */
gboolean elsewhere_note(const struct elsewhere *e, GError **error);

#endif
