/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a part to a file that a hostile name or a waiting link cannot turn. */
#include "save-part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"

/* What is written: the content as it came, or a text in UTF-8. */
struct saved {
	struct part *part;
	gboolean as_utf8;
};

static gboolean write_content(const struct saved *saved, int fd, GError **error)
{
	g_autofree char *text = NULL;
	gsize n;

	if (!saved->as_utf8)
		return part_save_fd(saved->part, fd, error);
	text = part_text(saved->part, &n);
	return file_write_all(fd, text, n, error);
}

static gboolean write_and_close(const struct saved *saved, int fd, const char *path, GError **error)
{
	gboolean ok = write_content(saved, fd, error) && file_sync(fd, path, error);

	if (close(fd) != 0 && ok)
		return error_from_errno(error, errno, "cannot write '%s'", path);
	return ok;
}

static gboolean save_new(const struct saved *saved, const char *path, GError **error)
{
	int fd = file_create_exclusive(path, 0600, error);

	if (fd < 0)
		return FALSE;
	if (write_and_close(saved, fd, path, error))
		return TRUE;
	unlink(path);
	return FALSE;
}

/* Beside it and renamed over it: the old file stays whole until the new one is. */
static gboolean save_over(const struct saved *saved, const char *path, GError **error)
{
	g_autofree char *beside = g_strdup_printf("%s.%08x", path, g_random_int());
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(error, CUR_ERROR_REFUSED, "'%s' is no regular file", path);
	if (!save_new(saved, beside, error))
		return FALSE;
	if (rename(beside, path) == 0)
		return TRUE;
	error_from_errno(error, errno, "cannot replace '%s'", path);
	unlink(beside);
	return FALSE;
}

static gboolean save_append(const struct saved *saved, const char *path, GError **error)
{
	/* O_NONBLOCK: a FIFO without a reader fails instead of waiting. */
	int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return error_set(error, CUR_ERROR_REFUSED, "'%s' is no regular file", path);
	}
	return write_and_close(saved, fd, path, error);
}

gboolean save_part(struct part *part, const char *path, enum save_how how, gboolean as_utf8,
		   GError **error)
{
	const struct saved saved = {part, as_utf8};

	switch (how) {
	case SAVE_OVERWRITE:
		return save_over(&saved, path, error);
	case SAVE_APPEND:
		return save_append(&saved, path, error);
	default:
		return save_new(&saved, path, error);
	}
}

char *save_path(const char *typed, const char *name)
{
	g_autofree char *path = path_home_expand(typed);

	if (g_str_has_suffix(path, "/") || g_file_test(path, G_FILE_TEST_IS_DIR))
		return g_build_filename(path, name, NULL);
	return g_steal_pointer(&path);
}

/* Anything counts as being there, a dangling link too. */
static gboolean is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

char *save_free_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	int stem = dot && dot > base ? (int)(dot - path) : (int)strlen(path);

	if (!is_there(path))
		return g_strdup(path);
	for (guint i = 1;; i++) {
		char *other = g_strdup_printf("%.*s-%u%s", stem, path, i, path + stem);

		if (!is_there(other))
			return other;
		g_free(other);
	}
}
