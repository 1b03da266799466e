/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements: prepared once, bound by a string of letters, errors in our terms. */
#include "state-db.h"

#include <errno.h>
#include <string.h>

#include "cur/base/error.h"

static enum cur_error code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return CUR_ERROR_DENIED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return CUR_ERROR_CORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return CUR_ERROR_BUSY;
	case SQLITE_CONSTRAINT:
		return CUR_ERROR_EXISTS;
	default:
		return CUR_ERROR_IO;
	}
}

/* SQLite calls it an I/O error when there is no room for its shared memory or its journal. */
static gboolean is_full(sqlite3 *db, int rc)
{
	int system = db ? sqlite3_system_errno(db) : 0;

	return (rc & 0xff) == SQLITE_FULL ||
	       ((rc & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT)) ||
	       (db && sqlite3_extended_errcode(db) == SQLITE_IOERR_SHMSIZE);
}

gboolean state_db_error(GError **error, sqlite3 *db, int rc)
{
	const char *path = db ? sqlite3_db_filename(db, "main") : NULL;
	const char *words = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	if (!path)
		path = "state.db";
	if (is_full(db, rc))
		return error_set(error, CUR_ERROR_FULL, "cannot write '%s': the disk is full",
				 path);
	if (code_of(rc) == CUR_ERROR_CORRUPT)
		return error_set(error, CUR_ERROR_CORRUPT,
				 "'%s' is damaged: move it away, with its -wal and -shm, and a new "
				 "one is made from the Maildirs (%s)",
				 path, words);
	return error_set(error, code_of(rc), "'%s': %s", path, words);
}

/*
 * The statement for a literal, reset. One that is in use (a query within a query)
 * is made anew; release_statement() drops it then.
 */
static sqlite3_stmt *take_statement(struct state *st, const char *sql, GError **error)
{
	sqlite3_stmt *stmt = g_hash_table_lookup(st->statements, sql);
	gboolean keep = stmt == NULL;
	int rc;

	if (stmt && !sqlite3_stmt_busy(stmt))
		return stmt;
	stmt = NULL;
	rc = sqlite3_prepare_v3(st->db, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, NULL);
	if (rc != SQLITE_OK) {
		state_db_error(error, st->db, rc);
		return NULL;
	}
	if (keep)
		g_hash_table_insert(st->statements, (gpointer)sql, stmt);
	return stmt;
}

static void release_statement(struct state *st, const char *sql, sqlite3_stmt *stmt)
{
	if (g_hash_table_lookup(st->statements, sql) != stmt) {
		sqlite3_finalize(stmt);
		return;
	}
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

/* Text is copied only when the caller's may change, which it cannot before the call ends. */
static void bind(sqlite3_stmt *stmt, const char *types, va_list args)
{
	for (int i = 1; types[i - 1]; i++) {
		const char *text;
		guint32 number;

		switch (types[i - 1]) {
		case 'i':
			sqlite3_bind_int64(stmt, i, va_arg(args, guint32));
			break;
		case 'u':
			number = va_arg(args, guint32);
			if (number)
				sqlite3_bind_int64(stmt, i, number);
			break;
		case 'l':
			sqlite3_bind_int64(stmt, i, va_arg(args, gint64));
			break;
		case 's':
			text = va_arg(args, const char *);
			sqlite3_bind_text(stmt, i, text ? text : "", -1, SQLITE_STATIC);
			break;
		case 'b':
			text = va_arg(args, const char *);
			text = text ? text : "";
			sqlite3_bind_blob(stmt, i, text, strlen(text), SQLITE_STATIC);
			break;
		default:
			g_assert_not_reached();
		}
	}
}

static gboolean step_all(struct state *st, sqlite3_stmt *stmt, state_row_fn row, void *data,
			 GError **error)
{
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		if (row && !row(stmt, data))
			return TRUE;
	return rc == SQLITE_DONE || state_db_error(error, st->db, rc);
}

static gboolean run(struct state *st, GError **error, state_row_fn row, void *data, const char *sql,
		    const char *types, va_list args)
{
	sqlite3_stmt *stmt = take_statement(st, sql, error);
	gboolean done;

	if (!stmt)
		return FALSE;
	bind(stmt, types, args);
	done = step_all(st, stmt, row, data, error);
	release_statement(st, sql, stmt);
	return done;
}

gboolean state_run(struct state *st, GError **error, const char *sql, const char *types, ...)
{
	va_list args;
	gboolean done;

	va_start(args, types);
	done = run(st, error, NULL, NULL, sql, types, args);
	va_end(args);
	return done;
}

gboolean state_change(struct state *st, GError **error, const char *what, const char *sql,
		      const char *types, ...)
{
	va_list args;
	gboolean done;

	va_start(args, types);
	done = run(st, error, NULL, NULL, sql, types, args);
	va_end(args);
	if (!done || sqlite3_changes(st->db) > 0)
		return done;
	return error_set(error, CUR_ERROR_GONE, "there is no such %s", what);
}

/* run() for questions. */
static gboolean ask(struct state *st, GError **error, state_row_fn row, void *data, const char *sql,
		    const char *types, va_list args)
{
	g_autoptr(GError) failed = NULL;

	if (run(st, &failed, row, data, sql, types, args))
		return TRUE;
	if (error)
		g_propagate_error(error, g_steal_pointer(&failed));
	else if (!st->unread)
		st->unread = g_steal_pointer(&failed);
	return FALSE;
}

gboolean state_query(struct state *st, GError **error, state_row_fn row, void *data,
		     const char *sql, const char *types, ...)
{
	va_list args;
	gboolean done;

	va_start(args, types);
	done = ask(st, error, row, data, sql, types, args);
	va_end(args);
	return done;
}

static gboolean take_number(sqlite3_stmt *row, void *data)
{
	*(gint64 *)data = sqlite3_column_int64(row, 0);
	return FALSE;
}

gint64 state_number(struct state *st, const char *sql, const char *types, ...)
{
	gint64 number = 0;
	va_list args;

	va_start(args, types);
	ask(st, NULL, take_number, &number, sql, types, args);
	va_end(args);
	return number;
}

/* Blobs have no NUL behind them by contract, but sqlite3_column_text() puts one. */
const char *state_text(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return text ? (const char *)text : "";
}
