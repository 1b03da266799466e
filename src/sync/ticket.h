/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One wish of a program that several workers carry out: told once, when the last is done. */
#ifndef CUR_SYNC_TICKET_H
#define CUR_SYNC_TICKET_H

#include <glib.h>

#include "hub.h"

struct ticket;

/* On the main loop; `error` is the first failure, or NULL. */
typedef void (*ticket_done_fn)(const GError *error, void *data);

/* One share is the caller's own. `done` may be NULL. */
struct ticket *ticket_new(struct hub *hub, ticket_done_fn done, void *data);
struct ticket *ticket_share(struct ticket *t);
/* Give a share back; the last one tells. From every thread. NULL is fine. */
void ticket_return(struct ticket *t, const GError *error);

#endif
