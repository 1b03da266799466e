/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages into a mailbox of the server: appended from a file here, moved or copied
 * there. Doing one of them twice would double a message, so each is marked as sent
 * first and looked up by Message-ID when its answer is lost.
 */
#ifndef CUR_SYNC_TRANSFER_H
#define CUR_SYNC_TRANSFER_H

#include <glib.h>

#include "round.h"
#include "steps.h"

/*
 * `mb` is the target. All that can be done is done, though some are refused: FALSE with the first
 * refusal, and the steps of those stay.
 */
gboolean transfer_append(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			 GError **error);
/* Steps of one target and one source mailbox. */
gboolean transfer_move(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error);
gboolean transfer_copy(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error);

/* A step whose answer was lost: bind it when it was done, else make it wait again. */
gboolean transfer_look(struct round *r, const struct step *s, GError **error);

#endif
