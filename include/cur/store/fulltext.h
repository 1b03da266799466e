/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The full-text index: a notmuch database in …/index over the Maildirs in …/mail,
 * usable by notmuch itself with --config=…/index/config. Tags that the user sets
 * there are kept. Opened for writing it is one thread's; searching opens its own.
 */
#ifndef CUR_STORE_FULLTEXT_H
#define CUR_STORE_FULLTEXT_H

#include <glib.h>

#include "cur/base/auto.h"

struct fulltext;

/*
 * Open for writing, make it when it is not there. BUSY when another program holds
 * its lock (mail is read all the same: try later), CORRUPT when it cannot be read
 * (fulltext_destroy() and index anew; tags only it had are lost), FULL, IO.
 */
struct fulltext *fulltext_open(const char *index_dir, const char *mail_dir, GError **error);
/*
 * Write all to the disk and close. FALSE: what was not committed may be missing from the
 * index. NULL is allowed.
 */
gboolean fulltext_close(struct fulltext *ft, GError **error);

/*
 * Changes. They are on the disk after fulltext_commit(); on a failure the
 * caller indexes those files again. A file that is not there is GONE, one that is
 * no mail is quietly left out. Paths are absolute, below mail_dir.
 */
gboolean fulltext_add(struct fulltext *ft, const char *path, GError **error);
/* The file has another name: tags stay with the message. Unknown `from`: as fulltext_add. */
gboolean fulltext_rename(struct fulltext *ft, const char *from, const char *to, GError **error);
/* The file says something else than before: tags stay with the message. */
gboolean fulltext_reread(struct fulltext *ft, const char *path, GError **error);
gboolean fulltext_remove(struct fulltext *ft, const char *path, GError **error);
/*
 * Give the message of `path` the tags `add`, and take the tags `remove` away (blank between); its
 * others are the user's. Other names of that file which are not there any more are forgotten.
 */
gboolean fulltext_tag(struct fulltext *ft, const char *path, const char *add, const char *remove,
		      GError **error);
gboolean fulltext_commit(struct fulltext *ft, GError **error);
gboolean fulltext_has(struct fulltext *ft, const char *path);

/* What to look for. */
struct fulltext_query {
	const char *text; /* in notmuch's language */
	const char
	    *exclude;	  /* tags that count only where `text` names them, blank between; or NULL */
	gboolean threads; /* the whole threads of what matches */
	guint limit;	  /* most messages, or threads; 0: all */
};
/* A file of a message that matches. */
struct fulltext_hit {
	char *path; /* absolute */
	char *tags; /* of the message, blank between */
};

/*
 * struct fulltext_hit *, newest first, yours. USAGE when the query cannot be read, GONE when there
 * is no index yet. Safe beside a writer, from every thread.
 */
GPtrArray *fulltext_search(const char *index_dir, const char *mail_dir,
			   const struct fulltext_query *query, GError **error);

/* The database that the user's own notmuch keeps; each "" for what notmuch itself would take. */
struct fulltext_theirs {
	const char *folder, *config, *profile;
};
/* The same there; GONE when there is none. */
GPtrArray *fulltext_search_theirs(const struct fulltext_theirs *theirs,
				  const struct fulltext_query *query, GError **error);

/* Whether there is one, readable or not. */
gboolean fulltext_exists(const char *index_dir);
/* Remove the index. */
gboolean fulltext_destroy(const char *index_dir, GError **error);

#endif
