/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking back what the user did last, whether the server has heard of it or not. An act is
 * taken back in one commit, and forgotten with it; the server hears of that by steps.
 */
#ifndef CUR_SYNC_UNDO_H
#define CUR_SYNC_UNDO_H

#include "core.h"

struct undone {
	char *kind;	 /* see journal.h */
	char *name;	 /* of the mailbox that it says most of: the target of a move */
	guint n, n_left; /* messages taken back, and those gone or changed since */
};
void undone_clear(struct undone *u);

/* TRUE: the server is being told of it at this moment, by the worker of this mailbox. */
gboolean undo_must_wait(struct engine *e, guint32 *mailbox);

/*
 * GONE: there is nothing to be undone. Another error: it cannot be undone; when it never
 * can, it is forgotten, so that the one before it is the next.
 */
gboolean undo_last(struct engine *e, struct undone *out, GError **error);

#endif
