/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.db as a whole: open, check, transactions, small values. */
#include "cur/store/state.h"

#include <fcntl.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "schema.h"
#include "state-db.h"

static const char settings[] = "PRAGMA journal_mode = WAL;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA foreign_keys = ON;"
			       "PRAGMA temp_store = MEMORY;";

/* SQLite would take 0644 less the umask. */
static gboolean make_private(const char *path, GError **error)
{
	int fd = file_create_exclusive(path, 0600, NULL);

	if (fd < 0)
		return TRUE; /* there already: sqlite3_open says what is wrong with it */
	close(fd);
	g_autofree char *dir = g_path_get_dirname(path);
	return file_sync_dir(dir, error);
}

struct state *state_open(const char *path, GError **error)
{
	auto_ptr(state) st = g_new0(struct state, 1);
	int rc;

	st->statements = g_hash_table_new_full(NULL, NULL, NULL,
					       (GDestroyNotify)(void (*)(void))sqlite3_finalize);
	if (!make_private(path, error))
		return NULL;
	st->path = g_strdup(path);
	rc = sqlite3_open_v2(path, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(st->db, 5000);
		rc = sqlite3_exec(st->db, settings, NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		state_db_error(error, st->db, rc);
		return NULL;
	}
	return schema_update(st->db, path, error) ? g_steal_pointer(&st) : NULL;
}

void state_close(struct state *st)
{
	g_clear_error(&st->unread);
	g_hash_table_unref(st->statements);
	sqlite3_close(st->db);
	g_free(st->path);
	g_free(st);
}

gboolean state_begin(struct state *st, GError **error)
{
	return state_run(st, error, "BEGIN IMMEDIATE", "");
}

gboolean state_read_well(struct state *st, GError **error)
{
	if (!st->unread)
		return TRUE;
	if (error)
		g_propagate_error(error, g_steal_pointer(&st->unread));
	return FALSE;
}

gboolean state_commit(struct state *st, GError **error)
{
	if (state_read_well(st, error) && state_run(st, error, "COMMIT", ""))
		return TRUE;
	state_rollback(st);
	return FALSE;
}

void state_rollback(struct state *st)
{
	/* A full disk may have ended the transaction already. */
	if (!sqlite3_get_autocommit(st->db))
		state_run(st, NULL, "ROLLBACK", "");
}

static gboolean take_text(sqlite3_stmt *row, void *data)
{
	*(char **)data = g_strdup(state_text(row, 0));
	return FALSE;
}

char *state_get(struct state *st, const char *name)
{
	char *value = NULL;

	state_query(st, NULL, take_text, &value, "SELECT value FROM meta WHERE name = ?", "s",
		    name);
	return value;
}

gboolean state_set(struct state *st, const char *name, const char *value, GError **error)
{
	return state_run(st, error, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", "ss",
			 name, value);
}
