/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pull of a mailbox, as its two halves see it. */
#ifndef CUR_SYNC_PULL_PRIVATE_H
#define CUR_SYNC_PULL_PRIVATE_H

#include "cur/store/maildir.h"
#include "listing.h"
#include "pull.h"
#include "reused.h"
#include "vanished.h"
#include "vocabulary.h"

struct pull {
	struct round *r;
	struct state_mailbox *mb;
	struct imap_selected sel;
	guint32 n_there; /* before it was selected */
	struct vocabulary *words;
	mark_t shared, kept; /* of words, once the server has listed */
	struct listing list;
	GHashTable *doomed;
	GArray *fresh;	  /* guint32, ascending: to be fetched */
	GArray *suspects; /* struct suspect */
	struct maildir *md;
	guint n_renamed;
	guint n_flags, n_deleted; /* here, of all */
	guint n_headers, n_texts; /* to be fetched besides `fresh` */
	GPtrArray *unlink;	  /* struct doomed_file *, of pull-merge.c */
	struct withheld withheld; /* gone there, to stay here */
	gboolean suspicious;	  /* P30, P33: numbers mean nothing any more */
	gboolean is_first;	  /* nothing of the mailbox was here before */
};

/*
 * Rows and files become what the list says, and what has no row is `fresh`. A file goes before the
 * commit that forgets it.
 */
gboolean pull_merge(struct pull *p, GError **error);

#endif
