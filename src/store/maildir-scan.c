/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a Maildir. A folder that others rename in while it is read can hide
 * files that are there all the time; what a scan did not see is therefore no
 * news unless nothing moved meanwhile (maildir_scan_is_complete).
 */
#include "maildir-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cur/base/error.h"

struct maildir_scan {
	GArray *entries; /* struct seen */
	GStringChunk *names;
	gboolean complete;
};

/* An entry and the name it had; the entry comes first so that callers can walk the array. */
struct seen {
	struct maildir_entry entry;
	const char *file;
};

typedef DIR *dir_handle;
static void dir_close(dir_handle *dir)
{
	if (*dir)
		closedir(*dir);
}

/* Only regular files count: no links, pipes or folders, and nothing hidden. */
static gboolean is_message(int fd, const struct dirent *de)
{
	struct stat st;

	if (de->d_name[0] == '.')
		return FALSE;
	if (de->d_type != DT_UNKNOWN)
		return de->d_type == DT_REG;
	return fstatat(fd, de->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static void add_file(struct maildir_scan *scan, const char *file, gboolean in_new)
{
	g_autofree char *base = maildir_name_base(file, NULL);
	struct seen seen = {
	    .entry.base = g_string_chunk_insert(scan->names, base),
	    .entry.uid = maildir_name_uid(file),
	    .entry.mark = maildir_name_mark(file, in_new),
	    .file = g_string_chunk_insert(scan->names, file),
	};

	g_array_append_val(scan->entries, seen);
}

static gboolean read_folder(struct maildir_scan *scan, struct maildir *md, gboolean in_new,
			    GError **error)
{
	__attribute__((cleanup(dir_close))) dir_handle dir = NULL;
	int fd = openat(maildir_fd(md, in_new), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int saved = errno;

		if (fd >= 0)
			close(fd);
		return error_from_errno(error, saved, "cannot read the folder '%s'", md->path);
	}
	for (;;) {
		struct dirent *de;

		errno = 0;
		de = readdir(dir);
		if (!de)
			break;
		if (is_message(fd, de))
			add_file(scan, de->d_name, in_new);
	}
	if (errno)
		return error_from_errno(error, errno, "cannot read the folder '%s'", md->path);
	return TRUE;
}

/* By base name; of one name the file in cur/ first. */
static gint compare_seen(gconstpointer a, gconstpointer b)
{
	const struct maildir_entry *x = a, *y = b;
	int order = strcmp(x->base, y->base);

	return order ? order : (int)(x->mark & MARK_NEW) - (int)(y->mark & MARK_NEW);
}

static void merge_doubles(GArray *entries)
{
	guint kept = 0;

	for (guint i = 0; i < entries->len; i++) {
		struct seen *seen = &g_array_index(entries, struct seen, i);
		struct seen *last = kept ? &g_array_index(entries, struct seen, kept - 1) : NULL;

		if (last && strcmp(last->entry.base, seen->entry.base) == 0)
			last->entry.twice = TRUE;
		else
			g_array_index(entries, struct seen, kept++) = *seen;
	}
	g_array_set_size(entries, kept);
}

static gboolean same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Is a change of this moment bound to show in the time? Clocks may be ahead or behind. */
static gboolean is_older(const struct timespec *t, const struct timespec *now, gint64 ms)
{
	gint64 age_ms =
	    ((gint64)now->tv_sec - t->tv_sec) * 1000 + (now->tv_nsec - t->tv_nsec) / 1000000;

	return age_ms > ms || age_ms < -ms;
}

static gboolean is_settled(const struct timespec *mtime, const struct timespec *now)
{
	return is_older(mtime, now, 1000);
}

struct maildir_scan *maildir_scan(struct maildir *md, GError **error)
{
	auto_ptr(maildir_scan) scan = g_new0(struct maildir_scan, 1);
	struct stat cur_before, new_before, cur_after, new_after;
	struct timespec now;

	scan->entries = g_array_new(FALSE, FALSE, sizeof(struct seen));
	scan->names = g_string_chunk_new(16 << 10);
	clock_gettime(CLOCK_REALTIME, &now);
	if (fstat(md->cur_fd, &cur_before) < 0 || fstat(md->new_fd, &new_before) < 0) {
		error_from_errno(error, errno, "cannot read the folder '%s'", md->path);
		return NULL;
	}
	/* new/ first: a message that moves to cur/ meanwhile is seen at least once. */
	if (!read_folder(scan, md, TRUE, error) || !read_folder(scan, md, FALSE, error))
		return NULL;
	if (fstat(md->cur_fd, &cur_after) < 0 || fstat(md->new_fd, &new_after) < 0) {
		error_from_errno(error, errno, "cannot read the folder '%s'", md->path);
		return NULL;
	}
	scan->complete = cur_after.st_nlink && same_time(&cur_before.st_mtim, &cur_after.st_mtim) &&
			 same_time(&new_before.st_mtim, &new_after.st_mtim) &&
			 is_settled(&cur_before.st_mtim, &now) &&
			 is_settled(&new_before.st_mtim, &now);
	g_array_sort(scan->entries, compare_seen);
	merge_doubles(scan->entries);
	return g_steal_pointer(&scan);
}

void maildir_scan_free(struct maildir_scan *scan)
{
	if (!scan)
		return;
	g_array_unref(scan->entries);
	g_string_chunk_free(scan->names);
	g_free(scan);
}

gsize maildir_scan_n(const struct maildir_scan *scan)
{
	return scan->entries->len;
}

const struct maildir_entry *maildir_scan_entry(const struct maildir_scan *scan, gsize i)
{
	return &g_array_index(scan->entries, struct seen, i).entry;
}

const struct maildir_entry *maildir_scan_find(const struct maildir_scan *scan, const char *base)
{
	gsize low = 0, high = scan->entries->len;

	while (low < high) {
		gsize middle = low + (high - low) / 2;
		const struct maildir_entry *entry = maildir_scan_entry(scan, middle);
		int order = strcmp(entry->base, base);

		if (order == 0)
			return entry;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *maildir_entry_file(const struct maildir_entry *entry)
{
	return ((const struct seen *)entry)->file;
}

gboolean maildir_scan_is_complete(const struct maildir_scan *scan)
{
	return scan->complete;
}

/* A file system that counts seconds gives no nanoseconds; others count in ticks of 10 ms or less.
 */
static gboolean shows_every_change(const struct timespec *ctime, const struct timespec *now)
{
	return is_older(ctime, now, ctime->tv_nsec % 1000 ? 100 : 2000);
}

/* The time of the inode: unlike the mtime nobody can set it back. */
static gboolean append_words(GString *words, int fd, const struct timespec *now)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !st.st_nlink || !shows_every_change(&st.st_ctim, now))
		return FALSE;
	g_string_append_printf(
	    words, " %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld",
	    (guint64)st.st_dev, (guint64)st.st_ino, (gint64)st.st_ctim.tv_sec,
	    (long)st.st_ctim.tv_nsec);
	return TRUE;
}

char *maildir_state_words(const struct maildir *md)
{
	GString *words = g_string_new(NULL);
	struct timespec now;
	gboolean ok;

	clock_gettime(CLOCK_REALTIME, &now);
	ok = append_words(words, maildir_fd(md, TRUE), &now) &&
	     append_words(words, maildir_fd(md, FALSE), &now);
	return g_string_free(words, !ok);
}
