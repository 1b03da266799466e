/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The copy that a dry run works on. */
#include "cur/store/rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "schema.h"
#include "state-db.h"

#define PREFIX "rehearsal."

enum { DEPTH_MAX = 60, FORGOTTEN_S = 60 * 60 };

/* ---- going ------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void rehearsal_end(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What was killed in the middle of one left its links behind. */
static void sweep(const char *data_dir)
{
	g_autoptr(GDir) dir = g_dir_open(data_dir, 0, NULL);
	const char *name;
	struct stat st;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(data_dir, name, NULL);

		if (g_str_has_prefix(name, PREFIX) && lstat(path, &st) == 0 &&
		    st.st_mtime < time(NULL) - FORGOTTEN_S)
			rehearsal_end(path);
	}
}

/* ---- files ------------------------------------------------------------------------ */

static gboolean copy_folder(const char *from, const char *to, int depth, GError **error);

/* A file that another program took away or renamed meanwhile is none of the copy. */
static gboolean copy_entry(const char *from, const char *to, int depth, GError **error)
{
	struct stat st;

	if (lstat(from, &st) < 0)
		return errno == ENOENT || error_from_errno(error, errno, "cannot read '%s'", from);
	if (S_ISDIR(st.st_mode))
		return depth >= DEPTH_MAX || copy_folder(from, to, depth + 1, error);
	if (!S_ISREG(st.st_mode) || link(from, to) == 0 || errno == ENOENT)
		return TRUE;
	return error_from_errno(error, errno, "cannot link '%s' for a rehearsal", from);
}

/* With its times: a folder that changed just now is no proof that a file is gone. */
static gboolean copy_times(const char *from, const char *to, GError **error)
{
	struct timespec times[2];
	struct stat st;

	if (stat(from, &st) < 0)
		return errno == ENOENT || error_from_errno(error, errno, "cannot read '%s'", from);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	return utimensat(AT_FDCWD, to, times, 0) == 0 ||
	       error_from_errno(error, errno, "cannot set the time of '%s'", to);
}

static gboolean copy_folder(const char *from, const char *to, int depth, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	const char *name;

	if (!dir)
		return errno == ENOENT || error_from_errno(error, errno, "cannot read '%s'", from);
	if (g_mkdir(to, 0700) < 0)
		return error_from_errno(error, errno, "cannot make '%s'", to);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *target = g_build_filename(to, name, NULL);

		if (!copy_entry(source, target, depth, error))
			return FALSE;
	}
	return copy_times(from, to, error);
}

/* ---- state.db ----------------------------------------------------------------------- */

static gboolean copy_pages(sqlite3 *from, sqlite3 *to, GError **error)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return state_db_error(error, to, sqlite3_errcode(to));
	do
		rc = sqlite3_backup_step(backup, -1);
	while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	sqlite3_backup_finish(backup);
	return rc == SQLITE_DONE || state_db_error(error, to, rc);
}

/* The Maildirs that it names are those of the copy. */
static gboolean point_at(sqlite3 *db, const char *from, const char *to, GError **error)
{
	static const char words[] =
	    "UPDATE mailboxes SET path = CAST(?2 || substr(path, length(?1) + 1) AS BLOB)"
	    " WHERE substr(path, 1, length(?1)) = ?1 AND account <> ''";
	sqlite3_stmt *row = NULL;
	int rc = sqlite3_prepare_v2(db, words, -1, &row, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_blob(row, 1, from, (int)strlen(from), SQLITE_STATIC);
		sqlite3_bind_blob(row, 2, to, (int)strlen(to), SQLITE_STATIC);
		rc = sqlite3_step(row);
	}
	sqlite3_finalize(row);
	return rc == SQLITE_DONE || state_db_error(error, db, rc);
}

static gboolean copy_state(const char *from_dir, const char *to_dir, GError **error)
{
	g_autofree char *from_path = g_build_filename(from_dir, "state.db", NULL);
	g_autofree char *to_path = g_build_filename(to_dir, "state.db", NULL);
	g_autofree char *old = g_strconcat(from_dir, "/", NULL);
	g_autofree char *new = g_strconcat(to_dir, "/", NULL);
	sqlite3 *from = NULL, *to = NULL;
	gboolean ok = FALSE;
	int rc;

	if (access(from_path, F_OK) < 0)
		return TRUE; /* nothing was ever synced */
	rc = sqlite3_open_v2(from_path, &from, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_open(to_path, &to);
	if (rc == SQLITE_OK)
		ok = copy_pages(from, to, error) && point_at(to, old, new, error);
	else
		state_db_error(error, to ? to : from, rc);
	sqlite3_close(to);
	sqlite3_close(from);
	return ok;
}

/* ---- the whole ------------------------------------------------------------------------ */

char *rehearsal_begin(const char *data_dir, GError **error)
{
	g_autofree char *path = g_build_filename(data_dir, PREFIX "XXXXXX", NULL);
	g_autofree char *from = g_build_filename(data_dir, "mail", NULL), *to = NULL;

	sweep(data_dir);
	if (!g_mkdtemp(path)) {
		error_from_errno(error, errno, "cannot make '%s'", path);
		return NULL;
	}
	to = g_build_filename(path, "mail", NULL);
	/* Files after their state: what comes in between is like a change of another program. */
	if (copy_state(data_dir, path, error) && copy_folder(from, to, 0, error))
		return g_steal_pointer(&path);
	rehearsal_end(path);
	return NULL;
}
