/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of state.db. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/keywords.h"
#include "maildir-dir.h"
#include "state-db.h"

#define COLUMNS                                                                                    \
	"mailbox, lid, uid, agreed, mark, modseq, id_hash, size_bytes, date_received, base, "      \
	"misses, partial"

static void load(sqlite3_stmt *row, struct state_message *msg)
{
	*msg = (struct state_message){
	    .mailbox = sqlite3_column_int64(row, 0),
	    .lid = sqlite3_column_int64(row, 1),
	    .uid = sqlite3_column_int64(row, 2),
	    .agreed = sqlite3_column_int64(row, 3),
	    .mark = sqlite3_column_int64(row, 4),
	    .modseq = sqlite3_column_int64(row, 5),
	    .id_hash = sqlite3_column_int64(row, 6),
	    .size_bytes = sqlite3_column_int64(row, 7),
	    .date_received = sqlite3_column_int64(row, 8),
	    .base = state_text(row, 9),
	    .misses = sqlite3_column_int64(row, 10),
	    .partial = sqlite3_column_int64(row, 11) != 0,
	};
}

/* ---- one ---- */

static gboolean take_copy(sqlite3_stmt *row, void *data)
{
	struct state_message msg, *out;
	gsize n;

	load(row, &msg);
	n = strlen(msg.base) + 1;
	out = g_malloc(sizeof *out + n);
	*out = msg;
	out->base = memcpy(out + 1, msg.base, n);
	*(struct state_message **)data = out;
	return FALSE;
}

struct state_message *state_message(struct state *st, guint32 mailbox, guint32 lid)
{
	struct state_message *msg = NULL;

	state_query(st, NULL, take_copy, &msg,
		    "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND lid = ?", "ii", mailbox,
		    lid);
	return msg;
}

struct state_message *state_message_by_uid(struct state *st, guint32 mailbox, guint32 uid)
{
	struct state_message *msg = NULL;

	state_query(st, NULL, take_copy, &msg,
		    "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND uid = ?", "ii", mailbox,
		    uid);
	return msg;
}

struct state_message *state_message_by_base(struct state *st, guint32 mailbox, const char *base)
{
	struct state_message *msg = NULL;

	state_query(st, NULL, take_copy, &msg,
		    "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND base = ?", "ib",
		    mailbox, base);
	return msg;
}

struct state_message *state_message_named(struct state *st, guint32 mailbox, const char *base)
{
	struct state_message *msg = state_message_by_base(st, mailbox, base);
	g_autofree char *plain = maildir_name_with_uid(base, 0);
	g_autofree char *from = g_strconcat(plain, ",U=", NULL);
	g_autofree char *until = g_strconcat(plain, ",U>", NULL); /* > comes after = */

	if (!msg)
		state_query(st, NULL, take_copy, &msg,
			    "SELECT " COLUMNS " FROM messages WHERE mailbox = ?"
			    " AND (base = ? OR (base >= ? AND base < ?)) LIMIT 1",
			    "ibbb", mailbox, plain, from, until);
	return msg;
}

/* ---- many ---- */

struct each {
	state_message_fn fn;
	void *data;
};

static gboolean give(sqlite3_stmt *row, void *data)
{
	struct each *each = data;
	struct state_message msg;

	load(row, &msg);
	return each->fn(&msg, each->data);
}

gboolean state_messages(struct state *st, guint32 mailbox, guint32 after, guint limit,
			state_message_fn fn, void *data, GError **error)
{
	struct each each = {fn, data};

	/* LIMIT -1 is none. */
	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND lid > ?"
			   " ORDER BY lid LIMIT ?",
			   "iil", mailbox, after, limit ? (gint64)limit : (gint64)-1);
}

static gboolean take_lid(const struct state_message *msg, void *data)
{
	g_array_append_val((GArray *)data, msg->lid);
	return TRUE;
}

GArray *state_lids(struct state *st, guint32 mailbox, guint32 after, guint limit, GError **error)
{
	GArray *lids = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (state_messages(st, mailbox, after, limit, take_lid, lids, error))
		return lids;
	g_array_unref(lids);
	return NULL;
}

gboolean state_messages_by_uid(struct state *st, guint32 mailbox, guint32 first, guint32 last,
			       state_message_fn fn, void *data, GError **error)
{
	struct each each = {fn, data};

	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM messages WHERE mailbox = ?"
			   " AND uid BETWEEN ? AND ? ORDER BY uid",
			   "iii", mailbox, first, last);
}

gboolean state_messages_partial(struct state *st, guint32 mailbox, state_message_fn fn, void *data,
				GError **error)
{
	struct each each = {fn, data};

	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND partial = 1"
			   " AND uid > 0 ORDER BY uid",
			   "i", mailbox);
}

gboolean state_messages_unbound(struct state *st, guint32 mailbox, state_message_fn fn, void *data,
				GError **error)
{
	struct each each = {fn, data};

	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM messages WHERE mailbox = ? AND uid IS NULL"
			   " ORDER BY lid",
			   "i", mailbox);
}

gboolean state_messages_by_id(struct state *st, guint64 id_hash, state_message_fn fn, void *data,
			      GError **error)
{
	struct each each = {fn, data};

	return state_query(st, error, give, &each,
			   "SELECT " COLUMNS " FROM messages WHERE id_hash = ?"
			   " ORDER BY mailbox, lid",
			   "l", (gint64)id_hash);
}

gboolean state_set_object(struct state *st, guint32 mailbox, guint32 uid, const char *object,
			  GError **error)
{
	return state_run(st, error, "UPDATE messages SET object = ? WHERE mailbox = ? AND uid = ?",
			 "sii", object, mailbox, uid);
}

static gboolean take_text(sqlite3_stmt *row, void *data)
{
	*(char **)data = g_strdup(state_text(row, 0));
	return FALSE;
}

char *state_object(struct state *st, guint32 mailbox, guint32 lid)
{
	char *object = NULL;

	state_query(st, NULL, take_text, &object,
		    "SELECT object FROM messages WHERE mailbox = ? AND lid = ?"
		    " AND object IS NOT NULL",
		    "ii", mailbox, lid);
	return object;
}

struct state_message *state_message_of_object(struct state *st, const char *account, guint32 but,
					      const char *object)
{
	struct state_message *msg = NULL;

	state_query(st, NULL, take_copy, &msg,
		    "SELECT " COLUMNS " FROM messages WHERE object = ? AND mailbox <> ?"
		    " AND partial = 0 AND mailbox IN (SELECT number FROM mailboxes WHERE account = "
		    "?) LIMIT 1",
		    "sis", object, but, account);
	return msg;
}

static gboolean take_bits(sqlite3_stmt *row, void *data)
{
	*(mark_t *)data |= (mark_t)sqlite3_column_int64(row, 0);
	return TRUE;
}

mark_t state_keyword_bits(struct state *st, guint32 mailbox)
{
	mark_t bits = 0;

	state_query(st, NULL, take_bits, &bits,
		    "SELECT DISTINCT (mark | agreed) & -512 FROM messages WHERE mailbox = ?", "i",
		    mailbox);
	return bits & KEYWORD_BITS;
}

guint32 state_count_messages(struct state *st, guint32 mailbox)
{
	return state_number(st, "SELECT count(*) FROM messages WHERE mailbox = ?", "i", mailbox);
}

guint32 state_count_bound(struct state *st, guint32 mailbox)
{
	return state_number(st, "SELECT count(*) FROM messages WHERE mailbox = ? AND uid > 0", "i",
			    mailbox);
}

guint32 state_count_uids(struct state *st, guint32 mailbox, guint32 first, guint32 last)
{
	return state_number(
	    st, "SELECT count(*) FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ?", "iii",
	    mailbox, first, last);
}

/* ---- changes ---- */

static gboolean next_lid(struct state *st, guint32 mailbox, guint32 *lid, GError **error)
{
	*lid = state_number(st, "SELECT next_lid FROM mailboxes WHERE number = ?", "i", mailbox);
	return state_change(st, error, "mailbox",
			    "UPDATE mailboxes SET next_lid = next_lid + 1 WHERE number = ?", "i",
			    mailbox);
}

gboolean state_add_message(struct state *st, struct state_message *msg, GError **error)
{
	if (!msg->lid && !next_lid(st, msg->mailbox, &msg->lid, error))
		return FALSE;
	return state_run(st, error,
			 "INSERT INTO messages (" COLUMNS
			 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "iiuiillilbii", msg->mailbox, msg->lid, msg->uid, msg->agreed, msg->mark,
			 (gint64)msg->modseq, (gint64)msg->id_hash, msg->size_bytes,
			 msg->date_received, msg->base, msg->misses, msg->partial);
}

gboolean state_put_message(struct state *st, const struct state_message *msg, GError **error)
{
	return state_change(st, error, "message",
			    "UPDATE messages SET uid = ?, agreed = ?, mark = ?, modseq = ?,"
			    " id_hash = ?, size_bytes = ?, date_received = ?, base = ?, misses = ?,"
			    " partial = ? WHERE mailbox = ? AND lid = ?",
			    "uiillilbiiii", msg->uid, msg->agreed, msg->mark, (gint64)msg->modseq,
			    (gint64)msg->id_hash, msg->size_bytes, msg->date_received, msg->base,
			    msg->misses, msg->partial, msg->mailbox, msg->lid);
}

gboolean state_set_message_mark(struct state *st, guint32 mailbox, guint32 lid, mark_t mark,
				GError **error)
{
	return state_change(st, error, "message",
			    "UPDATE messages SET mark = ? WHERE mailbox = ? AND lid = ?", "iii",
			    mark, mailbox, lid);
}

gboolean state_drop_message(struct state *st, guint32 mailbox, guint32 lid, GError **error)
{
	return state_change(st, error, "message",
			    "DELETE FROM messages WHERE mailbox = ? AND lid = ?", "ii", mailbox,
			    lid);
}

gboolean state_forget_uid(struct state *st, guint32 mailbox, guint32 uid, GError **error)
{
	return state_run(st, error,
			 "UPDATE messages SET uid = NULL, agreed = 0, modseq = 0"
			 " WHERE mailbox = ? AND uid = ?",
			 "ii", mailbox, uid);
}

gboolean state_forget_uids(struct state *st, guint32 mailbox, GError **error)
{
	return state_run(st, error,
			 "UPDATE messages SET uid = NULL, agreed = 0, modseq = 0"
			 " WHERE mailbox = ?",
			 "i", mailbox);
}

/* ---- keywords and texts that the full-text index lacks ---- */

static gboolean take_retag(sqlite3_stmt *row, void *data)
{
	struct state_retag r = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
				sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3) != 0};

	g_array_append_val(data, r);
	return TRUE;
}

GArray *state_retags(struct state *st, guint limit)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct state_retag));

	state_query(st, NULL, take_retag, all,
		    "SELECT id, mailbox, lid, text FROM retag ORDER BY id LIMIT ?", "i", limit);
	return all;
}

gboolean state_retag_all(struct state *st, GError **error)
{
	return state_run(st, error,
			 "INSERT INTO retag (mailbox, lid) SELECT mailbox, lid FROM messages", "");
}

gboolean state_drop_retags(struct state *st, gint64 last, GError **error)
{
	return state_run(st, error, "DELETE FROM retag WHERE id <= ?", "l", last);
}
