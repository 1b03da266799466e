/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing messages into a Maildir so that they are whole or not there. */
#include "maildir-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/step.h"

enum {
	DELIVERY_BUFFER = 32 << 10, /* bytes */
	/*
	 * From so many files on, one syncfs() is cheaper than an fsync() each. It
	 * reports failed writes since Linux 5.8.
	 */
	SYNCFS_FROM = 8,
};

struct delivery {
	struct maildir *md;
	int fd; /* -1 after delivery_finish */
	char *tmp_name;
	char *base;
	char *file;    /* final name */
	char *letters; /* of another file, or NULL */
	char *path;    /* where it lies now */
	gboolean to_new;
	gboolean visible;
	gsize n_buffered;
	guint8 *buffer; /* NULL after delivery_finish: thousands may wait */
};

struct delivery *delivery_open(struct maildir *md, GError **error)
{
	auto_ptr(delivery) d = g_new0(struct delivery, 1);

	d->md = md;
	d->tmp_name = maildir_name_new(0);
	d->fd = openat(md->tmp_fd, d->tmp_name,
		       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (d->fd < 0) {
		error_from_errno(error, errno, "cannot write into '%s/tmp'", md->path);
		g_clear_pointer(&d->tmp_name, g_free); /* not ours to remove */
		return NULL;
	}
	d->path = g_build_filename(md->path, "tmp", d->tmp_name, NULL);
	d->buffer = g_malloc(DELIVERY_BUFFER);
	return g_steal_pointer(&d);
}

static gboolean flush(struct delivery *d, GError **error)
{
	gsize n = d->n_buffered;

	d->n_buffered = 0;
	return file_write_all(d->fd, d->buffer, n, error);
}

gboolean delivery_write(struct delivery *d, const void *bytes, gsize n, GError **error)
{
	if (n > DELIVERY_BUFFER - d->n_buffered && !flush(d, error))
		return FALSE;
	if (n >= DELIVERY_BUFFER)
		return file_write_all(d->fd, bytes, n, error);
	memcpy(d->buffer + d->n_buffered, bytes, n);
	d->n_buffered += n;
	return TRUE;
}

static gboolean set_mtime(int fd, gint64 seconds, const char *path, GError **error)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = seconds}};

	if (seconds && futimens(fd, times) < 0)
		return error_from_errno(error, errno, "cannot set the time of '%s'", path);
	return TRUE;
}

void delivery_keep_letters(struct delivery *d, const char *letters)
{
	g_free(d->letters);
	d->letters = g_strdup(letters);
}

gboolean delivery_finish(struct delivery *d, guint32 uid, mark_t mark, gint64 date_received,
			 GError **error)
{
	int fd = d->fd;

	if (!flush(d, error) || !set_mtime(fd, date_received, d->path, error)) {
		g_prefix_error(error, "'%s': ", d->path);
		return FALSE;
	}
	d->fd = -1;
	if (close(fd) < 0)
		return error_from_errno(error, errno, "cannot write '%s'", d->path);
	g_clear_pointer(&d->buffer, g_free);
	d->to_new = (mark & MARK_NEW) != 0;
	d->base = maildir_name_with_uid(d->tmp_name, uid);
	d->file = maildir_name_join(d->base, mark, d->letters);
	return TRUE;
}

const char *delivery_base(const struct delivery *d)
{
	return d->base;
}

const char *delivery_path(const struct delivery *d)
{
	return d->path;
}

static gboolean sync_one(const struct delivery *d, GError **error)
{
	int fd = openat(d->md->tmp_fd, d->tmp_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	gboolean done;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot write '%s'", d->path);
	done = file_sync(fd, d->path, error);
	close(fd);
	return done;
}

gboolean delivery_sync(struct delivery *const *d, gsize n, GError **error)
{
	if (n >= SYNCFS_FROM) {
		if (syncfs(d[0]->md->tmp_fd) == 0)
			return TRUE;
		return error_from_errno(error, errno, "cannot write to '%s'", d[0]->md->path);
	}
	for (gsize i = 0; i < n; i++)
		if (!sync_one(d[i], error))
			return FALSE;
	return TRUE;
}

static gboolean show(struct delivery *d, GError **error)
{
	struct maildir *md = d->md;

	if (maildir_rename(md->tmp_fd, d->tmp_name, maildir_fd(md, d->to_new), d->file) < 0)
		return error_from_errno(error, errno, "cannot deliver into '%s'", md->path);
	d->visible = TRUE;
	g_free(d->path);
	d->path = g_build_filename(md->path, d->to_new ? "new" : "cur", d->file, NULL);
	return TRUE;
}

gboolean delivery_commit(struct delivery *const *d, gsize n, GError **error)
{
	gboolean in_new = FALSE, in_cur = FALSE;

	if (n == 0)
		return TRUE;
	if (!delivery_sync(d, n, error))
		return FALSE;
	step_point("delivery-synced");
	for (gsize i = 0; i < n; i++) {
		if (!show(d[i], error))
			return FALSE;
		in_new |= d[i]->to_new;
		in_cur |= !d[i]->to_new;
	}
	step_point("delivery-renamed");
	if (in_new && !file_sync(d[0]->md->new_fd, d[0]->md->path, error))
		return FALSE;
	if (in_cur && !file_sync(d[0]->md->cur_fd, d[0]->md->path, error))
		return FALSE;
	step_point("delivery-durable");
	return TRUE;
}

gboolean delivery_replace(struct delivery *d, const char *base, mark_t mark, GError **error)
{
	/* What was there lies in tmp/ now, and goes with `d`. */
	return maildir_exchange(d->md, base, mark, d->tmp_name, error);
}

void delivery_free(struct delivery *d)
{
	if (d->fd >= 0)
		close(d->fd);
	if (!d->visible && d->tmp_name)
		unlinkat(d->md->tmp_fd, d->tmp_name, 0);
	g_free(d->tmp_name);
	g_free(d->base);
	g_free(d->file);
	g_free(d->letters);
	g_free(d->path);
	g_free(d->buffer);
	g_free(d);
}
