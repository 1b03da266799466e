/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One Maildir (maildir(5)): names, delivery, flags, scan, move. A message is
 * known by its base name, the file name up to the first ":2,"; it never changes
 * but for maildir_set_uid(). A mark (mail/row.h) says the rest: flags, the
 * keyword letters a..w in bits 9..31, and MARK_NEW when the file lies in new/.
 *
 * Nothing here follows a link or opens what is not a regular file. A struct
 * maildir belongs to one thread at a time.
 */
#ifndef CUR_STORE_MAILDIR_H
#define CUR_STORE_MAILDIR_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/keywords.h"

enum {
	MAILDIR_TMP_HOURS = 36, /* age at which a file in tmp/ is rubbish */
};
/* The bits of a mark that a file name holds: flags and keyword letters. */
#define MAILDIR_MARKS ((mark_t)0x3f | KEYWORD_BITS)

/* ---- names ---------------------------------------------------------------- */

/* A new base name, unique among hosts, processes and clocks that step back. uid 0: no ,U=. Yours.
 */
char *maildir_name_new(guint32 uid);
/* The base name of a file name, yours; `rest` (may be NULL) gets the letters after ":2,". */
char *maildir_name_base(const char *file, const char **rest);
/* The mark that a file name in cur/ (or new/) stands for. */
mark_t maildir_name_mark(const char *file, gboolean in_new);
/* The file name for a base and a mark; `letters` (may be NULL): unknown ones to keep. Yours. */
char *maildir_name_join(const char *base, mark_t mark, const char *letters);
/* The number of ,U= in a name; 0 when there is none or it is no UID (RFC 9051 nz-number). */
guint32 maildir_name_uid(const char *name);

/* ---- a folder ------------------------------------------------------------- */

struct maildir;

/* Make cur/, new/ and tmp/ (0700) with what is missing above them; durable. */
gboolean maildir_create(const char *path, GError **error);
/*
 * Open an existing one. GONE when the folder or its cur/ is not there, so that a
 * missing mount is never taken for an empty mailbox; new/ and tmp/ are made.
 */
struct maildir *maildir_open(const char *path, GError **error);
void maildir_close(struct maildir *md);
DEFINE_AUTO(maildir, maildir_close)

/* fsync new/ and cur/: what was renamed, linked or removed there is durable after. */
gboolean maildir_sync(struct maildir *md, GError **error);

/* Remove files of tmp/ older than MAILDIR_TMP_HOURS; returns how many. */
guint maildir_sweep(struct maildir *md);

/*
 * The path of a message, yours; NULL with GONE when no file of that base name is
 * there. `mark` is where it was last seen: right most of the time, else the
 * folder is read once to find it. maildir_find_at() is for a reader that has no
 * struct maildir.
 */
char *maildir_find(struct maildir *md, const char *base, mark_t mark, GError **error);
char *maildir_find_at(const char *maildir_path, const char *base, mark_t mark, GError **error);

/* ---- delivery --------------------------------------------------------------- */

/* A message being written into tmp/, O_EXCL, mode 0600. */
struct delivery;
struct delivery *delivery_open(struct maildir *md, GError **error);
gboolean delivery_write(struct delivery *d, const void *bytes, gsize n, GError **error);
/*
 * End of the file: `uid` for ,U= (0: none), the mark it shall have (MARK_NEW puts
 * it into new/), its mtime in Unix seconds (0: now). Closes the descriptor, so
 * that thousands can wait for one delivery_commit().
 */
gboolean delivery_finish(struct delivery *d, guint32 uid, mark_t mark, gint64 date_received,
			 GError **error);
/* Before it: flag letters of another file; those without a bit here are kept, as renames do. */
void delivery_keep_letters(struct delivery *d, const char *letters);
/* The base name (after delivery_finish) and the path where the bytes lie now. Borrowed. */
const char *delivery_base(const struct delivery *d);
const char *delivery_path(const struct delivery *d);
/*
 * Make n finished deliveries of one Maildir durable and visible, one round for
 * all: data to the disk, renames, folders to the disk. On failure those that
 * were not renamed stay in tmp/, and go with delivery_free().
 */
gboolean delivery_commit(struct delivery *const *d, gsize n, GError **error);
/* The first half of delivery_commit(): the data is on the disk, nothing is visible. */
gboolean delivery_sync(struct delivery *const *d, gsize n, GError **error);
/*
 * The other half for a file that takes the place of the message `base`: its name, at one stroke,
 * whatever flags it has got. Durable after maildir_sync(). GONE when there is no such message.
 */
gboolean delivery_replace(struct delivery *d, const char *base, mark_t mark, GError **error);
/* Frees; a file that is not visible is removed from tmp/. */
void delivery_free(struct delivery *d);
DEFINE_AUTO(delivery, delivery_free)

/* ---- changes ------------------------------------------------------------------
 * None of these is durable before maildir_sync(). GONE when the message is not
 * there (any more): drop the wish quietly.
 */

/*
 * Give a message the flags and keyword letters of `to`; without MARK_NEW it moves
 * to cur/. Letters that a mark cannot hold are kept. `from`: as last seen.
 */
gboolean maildir_set_mark(struct maildir *md, const char *base, mark_t from, mark_t to,
			  GError **error);
/* Put ,U=uid into the name (0: take it out). *new_base is yours. */
gboolean maildir_set_uid(struct maildir *md, const char *base, mark_t mark, guint32 uid,
			 char **new_base, GError **error);
/* The Maildir itself, its files gone; not when anything is left in it. */
void maildir_discard(const char *path);
gboolean maildir_remove(struct maildir *md, const char *base, mark_t mark, GError **error);
/*
 * A second name for a message in another (or the same) Maildir: a hard link where the file
 * system has them, else a copy. The new name has no ,U=; *new_base is yours. A move is
 * maildir_copy, maildir_sync(to), the record, maildir_remove, maildir_sync(from).
 */
gboolean maildir_copy(struct maildir *from, const char *base, mark_t mark, struct maildir *to,
		      mark_t to_mark, char **new_base, GError **error);
/* The whole sequence for one message, durable when TRUE. */
gboolean maildir_move(struct maildir *from, const char *base, mark_t mark, struct maildir *to,
		      mark_t to_mark, char **new_base, GError **error);

/* ---- scan ----------------------------------------------------------------------- */

struct maildir_entry {
	const char *base;
	guint32 uid; /* of ,U=; 0: none */
	mark_t mark;
	gboolean twice; /* seen under two names: one of them is a rename in flight, or a copy */
};

/* What lies in new/ and cur/, sorted by base name (strcmp), a base name once. */
struct maildir_scan;
/*
 * Read the folder. NULL when anything about reading it failed: then nothing at
 * all is known. Never blocks on what lies there.
 */
struct maildir_scan *maildir_scan(struct maildir *md, GError **error);
void maildir_scan_free(struct maildir_scan *scan);
DEFINE_AUTO(maildir_scan, maildir_scan_free)
gsize maildir_scan_n(const struct maildir_scan *scan);
/* Entry i of n, and by base name (NULL: not seen). Borrowed from the scan. */
const struct maildir_entry *maildir_scan_entry(const struct maildir_scan *scan, gsize i);
const struct maildir_entry *maildir_scan_find(const struct maildir_scan *scan, const char *base);
/*
 * TRUE when the folders' mtimes were the same before and after the scan and more
 * than a second old: only then does an absence count, and only when a second
 * such scan agrees. What is there counts always.
 */
gboolean maildir_scan_is_complete(const struct maildir_scan *scan);

/*
 * Words that stay the same as long as no file comes, goes or is renamed; yours. NULL
 * when the folder changed so lately that another change might not show in them.
 */
char *maildir_state_words(const struct maildir *md);

#endif
