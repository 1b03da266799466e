/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the full-text index behind the mail store, in the background, and searches it. */
#ifndef CUR_SYNC_INDEX_H
#define CUR_SYNC_INDEX_H

#include <glib.h>

#include "cur/base/auto.h"
#include "hub.h"

struct index;

struct index *index_start(struct hub *hub);
/* Waits for the searches that run. */
void index_free(struct index *ix);
DEFINE_AUTO(index, index_free)

/* Messages came: look, in a while. From every thread. */
void index_wake(struct index *ix);
gboolean index_is_busy(struct index *ix);

/* On the main loop: hits as (mailbox, lid) pairs, newest first, in `hits` (guint32 elements). */
typedef void (*index_found_fn)(GArray *hits, const GError *error, void *data);
void index_search(struct index *ix, const char *query, guint limit, index_found_fn found,
		  void *data);

#endif
