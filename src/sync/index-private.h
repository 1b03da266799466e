/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the index's own thread and its searches share. */
#ifndef SYNC_INDEX_PRIVATE_H
#define SYNC_INDEX_PRIVATE_H

#include "index.h"

struct index {
	struct hub *hub;
	struct store *store;
	struct waker *waker;
	GThread *thread;
	GThreadPool *searches; /* struct search of index-search.c */
	gint suspect;	       /* atomic: a search could not read the index */
	GAsyncQueue *stale;    /* char *: paths that a search found and that are not there */
	gint busy;	       /* atomic */
	char *tags[3];	       /* of flags: unread, flagged, replied */
};

/* Of the pool: carry one out. */
void index_run_search(void *search, void *index);

#endif
