/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wait of an account between two rounds at its IMAP server. */
#ifndef CUR_SYNC_REST_H
#define CUR_SYNC_REST_H

#include "worker.h"

/* As struct worker_ops has it. */
gboolean rest_imap(struct worker *w, gint64 milliseconds, GError **error);

#endif
