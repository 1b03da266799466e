/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All mailboxes that are known, with their counts: those of the cache, and those
 * that `mailboxes` names. A copy: it stays when the snapshot is gone.
 */
#ifndef CUR_MODEL_DIRECTORY_H
#define CUR_MODEL_DIRECTORY_H

#include <glib.h>

#include "cur/base/auto.h"

struct conf;
struct directory;
struct hcache;

struct folder {
	guint32 number;	     /* 0: the engine has not met it */
	const char *name;    /* canonical */
	const char *account; /* "" for a local Maildir */
	const char *folder;  /* within the account; for a local one its path */
	const char *path;    /* Maildir */
	const char *label;   /* of `mailboxes -label` or named-mailboxes, "" */
	const char *role;    /* Inbox is INBOX's; else SPECIAL-USE; or "" */
	gboolean subscribed;
	/* `mailboxes` or $imap_check_subscribed asks for it: sidebar and new mail notices. */
	gboolean listed;
	guint messages, unread, fresh, flagged;
	gboolean has_new; /* not open, polled, and has fresh mail ($mail_check_recent: more than
			     when it was left) */
	gboolean poll;	  /* `mailboxes -nopoll`: its mail is never news */
	gboolean notify;  /* `mailboxes -nonotify`: it is shown to have some, nobody is told */
};

/* conf is borrowed. */
struct directory *directory_new(struct conf *conf);
void directory_free(struct directory *dir);
DEFINE_AUTO(directory, directory_free)

/*
 * Take what the cache says now (inside a snapshot). TRUE when a name or count
 * differs from before. O(mailboxes); heads that did not change cost nothing more.
 */
gboolean directory_update(struct directory *dir, struct hcache *cache);
/* `mailboxes` changed. */
void directory_relist(struct directory *dir);

/*
 * Maildirs that `mailboxes` or $postponed names and the engine has never met, each told of once:
 * without its counts nobody sees what is in them. NULL for none; yours (g_strfreev).
 */
char **directory_unmet(struct directory *dir);

/* All, listed ones first in the order of `mailboxes`, the rest by account and folder. */
guint directory_count(const struct directory *dir);
/* Borrowed until the next directory_update() or _relist(). */
const struct folder *directory_at(const struct directory *dir, guint i);
const struct folder *directory_find(const struct directory *dir, const char *name);
/* It is known to the engine, or a folder on the disk. */
gboolean directory_exists(const struct directory *dir, const char *name);

/* This mailbox is open here: its new mail is no news any more. */
void directory_seen(struct directory *dir, const char *name);
/* Mailboxes with new mail among the listed ones (%b). */
guint directory_new_count(const struct directory *dir);
/* Messages in $postponed (%p). */
guint directory_postponed_count(const struct directory *dir);
/* The next listed mailbox with new mail after `name` (any text), round; NULL when none. */
const struct folder *directory_next_new(const struct directory *dir, const char *name);

/*
 * A short name for people: what mutt shows for a path, with = for $folder and ~
 * for home. Yours.
 */
char *directory_shorten(const struct directory *dir, const char *name);
/*
 * Canonical name of what a user typed (=x, +x, ~/x, URL, !, <, >, -). `current` and
 * `previous` are canonical names or NULL. NULL with USAGE. Yours.
 */
char *directory_expand(const struct directory *dir, const char *typed, const char *current,
		       const char *previous, GError **error);

#endif
