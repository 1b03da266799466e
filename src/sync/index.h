/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the full-text index behind the mail store, in the background, and searches it. */
#ifndef CUR_SYNC_INDEX_H
#define CUR_SYNC_INDEX_H

#include <glib.h>

#include "cur/base/auto.h"
#include "hub.h"

struct index;

/* The tags that messages without \\Seen, with \\Flagged and \\Answered have; "": none. Copied. */
struct index_tags {
	const char *unread, *flagged, *replied;
};
struct index *index_start(struct hub *hub, const struct index_tags *tags);
/* Waits for the searches that run. */
void index_free(struct index *ix);
DEFINE_AUTO(index, index_free)

/* Messages came: look, in a while. From every thread. */
void index_wake(struct index *ix);
gboolean index_is_busy(struct index *ix);

/* What to look for. Strings may be NULL for "". */
struct index_query {
	const char *text;    /* in notmuch's language */
	const char *exclude; /* tags, blank between */
	gboolean threads;    /* whole threads */
	guint limit;	     /* 0: all */
	gboolean theirs;     /* in the database of the user's notmuch, where there is one */
	const char *database, *config, *profile; /* which; "": as notmuch itself finds it */
};
struct index_hit {
	guint32 mailbox, lid;
	const char *tags; /* in their database, blank between; "" for ours */
};
/* Borrowed for the call. */
struct index_found {
	GArray *hits;	      /* struct index_hit, newest first */
	GPtrArray *strangers; /* char *: Maildirs with hits that are no mailboxes of ours yet */
};
/* On the main loop. */
typedef void (*index_found_fn)(const struct index_found *found, const GError *error, void *data);
void index_search(struct index *ix, const struct index_query *query, index_found_fn found,
		  void *data);

#endif
