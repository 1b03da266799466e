/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine says of accounts, of changes that servers refuse and of the outbox, for a person.
 */
#ifndef CUR_MODEL_STATUS_H
#define CUR_MODEL_STATUS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/wire/codec.h"

/* Of connections: bytes and round trips. */
struct status_traffic {
	guint64 received, sent, turns;
};

/* What ACCOUNT says. The strings are the body's. */
struct status_account {
	const char *name, *protocol, *state;
	guint64 last_sync, next_try;	  /* Unix seconds; 0: none */
	guint32 n_steps;		  /* that are left to do */
	const char *error;		  /* the last one, or "" */
	struct status_traffic traffic;	  /* since the engine started */
	struct status_traffic last_round; /* of the last sync */
	gboolean is_clear;		  /* without encryption over a network */
};
void status_read_account(GVariant *body, struct status_account *out);

struct status;

/* With nothing in it. Yours. */
struct status *status_new(void);
void status_free(struct status *status);
DEFINE_AUTO(status, status_free)

/* An answer to STATUS or QUEUE came: ACCOUNT, STUCK, QUEUED; others are passed by. */
void status_note(struct status *status, enum wire_id id, GVariant *body);

/* Lines, safe for a terminal. Yours. */
char *status_text(const struct status *status);

/* How many messages of the outbox are in each state (char * to guint), by name. Borrowed. */
GTree *status_outbox(struct status *status);

#endif
