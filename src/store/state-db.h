/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite in few words, for the files that make up store/state.h. */
#ifndef STORE_STATE_DB_H
#define STORE_STATE_DB_H

#include <sqlite3.h>

#include "cur/store/state.h"

struct state {
	sqlite3 *db;
	char *path;
	GHashTable *statements; /* SQL literal (by address) -> sqlite3_stmt */
	GError *unread;		/* of a question whose error nobody took, since the last commit */
};

/* Always FALSE: SQLite's result as one of our codes. */
gboolean state_db_error(GError **error, sqlite3 *db, int rc);

/*
 * Run a statement. `sql` is a literal: it is prepared once. `types` has a letter
 * for each parameter: i guint32, l gint64, s text, b text as a blob, u guint32
 * with 0 as NULL.
 */
gboolean state_run(struct state *st, GError **error, const char *sql, const char *types, ...);
/* The same; GONE, "no such <what>", when no row was changed. */
gboolean state_change(struct state *st, GError **error, const char *what, const char *sql,
		      const char *types, ...);

/*
 * Run a query and give each row to `row`, which returns FALSE to stop. Without `error` a failure
 * looks as if there were no row: the next commit fails, lest something be decided on that.
 */
typedef gboolean (*state_row_fn)(sqlite3_stmt *row, void *data);
gboolean state_query(struct state *st, GError **error, state_row_fn row, void *data,
		     const char *sql, const char *types, ...);
/* The one number a query gives, or 0. */
gint64 state_number(struct state *st, const char *sql, const char *types, ...);

/* Text of a column, "" for NULL; until the next row. */
const char *state_text(sqlite3_stmt *row, int column);

#endif
