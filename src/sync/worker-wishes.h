/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wishes of a worker, as its loop sees them. */
#ifndef CUR_SYNC_WORKER_WISHES_H
#define CUR_SYNC_WORKER_WISHES_H

#include "worker.h"

void wishes_init(struct wishes *wishes);
void wishes_clear(struct wishes *wishes);
gboolean wishes_any(const struct wishes *wishes);
/* Whoever waits is told; the tickets are gone then. */
void wishes_return_tickets(struct wishes *wishes, const GError *error);

/* Move what was wished out of the lock; FALSE when there is nothing. */
gboolean worker_take_wishes(struct worker *w, struct wishes *out);
/* What was wished while the connection was made, this round does as well. */
void worker_take_more_wishes(struct worker *w, struct wishes *wishes);
/* Put back what could not be done now; tickets stay with the caller. */
void worker_return_wishes(struct worker *w, const struct wishes *wishes);
/* Whoever waits may wait for several accounts: say which. */
void worker_fail_tickets(struct worker *w, struct wishes *wishes, const GError *error);

#endif
