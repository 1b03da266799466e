/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libnotmuch over our Maildirs. The database and a configuration of its own lie in
 * …/index, so the user's notmuch set-up is neither read nor changed. Changes are
 * grouped by notmuch's atomic sections, and counted as done only when ending the
 * section and closing the database both succeeded.
 */
#include "cur/store/fulltext.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/mail/partial.h"
#include "cur/store/maildir.h"
#include "fulltext-private.h"

/* ---- errors ---- */

static enum cur_error code_of(notmuch_status_t status)
{
	switch (status) {
	case NOTMUCH_STATUS_READ_ONLY_DATABASE:
		return CUR_ERROR_DENIED;
	case NOTMUCH_STATUS_NO_DATABASE:
	case NOTMUCH_STATUS_NO_CONFIG:
		return CUR_ERROR_GONE;
	case NOTMUCH_STATUS_BAD_QUERY_SYNTAX:
		return CUR_ERROR_USAGE;
	case NOTMUCH_STATUS_PATH_ERROR:
	case NOTMUCH_STATUS_XAPIAN_EXCEPTION:
		return CUR_ERROR_CORRUPT;
	default:
		return CUR_ERROR_IO;
	}
}

/* Xapian's kinds of trouble come as one status; its words tell them apart. */
static enum cur_error code_of_words(notmuch_status_t status, const char *words)
{
	if (words && (strstr(words, "No space left") || strstr(words, "Disk quota")))
		return CUR_ERROR_FULL;
	if (words && strstr(words, "modified"))
		return CUR_ERROR_RETRY;
	return code_of(status);
}

gboolean fulltext_fail(GError **error, notmuch_status_t status, const char *words, const char *dir)
{
	g_autofree char *line =
	    g_strdup(words && *words ? words : notmuch()->status_to_string(status));

	g_strdelimit(line, "\n\r", ' ');
	g_strstrip(line);
	return error_set(error, code_of_words(status, words), "full-text index '%s': %s", dir,
			 line);
}

static gboolean fail_db(GError **error, notmuch_status_t status, struct fulltext *ft)
{
	return fulltext_fail(error, status,
			     ft->db ? notmuch()->database_status_string(ft->db) : NULL,
			     ft->index_dir);
}

/* ---- open ---- */

static char *config_path(const char *index_dir)
{
	return g_build_filename(index_dir, "config", NULL);
}

/* New mail gets no tag at all: what notmuch itself adds there is the user's choice. */
static gboolean write_config(const char *index_dir, const char *mail_dir, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *path = config_path(index_dir);
	g_autofree char *text = NULL;
	gsize n;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	g_key_file_set_string(file, "database", "path", index_dir);
	g_key_file_set_string(file, "database", "mail_root", mail_dir);
	g_key_file_set_string(file, "new", "tags", "");
	g_key_file_set_string(file, "maildir", "synchronize_flags", "false");
	text = g_key_file_to_data(file, &n, NULL);
	return file_write_atomic(path, text, n, 0600, error);
}

/* Xapian writes this file last: without it an index was begun and not finished. */
gboolean fulltext_exists(const char *index_dir)
{
	g_autofree char *last = g_build_filename(index_dir, "xapian", "iamglass", NULL);

	return g_file_test(last, G_FILE_TEST_IS_REGULAR);
}

/* D21: where the disk was full, or a kill came, when it was to be made. */
static gboolean clear_unfinished(const char *index_dir, GError **error)
{
	return fulltext_exists(index_dir) || fulltext_destroy(index_dir, error);
}

/* libnotmuch names a missing database in several ways: look for it ourselves. */
notmuch_status_t fulltext_open_db(struct fulltext *ft, notmuch_database_mode_t mode, char **words)
{
	g_autofree char *config = config_path(ft->index_dir);

	if (fulltext_exists(ft->index_dir))
		return notmuch()->database_open_with_config(ft->index_dir, mode, config, NULL,
							    &ft->db, words);
	if (mode == NOTMUCH_DATABASE_MODE_READ_ONLY)
		return NOTMUCH_STATUS_NO_DATABASE;
	return notmuch()->database_create_with_config(ft->index_dir, config, NULL, &ft->db, words);
}

struct fulltext *fulltext_new(const char *index_dir, const char *mail_dir)
{
	struct fulltext *ft = g_new0(struct fulltext, 1);

	ft->index_dir = g_strdup(index_dir);
	ft->mail_dir = g_strdup(mail_dir);
	return ft;
}

void fulltext_free(struct fulltext *ft)
{
	if (ft->db)
		notmuch()->database_destroy(ft->db);
	g_free(ft->index_dir);
	g_free(ft->mail_dir);
	g_free(ft);
}

/*
 * Does another program write? libnotmuch would wait for it without end. Xapian's
 * lock is a POSIX one on a file of its own.
 */
static gboolean is_locked(const char *index_dir)
{
	g_autofree char *path = g_build_filename(index_dir, "xapian", "flintlock", NULL);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	gboolean locked = fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

struct fulltext *fulltext_open(const char *index_dir, const char *mail_dir, GError **error)
{
	struct fulltext *ft;
	char *words = NULL;
	notmuch_status_t status;

	if (!notmuch_load(error))
		return NULL;
	if (is_locked(index_dir)) {
		error_set(error, CUR_ERROR_BUSY, "full-text index '%s': another program writes it",
			  index_dir);
		return NULL;
	}
	if (!clear_unfinished(index_dir, error) || !path_make_private(index_dir, error) ||
	    !write_config(index_dir, mail_dir, error))
		return NULL;
	ft = fulltext_new(index_dir, mail_dir);
	status = fulltext_open_db(ft, NOTMUCH_DATABASE_MODE_READ_WRITE, &words);
	if (status == NOTMUCH_STATUS_SUCCESS && notmuch()->database_needs_upgrade(ft->db))
		status = notmuch()->database_upgrade(ft->db, NULL, NULL);
	if (status != NOTMUCH_STATUS_SUCCESS) {
		fulltext_fail(error, status, words, index_dir);
		g_clear_pointer(&ft, fulltext_free);
	}
	free(words);
	return ft;
}

gboolean fulltext_close(struct fulltext *ft, GError **error)
{
	notmuch_status_t status;
	gboolean done;

	if (!ft)
		return TRUE;
	done = fulltext_commit(ft, error);
	status = notmuch()->database_close(ft->db);
	if (done && status != NOTMUCH_STATUS_SUCCESS)
		done = fail_db(error, status, ft);
	fulltext_free(ft);
	return done;
}

/* ---- changes ---- */

static gboolean begin(struct fulltext *ft, GError **error)
{
	notmuch_status_t status;

	if (ft->in_atomic)
		return TRUE;
	status = notmuch()->database_begin_atomic(ft->db);
	if (status != NOTMUCH_STATUS_SUCCESS)
		return fail_db(error, status, ft);
	ft->in_atomic = TRUE;
	return TRUE;
}

/* end_atomic alone leaves the data in Xapian's memory; reopening writes it and says how that went.
 */
gboolean fulltext_commit(struct fulltext *ft, GError **error)
{
	notmuch_status_t status;

	if (!ft->in_atomic)
		return TRUE;
	ft->in_atomic = FALSE;
	status = notmuch()->database_end_atomic(ft->db);
	if (status == NOTMUCH_STATUS_SUCCESS)
		status = notmuch()->database_reopen(ft->db, NOTMUCH_DATABASE_MODE_READ_WRITE);
	return status == NOTMUCH_STATUS_SUCCESS || fail_db(error, status, ft);
}

static gboolean any_has_its_text(notmuch_message_t *message)
{
	notmuch_filenames_t *names = notmuch()->message_get_filenames(message);
	gboolean any = FALSE;

	for (; !any && notmuch()->filenames_valid(names); notmuch()->filenames_move_to_next(names))
		any = !partial_read(notmuch()->filenames_get(names), NULL);
	notmuch()->filenames_destroy(names);
	return any;
}

/* A notice in place of a text (mail/partial.h) is no attachment of the message. */
static gboolean untag_notice(struct fulltext *ft, const char *path, GError **error)
{
	notmuch_message_t *message = NULL;
	notmuch_status_t status =
	    notmuch()->database_find_message_by_filename(ft->db, path, &message);

	if (message && !any_has_its_text(message))
		status = notmuch()->message_remove_tag(message, "attachment");
	if (message)
		notmuch()->message_destroy(message);
	return status == NOTMUCH_STATUS_SUCCESS || fail_db(error, status, ft);
}

gboolean fulltext_add(struct fulltext *ft, const char *path, GError **error)
{
	notmuch_status_t status;
	struct stat st;

	if (lstat(path, &st) < 0)
		return error_from_errno(error, errno, "cannot index '%s'", path);
	if (!S_ISREG(st.st_mode))
		return TRUE;
	if (!begin(ft, error))
		return FALSE;
	status = notmuch()->database_index_file(ft->db, path, NULL, NULL);
	switch (status) {
	case NOTMUCH_STATUS_SUCCESS:
	case NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID:
		return !partial_read(path, NULL) || untag_notice(ft, path, error);
	case NOTMUCH_STATUS_FILE_NOT_EMAIL:
		return TRUE;
	default:
		return fail_db(error, status, ft);
	}
}

gboolean fulltext_remove(struct fulltext *ft, const char *path, GError **error)
{
	notmuch_status_t status;

	if (!begin(ft, error))
		return FALSE;
	status = notmuch()->database_remove_message(ft->db, path);
	if (status == NOTMUCH_STATUS_SUCCESS || status == NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID)
		return TRUE;
	/* What was never indexed needs no removing. */
	return !fulltext_has(ft, path) || fail_db(error, status, ft);
}

/* The new name first: a message never is without a file, which is what would cost its tags. */
gboolean fulltext_rename(struct fulltext *ft, const char *from, const char *to, GError **error)
{
	return fulltext_add(ft, to, error) && fulltext_remove(ft, from, error);
}

gboolean fulltext_reread(struct fulltext *ft, const char *path, GError **error)
{
	notmuch_message_t *message = NULL;
	notmuch_status_t status;

	if (!fulltext_has(ft, path))
		return fulltext_add(ft, path, error);
	if (!begin(ft, error))
		return FALSE;
	status = notmuch()->database_find_message_by_filename(ft->db, path, &message);
	if (message) {
		status = notmuch()->message_reindex(message, NULL);
		notmuch()->message_destroy(message);
	}
	return status == NOTMUCH_STATUS_SUCCESS || status == NOTMUCH_STATUS_FILE_NOT_EMAIL ||
	       fail_db(error, status, ft);
}

typedef notmuch_status_t (*tag_fn)(notmuch_message_t *message, const char *tag);

static notmuch_status_t each_tag(notmuch_message_t *message, const char *names, tag_fn fn)
{
	g_auto(GStrv) tags = g_strsplit(names, " ", -1);
	notmuch_status_t status = NOTMUCH_STATUS_SUCCESS;

	for (char **tag = tags; *tag && status == NOTMUCH_STATUS_SUCCESS; tag++)
		if (**tag)
			status = fn(message, *tag);
	return status;
}

static gboolean is_old_name(const char *name, const char *path)
{
	g_autofree char *file = g_path_get_basename(name), *now = g_path_get_basename(path);
	g_autofree char *base = maildir_name_base(file, NULL);
	g_autofree char *base_now = maildir_name_base(now, NULL);

	return strcmp(name, path) && !strcmp(base, base_now) && access(name, F_OK) < 0;
}

static GPtrArray *old_names(notmuch_message_t *message, const char *path)
{
	GPtrArray *old = g_ptr_array_new_with_free_func(g_free);
	notmuch_filenames_t *names = notmuch()->message_get_filenames(message);

	for (; notmuch()->filenames_valid(names); notmuch()->filenames_move_to_next(names))
		if (is_old_name(notmuch()->filenames_get(names), path))
			g_ptr_array_add(old, g_strdup(notmuch()->filenames_get(names)));
	notmuch()->filenames_destroy(names);
	return old;
}

gboolean fulltext_tag(struct fulltext *ft, const char *path, const char *add, const char *remove,
		      GError **error)
{
	g_autoptr(GPtrArray) old = NULL;
	notmuch_message_t *message = NULL;
	notmuch_status_t status;
	gboolean done = TRUE;

	if (!fulltext_has(ft, path) && !fulltext_add(ft, path, error))
		return FALSE;
	if (!begin(ft, error))
		return FALSE;
	status = notmuch()->database_find_message_by_filename(ft->db, path, &message);
	/* What is no mail is not in the index. */
	if (status == NOTMUCH_STATUS_SUCCESS && !message)
		return TRUE;
	if (status == NOTMUCH_STATUS_SUCCESS)
		status = each_tag(message, add, notmuch()->message_add_tag);
	if (status == NOTMUCH_STATUS_SUCCESS)
		status = each_tag(message, remove, notmuch()->message_remove_tag);
	if (status == NOTMUCH_STATUS_SUCCESS)
		old = old_names(message, path);
	if (message)
		notmuch()->message_destroy(message);
	for (guint i = 0; old && done && i < old->len; i++)
		done = fulltext_remove(ft, g_ptr_array_index(old, i), error);
	return done && (status == NOTMUCH_STATUS_SUCCESS || fail_db(error, status, ft));
}

gboolean fulltext_has(struct fulltext *ft, const char *path)
{
	notmuch_message_t *message = NULL;
	notmuch_status_t status =
	    notmuch()->database_find_message_by_filename(ft->db, path, &message);

	if (status != NOTMUCH_STATUS_SUCCESS || !message)
		return FALSE;
	notmuch()->message_destroy(message);
	return TRUE;
}

/* Xapian's folder is flat; our configuration beside it stays. */
gboolean fulltext_destroy(const char *index_dir, GError **error)
{
	g_autofree char *path = g_build_filename(index_dir, "xapian", NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		if (unlink(file) < 0 && errno != ENOENT)
			return error_from_errno(error, errno, "cannot remove '%s'", file);
	}
	if (rmdir(path) < 0 && errno != ENOENT)
		return error_from_errno(error, errno, "cannot remove '%s'", path);
	return TRUE;
}
