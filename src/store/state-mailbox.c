/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mailboxes of state.db. */
#include <string.h>

#include "cur/base/error.h"
#include "state-db.h"

#define COLUMNS                                                                                    \
	"number, name, account, folder, server_name, delimiter, path, role, subscribed, "          \
	"uidvalidity, uidnext, highestmodseq, n_server, change, next_lid, last_sync, last_scan, "  \
	"gone, keywords"

static void load(sqlite3_stmt *row, struct state_mailbox *mb)
{
	*mb = (struct state_mailbox){
	    .number = sqlite3_column_int64(row, 0),
	    .name = state_text(row, 1),
	    .account = state_text(row, 2),
	    .folder = state_text(row, 3),
	    .server_name = state_text(row, 4),
	    .delimiter = sqlite3_column_int(row, 5),
	    .path = state_text(row, 6),
	    .role = state_text(row, 7),
	    .subscribed = sqlite3_column_int(row, 8) != 0,
	    .uidvalidity = sqlite3_column_int64(row, 9),
	    .uidnext = sqlite3_column_int64(row, 10),
	    .highestmodseq = sqlite3_column_int64(row, 11),
	    .n_server = sqlite3_column_int64(row, 12),
	    .change = sqlite3_column_int64(row, 13),
	    .next_lid = sqlite3_column_int64(row, 14),
	    .last_sync = sqlite3_column_int64(row, 15),
	    .last_scan = sqlite3_column_int64(row, 16),
	    .gone = sqlite3_column_int(row, 17) != 0,
	    .keywords = state_text(row, 18),
	};
}

/* One block with the strings behind the struct. */
static struct state_mailbox *copy(const struct state_mailbox *mb)
{
	const char *from[] = {mb->name, mb->account, mb->folder,  mb->server_name,
			      mb->path, mb->role,    mb->keywords};
	gsize n = sizeof *mb;
	struct state_mailbox *out;
	char *at;

	for (guint i = 0; i < G_N_ELEMENTS(from); i++)
		n += strlen(from[i]) + 1;
	out = g_malloc(n);
	*out = *mb;
	at = (char *)(out + 1);
	const char **to[] = {&out->name, &out->account, &out->folder,  &out->server_name,
			     &out->path, &out->role,	&out->keywords};
	for (guint i = 0; i < G_N_ELEMENTS(from); i++) {
		*to[i] = at;
		at = g_stpcpy(at, from[i]) + 1;
	}
	return out;
}

static gboolean take_copy(sqlite3_stmt *row, void *data)
{
	struct state_mailbox mb;

	load(row, &mb);
	*(struct state_mailbox **)data = copy(&mb);
	return FALSE;
}

struct state_mailbox *state_mailbox(struct state *st, guint32 number)
{
	struct state_mailbox *mb = NULL;

	state_query(st, NULL, take_copy, &mb, "SELECT " COLUMNS " FROM mailboxes WHERE number = ?",
		    "i", number);
	return mb;
}

struct state_mailbox *state_mailbox_by_name(struct state *st, const char *name)
{
	struct state_mailbox *mb = NULL;

	state_query(st, NULL, take_copy, &mb, "SELECT " COLUMNS " FROM mailboxes WHERE name = ?",
		    "s", name);
	return mb;
}

struct state_mailbox *state_mailbox_by_path(struct state *st, const char *path)
{
	struct state_mailbox *mb = NULL;

	state_query(st, NULL, take_copy, &mb, "SELECT " COLUMNS " FROM mailboxes WHERE path = ?",
		    "b", path);
	return mb;
}

struct each {
	state_mailbox_fn fn;
	void *data;
};

static gboolean give(sqlite3_stmt *row, void *data)
{
	struct each *each = data;
	struct state_mailbox mb;

	load(row, &mb);
	return each->fn(&mb, each->data);
}

gboolean state_mailboxes(struct state *st, const char *account, state_mailbox_fn fn, void *data,
			 GError **error)
{
	struct each each = {fn, data};

	if (account)
		return state_query(st, error, give, &each,
				   "SELECT " COLUMNS " FROM mailboxes WHERE account = ? "
				   "ORDER BY folder",
				   "s", account);
	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM mailboxes ORDER BY account, folder", "");
}

static gboolean insert(struct state *st, struct state_mailbox *mb, GError **error)
{
	if (!state_run(
		st, error,
		"INSERT INTO mailboxes (name, account, folder, server_name, delimiter, path,"
		" role, subscribed, uidvalidity, uidnext, highestmodseq, n_server, last_sync,"
		" last_scan, gone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"sssbibsiiililli", mb->name, mb->account, mb->folder, mb->server_name,
		(guint32)(guint8)mb->delimiter, mb->path, mb->role, (guint32)mb->subscribed,
		mb->uidvalidity, mb->uidnext, (gint64)mb->highestmodseq, mb->n_server,
		mb->last_sync, mb->last_scan, (guint32)mb->gone))
		return FALSE;
	mb->number = sqlite3_last_insert_rowid(st->db);
	return TRUE;
}

gboolean state_put_mailbox(struct state *st, struct state_mailbox *mb, GError **error)
{
	if (!mb->number)
		return insert(st, mb, error);
	return state_change(
	    st, error, "mailbox",
	    "UPDATE mailboxes SET name = ?, account = ?, folder = ?, server_name = ?,"
	    " delimiter = ?, path = ?, role = ?, subscribed = ?, uidvalidity = ?, uidnext = ?,"
	    " highestmodseq = ?, n_server = ?, last_sync = ?, last_scan = ?, gone = ?"
	    " WHERE number = ?",
	    "sssbibsiiilillii", mb->name, mb->account, mb->folder, mb->server_name,
	    (guint32)(guint8)mb->delimiter, mb->path, mb->role, (guint32)mb->subscribed,
	    mb->uidvalidity, mb->uidnext, (gint64)mb->highestmodseq, mb->n_server, mb->last_sync,
	    mb->last_scan, (guint32)mb->gone, mb->number);
}

gboolean state_set_keywords(struct state *st, guint32 number, const char *names, GError **error)
{
	return state_change(st, error, "mailbox",
			    "UPDATE mailboxes SET keywords = ? WHERE number = ?", "si", names,
			    number);
}

gboolean state_drop_mailbox(struct state *st, guint32 number, GError **error)
{
	return state_run(st, error, "DELETE FROM steps WHERE mailbox = ?", "i", number) &&
	       state_change(st, error, "mailbox", "DELETE FROM mailboxes WHERE number = ?", "i",
			    number);
}

gboolean state_touch(struct state *st, guint32 number, guint64 *change, GError **error)
{
	if (!state_change(st, error, "mailbox",
			  "UPDATE mailboxes SET change = change + 1 WHERE number = ?", "i", number))
		return FALSE;
	*change = state_number(st, "SELECT change FROM mailboxes WHERE number = ?", "i", number);
	return TRUE;
}
