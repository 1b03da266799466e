/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine says of accounts, of changes that servers refuse and of the outbox, for a person.
 */
#ifndef CUR_MODEL_STATUS_H
#define CUR_MODEL_STATUS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/wire/codec.h"

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
