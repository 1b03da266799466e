/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durable writes, careful reads, lock files. */
#include "cur/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"

gboolean file_write_all(int fd, const void *bytes, gsize n, GError **error)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t did = write(fd, p, n);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return error_from_errno(error, errno, "cannot write");
		p += did;
		n -= did;
	}
	return TRUE;
}

gboolean file_read_all(int fd, void *bytes, gsize n, GError **error)
{
	char *at = bytes;

	while (n > 0) {
		ssize_t got = read(fd, at, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_from_errno(error, got < 0 ? errno : EIO, "cannot read");
		at += got;
		n -= (gsize)got;
	}
	return TRUE;
}

gboolean file_sync(int fd, const char *what, GError **error)
{
	while (fsync(fd) < 0)
		if (errno != EINTR)
			return error_from_errno(error, errno, "cannot make '%s' durable", what);
	return TRUE;
}

gboolean file_sync_dir(const char *dir, GError **error)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", dir);
	ok = file_sync(fd, dir, error);
	close(fd);
	return ok;
}

gboolean file_make_dirs(const char *path, GError **error)
{
	g_autofree char *parent = NULL;

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return TRUE;
	parent = g_path_get_dirname(path);
	/* Ends at "/" or ".", which are folders. */
	if (!file_make_dirs(parent, error))
		return FALSE;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_from_errno(error, errno, "cannot create the folder '%s'", path);
	return file_sync_dir(parent, error);
}

/* close can report a write that failed late (NFS, quota). */
static gboolean close_checked(int fd, const char *what, GError **error)
{
	if (close(fd) < 0 && errno != EINTR)
		return error_from_errno(error, errno, "cannot close '%s'", what);
	return TRUE;
}

static gboolean sync_parent(const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);

	return file_sync_dir(dir, error);
}

static gboolean fill_temporary(int fd, const char *path, const void *bytes, gsize n, int mode,
			       GError **error)
{
	if (fchmod(fd, mode) < 0)
		return error_from_errno(error, errno, "cannot set the mode of '%s'", path);
	if (!file_write_all(fd, bytes, n, error)) {
		g_prefix_error(error, "'%s': ", path);
		return FALSE;
	}
	return file_sync(fd, path, error);
}

gboolean file_write_atomic(const char *path, const void *bytes, gsize n, int mode, GError **error)
{
	g_autofree char *real = realpath(path, NULL);
	const char *target = real ? real : path;
	g_autofree char *temporary = g_strconcat(target, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
	gboolean ok;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot write beside '%s'", target);
	ok = fill_temporary(fd, target, bytes, n, mode, error);
	ok = close_checked(fd, target, ok ? error : NULL) && ok;
	if (ok && g_rename(temporary, target) < 0)
		ok = error_from_errno(error, errno, "cannot replace '%s'", target);
	if (!ok) {
		g_unlink(temporary);
		return FALSE;
	}
	return sync_parent(target, error);
}

/* O_NONBLOCK: opening a FIFO nobody writes to must not wait. */
static int open_regular(const char *path, enum file_read_flags flags, struct stat *st,
			GError **error)
{
	int link = flags & FILE_READ_NOFOLLOW ? O_NOFOLLOW : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | link);

	if (fd < 0 && errno == ELOOP && link) {
		error_set(error, CUR_ERROR_REFUSED, "'%s' is a link", path);
		return -1;
	}
	if (fd < 0 || fstat(fd, st) < 0) {
		error_from_errno(error, errno, "cannot open '%s'", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (S_ISREG(st->st_mode))
		return fd;
	error_set(error, CUR_ERROR_REFUSED, "'%s' is no regular file", path);
	close(fd);
	return -1;
}

static ssize_t read_some(int fd, void *buffer, gsize n)
{
	ssize_t did;

	do
		did = read(fd, buffer, n);
	while (did < 0 && errno == EINTR);
	return did;
}

static gboolean read_rest(int fd, const char *path, gsize limit, GString *text, GError **error)
{
	char buffer[65536];

	for (;;) {
		ssize_t did = read_some(fd, buffer, sizeof(buffer));

		if (did < 0)
			return error_from_errno(error, errno, "cannot read '%s'", path);
		if (did == 0)
			return TRUE;
		if (text->len + did > limit)
			return error_set(error, CUR_ERROR_REFUSED,
					 "'%s' is larger than %" G_GSIZE_FORMAT " bytes", path,
					 limit);
		g_string_append_len(text, buffer, did);
	}
}

char *file_read(const char *path, gsize limit, enum file_read_flags flags, gsize *n, GError **error)
{
	struct stat st;
	int fd = open_regular(path, flags, &st, error);
	GString *text;
	gboolean ok;

	if (fd < 0)
		return NULL;
	text = g_string_sized_new(MIN((gsize)st.st_size, limit) + 1);
	ok = read_rest(fd, path, limit, text, error);
	close(fd);
	if (n)
		*n = ok ? text->len : 0;
	return g_string_free(text, !ok);
}

int file_create_exclusive(const char *path, int mode, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		error_from_errno(error, errno, "cannot create '%s'", path);
	return fd;
}

/* ---- locks --------------------------------------------------------------- */

struct file_lock {
	int fd;
	char *path;
};

static int read_owner(int fd)
{
	char text[16] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? atoi(text) : 0;
}

/* The text is for people, the lock is flock's: a full disk must not keep us from locking. */
static void write_owner(int fd)
{
	g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());

	if (ftruncate(fd, 0) == 0)
		file_write_all(fd, text, strlen(text), NULL);
}

struct file_lock *file_lock_try(const char *path, int *owner, GError **error)
{
	struct file_lock *lock;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (owner)
		*owner = 0;
	if (fd < 0) {
		error_from_errno(error, errno, "cannot open '%s'", path);
		return NULL;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK) {
			int pid = read_owner(fd);

			if (owner)
				*owner = pid;
			error_set(error, CUR_ERROR_BUSY, "'%s' is locked by process %d", path, pid);
		} else {
			error_from_errno(error, errno, "cannot lock '%s'", path);
		}
		close(fd);
		return NULL;
	}
	write_owner(fd);
	lock = g_new0(struct file_lock, 1);
	lock->fd = fd;
	lock->path = g_strdup(path);
	return lock;
}

void file_lock_release(struct file_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	g_free(lock->path);
	g_free(lock);
}

gboolean file_lock_is_there(const struct file_lock *lock)
{
	struct stat ours, now;

	return fstat(lock->fd, &ours) == 0 && lstat(lock->path, &now) == 0 &&
	       ours.st_dev == now.st_dev && ours.st_ino == now.st_ino;
}
