/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened in a Maildir since it was last looked at: files that other
 * programs put there, renamed or took away become rows, marks and steps. For
 * server mailboxes and plain local ones alike.
 */
#ifndef CUR_SYNC_HARVEST_H
#define CUR_SYNC_HARVEST_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/maildir.h"
#include "hub.h"

/* A file whose name says a UID, but no row knows it: see adopt.h. */
struct orphan {
	char *base;
	guint32 uid;
	mark_t mark;
	gboolean unrecorded; /* it was fetched, with that UID, and is as precious as it was then */
	gboolean gone;	     /* … and the server has it no more: for pull.c to say */
};

struct harvest {
	guint n_new, n_changed, n_gone;
	gboolean unsettled; /* something was missed once: look again in two seconds */
	char *stopped; /* D06: too much went at once; leave this mailbox alone. What was said, or
			  NULL */
	GPtrArray *orphans; /* struct orphan * */
	GError *unread; /* G4: the first new file that could not be read; NULL. It was told of */
};
void harvest_clear(struct harvest *h);

/*
 * The user means what D06 stopped: the next harvest drops what is missing, unless it is more than
 * he was told of. *was_asked: there was a question (FALSE: TRUE is returned and nothing done).
 */
gboolean harvest_confirm(struct store *store, guint32 mailbox, gboolean *was_asked, GError **error);

/* `assumed`: $assumed_charset, NULL at the end, or NULL. */
gboolean harvest(struct hub *hub, guint32 mailbox, const char *const *assumed, struct harvest *out,
		 GError **error);

#endif
