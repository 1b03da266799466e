/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * P41: what a server without UIDPLUS keeps, marked deleted, because nobody can name what
 * it shall expunge. A step remembers each, so that it is not taken for new mail, until
 * the message is gone there, somebody takes the mark away, or the server learns UIDPLUS.
 */
#ifndef CUR_SYNC_LEFT_H
#define CUR_SYNC_LEFT_H

#include <glib.h>

#include "round.h"
#include "steps.h"

/* Within a change. */
gboolean left_add(struct round *r, guint32 mailbox, guint32 uidvalidity, guint32 uid,
		  GError **error);

/* The user is told once for each mailbox and command. */
void left_tell(struct round *r, const char *folder);

/* TRUE while the server may still have the message, marked deleted. */
typedef gboolean (*left_fn)(guint32 uid, void *data);
/* Forget those of which that is not true; *n (not NULL) is how many. */
gboolean left_review(struct round *r, const struct state_mailbox *mb, left_fn stays, void *data,
		     guint *n, GError **error);

#endif
