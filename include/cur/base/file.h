/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that survive a power cut, reads that a hostile path cannot abuse, and locks. */
#ifndef CUR_BASE_FILE_H
#define CUR_BASE_FILE_H

#include <glib.h>

#include "cur/base/auto.h"

/*
 * Replace `path` by n bytes: temporary file beside it, fsync, rename, fsync of
 * the folder. On failure the old file is untouched and no temporary is left.
 * A link is followed, so that ~/.muttrc in a dotfiles repository stays a link.
 */
gboolean file_write_atomic(const char *path, const void *bytes, gsize n, int mode, GError **error);

/* Make the entries of a folder durable. */
gboolean file_sync_dir(const char *dir, GError **error);
/* mkdir -p, mode 0700, with each new entry durable. */
gboolean file_make_dirs(const char *path, GError **error);

enum file_read_flags {
	FILE_READ_FOLLOW = 0,
	FILE_READ_NOFOLLOW = 1 << 0, /* the last component must not be a link */
};
/*
 * The bytes of a regular file of at most `limit` bytes, one NUL after them (not
 * counted in *n; n may be NULL). FIFOs, devices and folders fail with REFUSED, without
 * blocking; so does more than `limit`. The result is yours.
 */
char *file_read(const char *path, gsize limit, enum file_read_flags flags, gsize *n,
		GError **error);

/* Open for writing a file that was not there (close-on-exec); -1 and EXISTS when it was. */
int file_create_exclusive(const char *path, int mode, GError **error);

/* All n bytes, through interruptions and short writes. */
gboolean file_write_all(int fd, const void *bytes, gsize n, GError **error);

/* Exactly n bytes from where the descriptor is, through interruptions; fewer are an error. */
gboolean file_read_all(int fd, void *bytes, gsize n, GError **error);

/* fsync a descriptor; `what` names it in the error. */
gboolean file_sync(int fd, const char *what, GError **error);

/* A lock file: flock, with our pid as its text. It goes with the process. */
struct file_lock;
/*
 * NULL with BUSY when another process holds it; *owner (may be NULL) is then its
 * pid, 0 when not readable.
 */
struct file_lock *file_lock_try(const char *path, int *owner, GError **error);
void file_lock_release(struct file_lock *lock);
/* FALSE when the file was removed or moved, with its folder perhaps: it keeps nobody out. */
gboolean file_lock_is_there(const struct file_lock *lock);
DEFINE_AUTO(file_lock, file_lock_release)

#endif
