/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Postponed messages: what lies in $postponed, copied out of the cache, and taking one up again. */
#ifndef CUR_MODEL_POSTPONED_H
#define CUR_MODEL_POSTPONED_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/draft.h"
#include "cur/mail/row.h"

struct hcache;

struct postponed {
	guint32 mailbox, lid;
	struct row row;
	mark_t mark;
	char *folder;	     /* path of the Maildir */
	char *text;	     /* what env points into */
	struct envelope env; /* lives as long as this */
};

/*
 * Messages of the mailbox `name` (canonical), oldest first, read in the snapshot
 * that is held. struct postponed *, yours. *complete: the engine has read all of it.
 */
GPtrArray *postponed_list(struct hcache *cache, const char *name, gboolean *complete);

/* Its message. NULL with error. Yours. */
GBytes *postponed_read(const struct postponed *p, GError **error);
/*
 * Its draft, of that message (`bytes`: opened where it was sealed). What only we write into a draft
 * is believed when the mailbox is our own (a path), not when a server handed it out.
 */
struct draft *postponed_draft(const struct postponed *p, GBytes *bytes, gboolean trusted,
			      GError **error);

#endif
