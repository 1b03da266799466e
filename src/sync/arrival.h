/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message of ours that has come to be in a mailbox of the server gets its UID there. */
#ifndef CUR_SYNC_ARRIVAL_H
#define CUR_SYNC_ARRIVAL_H

#include <glib.h>

#include "round.h"
#include "steps.h"

struct arrival {
	const struct step *step;
	guint32 uid; /* 0: the server does not tell; the next pull matches it (adopt.h, P64) */
	guint32 uidvalidity; /* of its mailbox, as COPYUID says; or 0 */
	mark_t agreed;
	guint64 wire_bytes;			  /* 0: as its row says */
	guint32 left_in, left_validity, left_uid; /* P41: its source is only marked; or 0 */
};

/* File, row and cache of each, in few commits; their steps are dropped. */
gboolean arrivals_bind(struct round *r, const struct state_mailbox *mb,
		       const struct arrival *arrivals, guint n, GError **error);

#endif
