/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From here to the server: the steps of an account. */
#ifndef CUR_SYNC_PUSH_H
#define CUR_SYNC_PUSH_H

#include <glib.h>

#include "round.h"

/*
 * Look what became of steps whose answer was lost. Before any pull: or a message of our
 * own would be taken for a new one.
 */
gboolean push_recover(struct round *r, GError **error);

/* FALSE when push_steps() would find nothing to do. */
gboolean push_is_due(struct round *r);

/* Carry out all that waits, in order. FALSE when the connection broke. */
gboolean push_steps(struct round *r, GError **error);

#endif
