/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message that is moved on, or removed, while the server is being told of the move or copy that
 * brought it. That step stays until its outcome is known, though its row is gone: only then is it
 * known where the server has the message. What follows waits for it ("after" in its data).
 */
#ifndef CUR_SYNC_ONWARD_H
#define CUR_SYNC_ONWARD_H

#include <glib.h>

#include "round.h"
#include "steps.h"

/* Its Message-ID; NULL when it has none or cannot be read. Yours. */
char *onward_id(const struct state_mailbox *mb, const struct state_message *msg);

/* Within a change: so that it can be looked up when its file is not there any more. */
gboolean onward_leave_word(struct store *store, const struct state_step *step,
			   const struct state_mailbox *mb, guint32 lid, GError **error);
/* The id that was left, of a step as it is now; NULL: none. Yours. */
char *onward_word(struct store *store, const struct step *step);

/* Ids (g_int64_hash) of all steps of an account; yours. */
GHashTable *onward_steps(struct store *store, const char *account);
/* It waits for another that is among them. */
gboolean onward_waits(const struct step *step, GHashTable *steps);

/* Within a change: the server has put a message whose row is gone there, `uid` 0 if it is not
 * known.
 */
gboolean onward_arrived(struct round *r, const struct step *step, guint32 uid, GError **error);
/* A move or copy whose row is gone. Under the lock. */
gboolean onward_is_left(struct round *r, const struct step *step);
/* Within a change: the server has it where it was. The step is dropped. */
gboolean onward_withdraw(struct round *r, const struct step *step, GError **error);

#endif
