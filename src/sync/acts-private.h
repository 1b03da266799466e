/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of acts share. All of it under the lock of the store, and what writes within a
 * change.
 */
#ifndef CUR_SYNC_ACTS_PRIVATE_H
#define CUR_SYNC_ACTS_PRIVATE_H

#include <glib.h>

#include "acts.h"
#include "steps.h"

/* Its record, yours (g_free); NULL with GONE. */
struct state_mailbox *act_mailbox(struct store *store, guint32 number, GError **error);

/* The file of a message whose row is about to go. */
struct dead {
	char *base;
	mark_t mark;
};
/* The clear function of a GArray of them. */
void dead_clear(void *data);

/*
 * The server is to expunge `msg`, if it has it: with DOOM_AFTER when the row `after_lid` of
 * `after_mailbox` has arrived.
 */
gboolean act_doom(struct store *store, const struct state_mailbox *mb,
		  const struct state_message *msg, enum doom how, guint32 after_mailbox,
		  guint32 after_lid, GError **error);

/* The step by which the server gets a message that has no UID yet. */
struct passage {
	struct state_step step; /* id 0: there is none */
	struct step_source source;
	gboolean appends, moves;
	char *data;
};
/* `data` of it is yours. */
struct passage act_passage(struct store *store, const struct state_mailbox *mb, guint32 lid);

/*
 * A message that the server has somewhere else yet, or not at all, is deleted there. `now`: where
 * its file is, as `lid`. `d` says how it is doomed.
 */
gboolean act_doom_waiting(struct store *store, const struct state_mailbox *mb,
			  const struct state_message *msg, const struct state_mailbox *now,
			  guint32 lid, struct step_doom d, GError **error);

#endif
