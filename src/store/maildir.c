/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One Maildir: make, open, find a message in it, rename, copy, remove. */
#include "maildir-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/step.h"

enum {
	FIND_TRIES = 3,	      /* another program may rename between our look and our act */
	COPY_CHUNK = 64 << 10 /* bytes */
};

/* ---- make and open ---- */

/* cur/ last: it is what makes a folder a mailbox (maildir_open). */
static const char *const parts[] = {"tmp", "new", "cur"};

gboolean maildir_create(const char *path, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *part = g_build_filename(path, parts[i], NULL);

		if (!file_make_dirs(part, error))
			return FALSE;
	}
	return TRUE;
}

void maildir_discard(const char *path)
{
	g_autofree char *keywords = g_build_filename(path, "dovecot-keywords", NULL);
	gboolean is_empty = TRUE;

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *part = g_build_filename(path, parts[i], NULL);

		is_empty &= rmdir(part) == 0 || errno == ENOENT;
	}
	if (!is_empty)
		return;
	unlink(keywords);
	rmdir(path);
}

static int open_part(int folder, const char *name, gboolean make)
{
	if (make && mkdirat(folder, name, 0700) < 0 && errno != EEXIST)
		return -1;
	return openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

struct maildir *maildir_open(const char *path, GError **error)
{
	auto_ptr(maildir) md = g_new0(struct maildir, 1);
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	md->path = g_strdup(path);
	md->cur_fd = md->new_fd = md->tmp_fd = -1;
	if (folder >= 0) {
		md->cur_fd = open_part(folder, "cur", FALSE);
		md->new_fd = md->cur_fd < 0 ? -1 : open_part(folder, "new", TRUE);
		md->tmp_fd = md->new_fd < 0 ? -1 : open_part(folder, "tmp", TRUE);
	}
	if (md->tmp_fd < 0) {
		error_from_errno(error, errno, "cannot open the mailbox '%s'", path);
		if (folder >= 0)
			close(folder);
		return NULL;
	}
	close(folder);
	return g_steal_pointer(&md);
}

void maildir_close(struct maildir *md)
{
	int fds[] = {md->cur_fd, md->new_fd, md->tmp_fd};

	for (guint i = 0; i < G_N_ELEMENTS(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	maildir_scan_free(md->found);
	g_free(md->path);
	g_free(md);
}

int maildir_fd(const struct maildir *md, gboolean in_new)
{
	return in_new ? md->new_fd : md->cur_fd;
}

gboolean maildir_sync(struct maildir *md, GError **error)
{
	return file_sync(md->new_fd, md->path, error) && file_sync(md->cur_fd, md->path, error);
}

static gboolean is_old_file(int fd, const char *name, time_t now)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       now - st.st_mtime > MAILDIR_TMP_HOURS * 3600;
}

guint maildir_sweep(struct maildir *md)
{
	int fd = openat(md->tmp_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	time_t now = time(NULL);
	struct dirent *de;
	guint n = 0;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((de = readdir(dir)))
		if (is_old_file(fd, de->d_name, now) && unlinkat(fd, de->d_name, 0) == 0)
			n++;
	closedir(dir);
	return n;
}

/* ---- find ---- */

/* An error is no absence: whoever opens the file will be told of it. */
static gboolean is_there(int fd, const char *file)
{
	struct stat st;

	if (fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT && errno != ENAMETOOLONG;
	return S_ISREG(st.st_mode);
}

/* The names a message with this mark has nearly always. */
static gboolean locate_by_mark(struct maildir *md, const char *base, mark_t mark,
			       struct maildir_place *out)
{
	const mark_t there = mark & (MAILDIR_MARKS | MARK_NEW);
	const mark_t guesses[] = {there, there & ~(mark_t)MARK_NEW, MARK_NEW};

	for (guint i = 0; i < G_N_ELEMENTS(guesses); i++) {
		g_autofree char *file = maildir_name_join(base, guesses[i], NULL);
		gboolean in_new = (guesses[i] & MARK_NEW) != 0;

		if (is_there(maildir_fd(md, in_new), file)) {
			out->in_new = in_new;
			out->file = g_steal_pointer(&file);
			return TRUE;
		}
	}
	return FALSE;
}

/* What the last search found is known to be stale. */
static void maildir_forget(struct maildir *md)
{
	maildir_scan_free(md->found);
	md->found = NULL;
}

static gboolean folders_changed(const struct maildir *md, const struct stat *cur,
				const struct stat *new)
{
	return memcmp(&md->found_cur, &cur->st_mtim, sizeof md->found_cur) != 0 ||
	       memcmp(&md->found_new, &new->st_mtim, sizeof md->found_new) != 0;
}

/* Read the folder unless what is known of it is the newest state. */
static gboolean refresh_found(struct maildir *md, GError **error)
{
	struct stat cur, new;

	if (fstat(md->cur_fd, &cur) < 0 || fstat(md->new_fd, &new) < 0)
		return error_from_errno(error, errno, "cannot read the folder '%s'", md->path);
	if (md->found && maildir_scan_is_complete(md->found) && !folders_changed(md, &cur, &new))
		return TRUE;
	maildir_forget(md);
	md->found = maildir_scan(md, error);
	md->found_cur = cur.st_mtim;
	md->found_new = new.st_mtim;
	return md->found != NULL;
}

static gboolean locate_in_found(struct maildir *md, const char *base, struct maildir_place *out)
{
	const struct maildir_entry *entry = md->found ? maildir_scan_find(md->found, base) : NULL;
	gboolean in_new = entry && (entry->mark & MARK_NEW);

	if (!entry || !is_there(maildir_fd(md, in_new), maildir_entry_file(entry)))
		return FALSE;
	out->in_new = in_new;
	out->file = g_strdup(maildir_entry_file(entry));
	return TRUE;
}

/* Find a message: by `mark`, else by reading the folder. GONE when it is not there. */
static gboolean maildir_locate(struct maildir *md, const char *base, mark_t mark,
			       struct maildir_place *out, GError **error)
{
	if (strchr(base, '/') || base[0] == '.')
		return error_set(error, CUR_ERROR_USAGE, "'%s' is no name of a message", base);
	if (locate_by_mark(md, base, mark, out) || locate_in_found(md, base, out))
		return TRUE;
	for (int try = 0; try < FIND_TRIES; try++) {
		if (!refresh_found(md, error))
			return FALSE;
		if (locate_in_found(md, base, out))
			return TRUE;
		if (maildir_scan_is_complete(md->found))
			break;
	}
	return error_set(error, CUR_ERROR_GONE, "the message '%s' is not in '%s' any more", base,
			 md->path);
}

char *maildir_find(struct maildir *md, const char *base, mark_t mark, GError **error)
{
	struct maildir_place place = {0};
	g_autofree char *file = NULL;

	if (!maildir_locate(md, base, mark, &place, error))
		return NULL;
	file = place.file;
	return g_build_filename(md->path, place.in_new ? "new" : "cur", file, NULL);
}

char *maildir_find_at(const char *path, const char *base, mark_t mark, GError **error)
{
	auto_ptr(maildir) md = maildir_open(path, error);

	return md ? maildir_find(md, base, mark, error) : NULL;
}

/* ---- change ---- */

int maildir_rename(int from_fd, const char *from, int to_fd, const char *to)
{
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* A file system without the flag: look first, as well as one can. */
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (faccessat(to_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_fd, from, to_fd, to);
}

/*
 * Do `act` to the file of a message, wherever it is; when another program renames
 * it in between, find it again. `act` returns 0, or -1 with errno.
 */
typedef int (*place_fn)(struct maildir *md, const struct maildir_place *place, const void *data);
static gboolean with_file(struct maildir *md, const char *base, mark_t mark, const char *what,
			  place_fn act, const void *data, GError **error)
{
	int saved = ENOENT;

	for (int try = 0; try < FIND_TRIES && saved == ENOENT; try++) {
		struct maildir_place place = {0};
		g_autofree char *file = NULL;

		if (!maildir_locate(md, base, mark, &place, error))
			return FALSE;
		file = place.file;
		if (act(md, &place, data) == 0)
			return TRUE;
		saved = errno;
		maildir_forget(md);
	}
	return error_from_errno(error, saved, "cannot %s '%s' in '%s'", what, base, md->path);
}

struct rename_to {
	const char *base;
	mark_t mark;
	gboolean keep_place; /* mark is not looked at: only the base changes */
};

static int rename_file(struct maildir *md, const struct maildir_place *place, const void *data)
{
	const struct rename_to *to = data;
	gboolean to_new = to->keep_place ? place->in_new : (to->mark & MARK_NEW) != 0;
	mark_t mark = to->keep_place ? maildir_name_mark(place->file, place->in_new) : to->mark;
	g_autofree char *base = NULL;
	g_autofree char *file = NULL;
	const char *letters;

	base = maildir_name_base(place->file, &letters);
	file = maildir_name_join(to->base, mark, letters);
	if (to_new == place->in_new && strcmp(file, place->file) == 0)
		return 0;
	return maildir_rename(maildir_fd(md, place->in_new), place->file, maildir_fd(md, to_new),
			      file);
}

gboolean maildir_set_mark(struct maildir *md, const char *base, mark_t from, mark_t to,
			  GError **error)
{
	struct rename_to target = {.base = base, .mark = to};

	return with_file(md, base, from, "change the flags of", rename_file, &target, error);
}

/* Where the file system cannot exchange them, the file in tmp/ is gone then. */
static int exchange(struct maildir *md, const struct maildir_place *place, const void *tmp_name)
{
	int fd = maildir_fd(md, place->in_new);

	if (renameat2(md->tmp_fd, tmp_name, fd, place->file, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (faccessat(fd, place->file, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return renameat(md->tmp_fd, tmp_name, fd, place->file);
}

gboolean maildir_exchange(struct maildir *md, const char *base, mark_t mark, const char *tmp_name,
			  GError **error)
{
	return with_file(md, base, mark, "replace", exchange, tmp_name, error);
}

gboolean maildir_set_uid(struct maildir *md, const char *base, mark_t mark, guint32 uid,
			 char **new_base, GError **error)
{
	g_autofree char *renamed = maildir_name_with_uid(base, uid);
	struct rename_to target = {.base = renamed, .keep_place = TRUE};

	if (!with_file(md, base, mark, "rename", rename_file, &target, error))
		return FALSE;
	*new_base = g_steal_pointer(&renamed);
	return TRUE;
}

static int remove_file(struct maildir *md, const struct maildir_place *place, const void *data)
{
	return unlinkat(maildir_fd(md, place->in_new), place->file, 0);
}

gboolean maildir_remove(struct maildir *md, const char *base, mark_t mark, GError **error)
{
	return with_file(md, base, mark, "remove", remove_file, NULL, error);
}

/* ---- copy and move ---- */

static gboolean pour(int fd, struct delivery *into, const char *what, GError **error)
{
	g_autofree char *chunk = g_malloc(COPY_CHUNK);
	gssize n;

	while ((n = read(fd, chunk, COPY_CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(error, errno, "cannot read '%s'", what);
		if (!delivery_write(into, chunk, n, error))
			return FALSE;
	}
	return TRUE;
}

/* The way where links cannot be: another file system, or one without them. */
static gboolean copy_bytes(int fd, const char *path, struct maildir *to, mark_t to_mark,
			   char **new_base, GError **error)
{
	auto_ptr(delivery) d = delivery_open(to, error);
	g_autofree char *file = g_path_get_basename(path);
	g_autofree char *base = NULL;
	struct delivery *one = d;
	const char *letters;
	struct stat st;

	if (!d)
		return FALSE;
	if (fstat(fd, &st) < 0)
		return error_from_errno(error, errno, "cannot read '%s'", path);
	base = maildir_name_base(file, &letters);
	delivery_keep_letters(d, letters);
	if (!pour(fd, d, path, error) || !delivery_finish(d, 0, to_mark, st.st_mtime, error) ||
	    !delivery_commit(&one, 1, error))
		return FALSE;
	*new_base = g_strdup(delivery_base(d));
	return TRUE;
}

struct link_to {
	struct maildir *to;
	const char *base;
	mark_t mark;
};

static int link_file(struct maildir *md, const struct maildir_place *place, const void *data)
{
	const struct link_to *target = data;
	g_autofree char *base = NULL;
	g_autofree char *file = NULL;
	const char *letters;

	base = maildir_name_base(place->file, &letters);
	file = maildir_name_join(target->base, target->mark, letters);
	return linkat(maildir_fd(md, place->in_new), place->file,
		      maildir_fd(target->to, (target->mark & MARK_NEW) != 0), file, 0);
}

gboolean maildir_copy(struct maildir *from, const char *base, mark_t mark, struct maildir *to,
		      mark_t to_mark, char **new_base, GError **error)
{
	g_autofree char *name = maildir_name_new(0);
	g_autofree char *path = NULL;
	g_autoptr(GError) link_error = NULL;
	struct link_to target = {to, name, to_mark};
	gboolean done;
	int fd;

	if (with_file(from, base, mark, "copy", link_file, &target, &link_error)) {
		*new_base = g_steal_pointer(&name);
		return TRUE;
	}
	if (error_is(link_error, CUR_ERROR_GONE) || error_is(link_error, CUR_ERROR_FULL)) {
		g_propagate_error(error, g_steal_pointer(&link_error));
		return FALSE;
	}
	path = maildir_find(from, base, mark, error);
	if (!path)
		return FALSE;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_from_errno(error, errno, "cannot read '%s'", path);
	done = copy_bytes(fd, path, to, to_mark, new_base, error);
	close(fd);
	return done;
}

gboolean maildir_move(struct maildir *from, const char *base, mark_t mark, struct maildir *to,
		      mark_t to_mark, char **new_base, GError **error)
{
	g_autofree char *name = NULL;

	if (!maildir_copy(from, base, mark, to, to_mark, &name, error))
		return FALSE;
	step_point("move-copied");
	if (!maildir_sync(to, error))
		return FALSE;
	step_point("move-copy-durable");
	if (!maildir_remove(from, base, mark, error))
		return FALSE;
	step_point("move-removed");
	if (!maildir_sync(from, error))
		return FALSE;
	*new_base = g_steal_pointer(&name);
	return TRUE;
}
