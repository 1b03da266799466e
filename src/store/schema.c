/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state.db's tables. The version stands in PRAGMA user_version; each step leads
 * from one version to the next and is never changed once released: a new need
 * is a new step at the end.
 */
#include "schema.h"

#include "cur/base/error.h"
#include "cur/base/step.h"
#include "state-db.h"

enum { APPLICATION_ID = 0x43555231 }; /* "CUR1" */

/* clang-format off */
static const char *const steps[] = {
	/* 0 -> 1 */
	"CREATE TABLE meta ("
	"  name TEXT PRIMARY KEY,"
	"  value TEXT NOT NULL"
	") WITHOUT ROWID;"

	"CREATE TABLE mailboxes ("
	"  number INTEGER PRIMARY KEY AUTOINCREMENT,"	/* never used twice */
	"  name TEXT NOT NULL UNIQUE,"
	"  account TEXT NOT NULL,"
	"  folder TEXT NOT NULL,"
	"  server_name BLOB NOT NULL,"			/* as the server spells it */
	"  delimiter INTEGER NOT NULL DEFAULT 0,"
	"  path BLOB NOT NULL UNIQUE,"
	"  role TEXT NOT NULL DEFAULT '',"
	"  subscribed INTEGER NOT NULL DEFAULT 0,"
	"  uidvalidity INTEGER NOT NULL DEFAULT 0,"
	"  uidnext INTEGER NOT NULL DEFAULT 0,"
	"  highestmodseq INTEGER NOT NULL DEFAULT 0,"
	"  n_server INTEGER NOT NULL DEFAULT 0,"
	"  change INTEGER NOT NULL DEFAULT 1,"		/* the cache's head.applied follows it */
	"  next_lid INTEGER NOT NULL DEFAULT 1,"
	"  last_sync INTEGER NOT NULL DEFAULT 0,"
	"  last_scan INTEGER NOT NULL DEFAULT 0,"
	"  gone INTEGER NOT NULL DEFAULT 0"
	");"
	"CREATE INDEX mailboxes_by_account ON mailboxes (account, folder);"

	"CREATE TABLE messages ("
	"  mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,"
	"  lid INTEGER NOT NULL,"
	"  uid INTEGER,"				/* NULL: not on the server */
	"  agreed INTEGER NOT NULL DEFAULT 0,"
	"  mark INTEGER NOT NULL DEFAULT 0,"
	"  modseq INTEGER NOT NULL DEFAULT 0,"
	"  id_hash INTEGER NOT NULL DEFAULT 0,"
	"  size_bytes INTEGER NOT NULL DEFAULT 0,"
	"  date_received INTEGER NOT NULL DEFAULT 0,"
	"  misses INTEGER NOT NULL DEFAULT 0,"
	"  base BLOB NOT NULL,"
	"  PRIMARY KEY (mailbox, lid),"
	"  UNIQUE (mailbox, base),"
	"  UNIQUE (mailbox, uid)"
	") WITHOUT ROWID;"
	"CREATE INDEX messages_by_id ON messages (id_hash);"

	"CREATE TABLE steps ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  account TEXT NOT NULL,"
	"  mailbox INTEGER NOT NULL,"
	"  lid INTEGER NOT NULL,"
	"  kind TEXT NOT NULL,"
	"  data TEXT NOT NULL,"
	"  state INTEGER NOT NULL DEFAULT 0,"
	"  tries INTEGER NOT NULL DEFAULT 0,"
	"  next_try INTEGER NOT NULL DEFAULT 0,"
	"  error TEXT NOT NULL DEFAULT ''"
	");"
	"CREATE INDEX steps_by_account ON steps (account, id);"
	"CREATE INDEX steps_by_message ON steps (mailbox, lid, id);"

	"CREATE TABLE outbox ("
	"  id TEXT PRIMARY KEY,"
	"  account TEXT NOT NULL,"
	"  state INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL DEFAULT 0,"
	"  queued INTEGER NOT NULL,"
	"  next_try INTEGER NOT NULL DEFAULT 0,"
	"  words TEXT NOT NULL DEFAULT ''"
	") WITHOUT ROWID;"

	"CREATE TABLE uidls ("
	"  account TEXT NOT NULL,"
	"  uidl BLOB NOT NULL,"
	"  lid INTEGER NOT NULL DEFAULT 0,"
	"  first_seen INTEGER NOT NULL,"
	"  deleted INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (account, uidl)"
	") WITHOUT ROWID;",

	/* 1 -> 2: keywords. Flags are listed again, because the keywords beside them were not kept. */
	"ALTER TABLE mailboxes ADD COLUMN keywords TEXT NOT NULL DEFAULT '';"
	"UPDATE mailboxes SET highestmodseq = 0;"

	"CREATE TABLE retag ("				/* keywords that the full-text index lacks */
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  mailbox INTEGER NOT NULL,"
	"  lid INTEGER NOT NULL"
	");"
	"CREATE TRIGGER messages_retag AFTER UPDATE OF mark ON messages"
	" WHEN (old.mark & -512) <> (new.mark & -512)"	/* KEYWORD_BITS */
	" BEGIN INSERT INTO retag (mailbox, lid) VALUES (new.mailbox, new.lid); END;",

	/* 2 -> 3 */
	"CREATE TABLE vanished ("			/* what is gone at the server, and the user's word */
	"  mailbox INTEGER PRIMARY KEY REFERENCES mailboxes ON DELETE CASCADE,"
	"  uidvalidity INTEGER NOT NULL,"
	"  n_known INTEGER NOT NULL,"
	"  told INTEGER NOT NULL,"
	"  asked TEXT NOT NULL,"
	"  allowed TEXT NOT NULL,"
	"  kept TEXT NOT NULL"
	");"

	"ALTER TABLE messages ADD COLUMN object TEXT;"	/* the server's id; NULL: not told */
	"CREATE INDEX messages_by_object ON messages (object) WHERE object IS NOT NULL;"

	"ALTER TABLE uidls ADD COLUMN header_only INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE uidls ADD COLUMN size_bytes INTEGER NOT NULL DEFAULT 0;"	/* as LIST told it */

	"ALTER TABLE messages ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX messages_partial ON messages (mailbox, uid) WHERE partial = 1;"
	"ALTER TABLE retag ADD COLUMN text INTEGER NOT NULL DEFAULT 0;"	/* … or the text came or went */
	"CREATE TRIGGER messages_text AFTER UPDATE OF partial ON messages WHEN old.partial <> new.partial"
	" BEGIN INSERT INTO retag (mailbox, lid, text) VALUES (new.mailbox, new.lid, 1); END;"

	"CREATE TABLE acts ("				/* what the user did, to be undone */
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  made INTEGER NOT NULL,"
	"  kind TEXT NOT NULL,"
	"  mailbox INTEGER NOT NULL,"
	"  target INTEGER NOT NULL,"
	"  words TEXT NOT NULL,"
	"  n INTEGER NOT NULL"
	");"
	"CREATE TABLE act_items ("			/* the messages of an act */
	"  act INTEGER NOT NULL REFERENCES acts ON DELETE CASCADE,"
	"  mailbox INTEGER NOT NULL,"			/* where it is since */
	"  lid INTEGER NOT NULL,"
	"  from_mailbox INTEGER NOT NULL,"		/* where it was */
	"  from_lid INTEGER NOT NULL,"
	"  was INTEGER NOT NULL,"
	"  became INTEGER NOT NULL,"
	"  uidvalidity INTEGER NOT NULL,"
	"  uid INTEGER NOT NULL,"
	"  agreed INTEGER NOT NULL,"
	"  date_received INTEGER NOT NULL,"
	"  kept TEXT NOT NULL"				/* its file among those deleted */
	");"
	"CREATE INDEX act_items_by_act ON act_items (act);"
	"CREATE INDEX act_items_by_message ON act_items (mailbox, lid);"
	"CREATE INDEX act_items_by_origin ON act_items (from_mailbox, from_lid);",

	/* 3 -> 4: flags are tags in the full-text index, too (\\Seen, \\Flagged, \\Answered). */
	"DROP TRIGGER messages_retag;"
	"CREATE TRIGGER messages_retag AFTER UPDATE OF mark ON messages"
	" WHEN (old.mark & -486) <> (new.mark & -486)"
	" BEGIN INSERT INTO retag (mailbox, lid) VALUES (new.mailbox, new.lid); END;",
};
/* clang-format on */

static gboolean exec(sqlite3 *db, const char *sql, GError **error)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || state_db_error(error, db, rc);
}

/* A PRAGMA that gives one number. */
static gboolean pragma(sqlite3 *db, const char *sql, gint64 *value, GError **error)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	else
		state_db_error(error, db, rc);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW;
}

/* A whole copy of the database as it is, durable, in place of an older such copy. */
static gboolean keep_copy(sqlite3 *db, const char *path, gint64 version, GError **error)
{
	g_autofree char *copy = g_strdup_printf("%s.v%" G_GINT64_FORMAT, path, version);
	sqlite3 *to = NULL;
	sqlite3_backup *backup;
	int rc = sqlite3_open(copy, &to);

	backup = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", db, "main") : NULL;
	if (backup) {
		sqlite3_backup_step(backup, -1);
		rc = sqlite3_backup_finish(backup);
	} else if (rc == SQLITE_OK) {
		rc = sqlite3_errcode(to);
	}
	if (rc != SQLITE_OK) {
		state_db_error(error, to, rc);
		g_prefix_error(error, "cannot copy '%s' to '%s': ", path, copy);
	}
	sqlite3_close(to);
	return rc == SQLITE_OK;
}

static gboolean take_step(sqlite3 *db, gint64 from, GError **error)
{
	g_autofree char *version = g_strdup_printf("PRAGMA user_version = %" G_GINT64_FORMAT
						   "; PRAGMA application_id = %d;",
						   from + 1, APPLICATION_ID);

	if (exec(db, "BEGIN IMMEDIATE", error) && exec(db, steps[from], error) &&
	    exec(db, version, error) && exec(db, "COMMIT", error))
		return TRUE;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return FALSE;
}

gboolean schema_update(sqlite3 *db, const char *path, GError **error)
{
	gint64 version, id, ours = G_N_ELEMENTS(steps);

	if (!pragma(db, "PRAGMA user_version", &version, error) ||
	    !pragma(db, "PRAGMA application_id", &id, error))
		return FALSE;
	if (version < 0 || (version > 0 && id != APPLICATION_ID))
		return error_set(error, CUR_ERROR_CORRUPT, "'%s' is no state of cur", path);
	if (version > ours)
		return error_set(error, CUR_ERROR_CORRUPT,
				 "'%s' was written by a newer cur (its version is %d, this one "
				 "knows %d): use that one",
				 path, (int)version, (int)ours);
	if (version > 0 && version < ours && !keep_copy(db, path, version, error))
		return FALSE;
	for (; version < ours; version++) {
		if (!take_step(db, version, error)) {
			g_prefix_error(error, "cannot bring '%s' up to date: ", path);
			return FALSE;
		}
		step_point("schema-step");
	}
	return TRUE;
}
