/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages of a virtual mailbox. Each lies in a mailbox of its own, and its row, mark and
 * text stay in that one's pages of the header cache: a member is no more than (mailbox, lid)
 * and where the row is in this snapshot. A member's index never changes and is never given to
 * another message while the view is open; what left is a hole, as a dead row is.
 */
#ifndef MODEL_MEMBERS_H
#define MODEL_MEMBERS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/hcache.h"

enum { MEMBER_GONE = G_MAXUINT32 };

struct member {
	guint32 mailbox, lid;
	guint32 row;	  /* row_id there, MEMBER_GONE: it is not in the view, or not anywhere */
	gboolean found;	  /* by the last search */
	gboolean kept;	  /* the user asked for it beside the search: stays until the end */
	const char *tags; /* as a notmuch database has them, blank between; NULL: it is ours */
};

struct members;

struct members *members_new(void);
void members_free(struct members *ms);
DEFINE_AUTO(members, members_free)

/*
 * Take the body of a FOUND: those known keep their index, others come behind, oldest first. Who
 * is not among them leaves, unless `more`: then they are kept beside what is there.
 */
void members_take(struct members *ms, GVariant *found, gboolean more);
/* Look them up again where the snapshot has changes. */
void members_follow(struct members *ms, struct hcache *cache);

guint32 members_count(const struct members *ms); /* holes too */
const struct member *members_at(const struct members *ms, guint32 i);
/* Rises when a member came or went, and when anything about one may have changed. */
guint32 members_epoch(const struct members *ms);
guint64 members_generation(const struct members *ms);

#endif
