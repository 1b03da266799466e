/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What state.db has to do yet: steps towards servers, rows of the outbox; and POP3's UIDLs. */
#include <string.h>

#include "cur/base/error.h"
#include "state-db.h"

/* ---- steps ---- */

#define STEP_COLUMNS "id, account, mailbox, lid, kind, data, state, tries, next_try, error"

struct each_step {
	state_step_fn fn;
	void *data;
};

static gboolean give_step(sqlite3_stmt *row, void *data)
{
	struct each_step *each = data;
	struct state_step step = {
	    .id = sqlite3_column_int64(row, 0),
	    .account = state_text(row, 1),
	    .mailbox = sqlite3_column_int64(row, 2),
	    .lid = sqlite3_column_int64(row, 3),
	    .kind = state_text(row, 4),
	    .data = state_text(row, 5),
	    .state = sqlite3_column_int(row, 6),
	    .tries = sqlite3_column_int64(row, 7),
	    .next_try = sqlite3_column_int64(row, 8),
	    .error = state_text(row, 9),
	};

	return each->fn(&step, each->data);
}

gboolean state_steps(struct state *st, const char *account, guint32 mailbox, guint32 lid,
		     state_step_fn fn, void *data, GError **error)
{
	struct each_step each = {fn, data};

	if (mailbox && lid)
		return state_query(st, error, give_step, &each,
				   "SELECT " STEP_COLUMNS " FROM steps"
				   " WHERE mailbox = ? AND lid = ? ORDER BY id",
				   "ii", mailbox, lid);
	if (mailbox)
		return state_query(st, error, give_step, &each,
				   "SELECT " STEP_COLUMNS
				   " FROM steps WHERE mailbox = ? ORDER BY id",
				   "i", mailbox);
	if (account)
		return state_query(st, error, give_step, &each,
				   "SELECT " STEP_COLUMNS
				   " FROM steps WHERE account = ? ORDER BY id",
				   "s", account);
	return state_query(st, error, give_step, &each,
			   "SELECT " STEP_COLUMNS " FROM steps ORDER BY id", "");
}

guint32 state_count_steps(struct state *st, const char *account)
{
	if (!account)
		return state_number(st, "SELECT count(*) FROM steps", "");
	return state_number(st, "SELECT count(*) FROM steps WHERE account = ?", "s", account);
}

gboolean state_has_step(struct state *st, guint32 mailbox, guint32 lid, const char *but)
{
	return state_number(
		   st, "SELECT 1 FROM steps WHERE mailbox = ? AND lid = ? AND kind <> ? LIMIT 1",
		   "iis", mailbox, lid, but ? but : "") != 0;
}

gboolean state_add_step(struct state *st, struct state_step *step, GError **error)
{
	if (!state_run(st, error,
		       "INSERT INTO steps (account, mailbox, lid, kind, data, state, tries,"
		       " next_try, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		       "siissiils", step->account, step->mailbox, step->lid, step->kind, step->data,
		       (guint32)step->state, step->tries, step->next_try, step->error))
		return FALSE;
	step->id = sqlite3_last_insert_rowid(st->db);
	return TRUE;
}

gboolean state_put_step(struct state *st, const struct state_step *step, GError **error)
{
	return state_change(
	    st, error, "step",
	    "UPDATE steps SET data = ?, state = ?, tries = ?, next_try = ?, error = ?"
	    " WHERE id = ?",
	    "siilsl", step->data, (guint32)step->state, step->tries, step->next_try, step->error,
	    (gint64)step->id);
}

gboolean state_drop_step(struct state *st, guint64 id, GError **error)
{
	return state_change(st, error, "step", "DELETE FROM steps WHERE id = ?", "l", (gint64)id);
}

/* ---- outbox ---- */

#define OUTBOX_COLUMNS "id, account, state, tries, queued, next_try, words"

const char *outbox_state_word(enum outbox_state state)
{
	static const char *const words[OUTBOX_N_STATES] = {
	    [OUTBOX_QUEUED] = "queued", [OUTBOX_SENDING] = "sending", [OUTBOX_RETRY] = "retry",
	    [OUTBOX_HOLD] = "hold",	[OUTBOX_REFUSED] = "refused", [OUTBOX_UNKNOWN] = "unknown",
	    [OUTBOX_SENT] = "sent",
	};

	return (guint)state < OUTBOX_N_STATES ? words[state] : "unknown";
}

static void load_outbox(sqlite3_stmt *row, struct state_outbox *out)
{
	guint state = sqlite3_column_int(row, 2);

	*out = (struct state_outbox){
	    .id = state_text(row, 0),
	    .account = state_text(row, 1),
	    .state = state < OUTBOX_N_STATES ? state : OUTBOX_UNKNOWN,
	    .tries = sqlite3_column_int64(row, 3),
	    .queued = sqlite3_column_int64(row, 4),
	    .next_try = sqlite3_column_int64(row, 5),
	    .words = state_text(row, 6),
	};
}

static gboolean take_outbox(sqlite3_stmt *row, void *data)
{
	struct state_outbox found, *out;
	char *at;

	load_outbox(row, &found);
	out = g_malloc(sizeof *out + strlen(found.id) + strlen(found.account) +
		       strlen(found.words) + 3);
	*out = found;
	out->id = at = (char *)(out + 1);
	at = g_stpcpy(at, found.id) + 1;
	out->account = at;
	at = g_stpcpy(at, found.account) + 1;
	out->words = at;
	g_stpcpy(at, found.words);
	*(struct state_outbox **)data = out;
	return FALSE;
}

struct state_outbox *state_outbox(struct state *st, const char *id)
{
	struct state_outbox *row = NULL;

	state_query(st, NULL, take_outbox, &row,
		    "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = ?", "s", id);
	return row;
}

struct each_outbox {
	state_outbox_fn fn;
	void *data;
};

static gboolean give_outbox(sqlite3_stmt *row, void *data)
{
	struct each_outbox *each = data;
	struct state_outbox found;

	load_outbox(row, &found);
	return each->fn(&found, each->data);
}

gboolean state_outbox_rows(struct state *st, state_outbox_fn fn, void *data, GError **error)
{
	struct each_outbox each = {fn, data};

	return state_query(st, error, give_outbox, &each,
			   "SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY queued, id", "");
}

gboolean state_add_outbox(struct state *st, const struct state_outbox *row, GError **error)
{
	return state_run(st, error,
			 "INSERT INTO outbox (" OUTBOX_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)",
			 "ssiills", row->id, row->account, (guint32)row->state, row->tries,
			 row->queued, row->next_try, row->words);
}

gboolean state_put_outbox(struct state *st, const struct state_outbox *row, GError **error)
{
	return state_change(st, error, "message in the outbox",
			    "UPDATE outbox SET state = ?, tries = ?, next_try = ?, words = ?"
			    " WHERE id = ?",
			    "iilss", (guint32)row->state, row->tries, row->next_try, row->words,
			    row->id);
}

gboolean state_drop_outbox(struct state *st, const char *id, GError **error)
{
	return state_change(st, error, "message in the outbox", "DELETE FROM outbox WHERE id = ?",
			    "s", id);
}

/* ---- UIDLs ---- */

struct each_uidl {
	state_uidl_fn fn;
	void *data;
};

static gboolean give_uidl(sqlite3_stmt *row, void *data)
{
	struct each_uidl *each = data;
	struct state_uidl uidl = {
	    .uidl = state_text(row, 0),
	    .lid = sqlite3_column_int64(row, 1),
	    .first_seen = sqlite3_column_int64(row, 2),
	    .size_bytes = (guint64)sqlite3_column_int64(row, 3),
	    .deleted = sqlite3_column_int(row, 4) != 0,
	    .header_only = sqlite3_column_int(row, 5) != 0,
	    .here = sqlite3_column_int(row, 6) != 0,
	    .partial = sqlite3_column_int(row, 7) != 0,
	};

	return each->fn(&uidl, each->data);
}

gboolean state_uidls(struct state *st, const char *account, guint32 mailbox, state_uidl_fn fn,
		     void *data, GError **error)
{
	struct each_uidl each = {fn, data};

	return state_query(st, error, give_uidl, &each,
			   "SELECT uidl, u.lid, first_seen, u.size_bytes, deleted, header_only,"
			   " m.lid IS NOT NULL, m.partial"
			   " FROM uidls u LEFT JOIN messages m ON m.mailbox = ? AND m.lid = u.lid"
			   " WHERE account = ?",
			   "is", mailbox, account);
}

gboolean state_put_uidl(struct state *st, const char *account, const struct state_uidl *u,
			GError **error)
{
	return state_run(st, error,
			 "INSERT OR REPLACE INTO uidls"
			 " (account, uidl, lid, first_seen, size_bytes, deleted, header_only)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?)",
			 "sbillii", account, u->uidl, u->lid, u->first_seen,
			 (gint64)MIN(u->size_bytes, G_MAXINT64), (guint32)u->deleted,
			 (guint32)u->header_only);
}

gboolean state_release_uidl(struct state *st, const char *account, guint32 lid, GError **error)
{
	return state_run(st, error,
			 "UPDATE uidls SET header_only = 0 WHERE account = ? AND lid = ?", "si",
			 account, lid);
}

gboolean state_drop_uidl(struct state *st, const char *account, const char *uidl, GError **error)
{
	return state_run(st, error, "DELETE FROM uidls WHERE account = ? AND uidl = ?", "sb",
			 account, uidl);
}
