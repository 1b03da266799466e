/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of what the user did. */
#include <string.h>

#include "state-db.h"

#define ACT_COLUMNS "id, made, kind, mailbox, target, words, n"
#define ITEM_COLUMNS                                                                               \
	"mailbox, lid, from_mailbox, from_lid, was, became, uidvalidity, uid, agreed, "            \
	"date_received, kept"

gboolean state_add_act(struct state *st, struct state_act *act, GError **error)
{
	if (!state_run(st, error,
		       "INSERT INTO acts (made, kind, mailbox, target, words, n)"
		       " VALUES (?, ?, ?, ?, ?, ?)",
		       "lsiisi", act->made, act->kind, act->mailbox, act->target, act->words,
		       act->n))
		return FALSE;
	act->id = sqlite3_last_insert_rowid(st->db);
	return TRUE;
}

gboolean state_add_act_item(struct state *st, guint64 act, const struct state_act_item *item,
			    GError **error)
{
	return state_run(st, error,
			 "INSERT INTO act_items (act, " ITEM_COLUMNS ")"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "liiiiiiiiils", (gint64)act, item->mailbox, item->lid, item->from_mailbox,
			 item->from_lid, item->was, item->became, item->uidvalidity, item->uid,
			 item->agreed, item->date_received, item->kept);
}

gboolean state_drop_act(struct state *st, guint64 id, GError **error)
{
	return state_change(st, error, "act", "DELETE FROM acts WHERE id = ?", "l", (gint64)id);
}

static void load_act(sqlite3_stmt *row, struct state_act *act)
{
	*act = (struct state_act){
	    .id = sqlite3_column_int64(row, 0),
	    .made = sqlite3_column_int64(row, 1),
	    .kind = state_text(row, 2),
	    .mailbox = sqlite3_column_int64(row, 3),
	    .target = sqlite3_column_int64(row, 4),
	    .words = state_text(row, 5),
	    .n = sqlite3_column_int64(row, 6),
	};
}

static gboolean take_act(sqlite3_stmt *row, void *data)
{
	struct state_act act, *out;
	gsize n_kind, n_words;
	char *text;

	load_act(row, &act);
	n_kind = strlen(act.kind) + 1;
	n_words = strlen(act.words) + 1;
	out = g_malloc(sizeof *out + n_kind + n_words);
	text = (char *)(out + 1);
	*out = act;
	out->kind = memcpy(text, act.kind, n_kind);
	out->words = memcpy(text + n_kind, act.words, n_words);
	*(struct state_act **)data = out;
	return FALSE;
}

struct state_act *state_last_act(struct state *st)
{
	struct state_act *act = NULL;

	state_query(st, NULL, take_act, &act,
		    "SELECT " ACT_COLUMNS " FROM acts ORDER BY id DESC LIMIT 1", "");
	return act;
}

struct each_act {
	state_act_fn fn;
	void *data;
};

static gboolean give_act(sqlite3_stmt *row, void *data)
{
	struct each_act *each = data;
	struct state_act act;

	load_act(row, &act);
	return each->fn(&act, each->data);
}

gboolean state_acts(struct state *st, state_act_fn fn, void *data, GError **error)
{
	struct each_act each = {fn, data};

	return state_query(st, error, give_act, &each,
			   "SELECT " ACT_COLUMNS " FROM acts ORDER BY id DESC", "");
}

struct each_item {
	state_act_item_fn fn;
	void *data;
};

static gboolean give_item(sqlite3_stmt *row, void *data)
{
	struct each_item *each = data;
	struct state_act_item item = {
	    .mailbox = sqlite3_column_int64(row, 0),
	    .lid = sqlite3_column_int64(row, 1),
	    .from_mailbox = sqlite3_column_int64(row, 2),
	    .from_lid = sqlite3_column_int64(row, 3),
	    .was = sqlite3_column_int64(row, 4),
	    .became = sqlite3_column_int64(row, 5),
	    .uidvalidity = sqlite3_column_int64(row, 6),
	    .uid = sqlite3_column_int64(row, 7),
	    .agreed = sqlite3_column_int64(row, 8),
	    .date_received = sqlite3_column_int64(row, 9),
	    .kept = state_text(row, 10),
	};

	return each->fn(&item, each->data);
}

gboolean state_act_items(struct state *st, guint64 act, state_act_item_fn fn, void *data,
			 GError **error)
{
	struct each_item each = {fn, data};

	return state_query(st, error, give_item, &each,
			   "SELECT " ITEM_COLUMNS " FROM act_items WHERE act = ? ORDER BY rowid",
			   "l", (gint64)act);
}

static gboolean take_origin(sqlite3_stmt *row, void *data)
{
	guint32 *place = data;

	place[0] = sqlite3_column_int64(row, 0);
	place[1] = sqlite3_column_int64(row, 1);
	return FALSE;
}

void state_act_origin(struct state *st, guint64 act, guint32 *mailbox, guint32 *lid)
{
	guint32 place[] = {*mailbox, *lid};

	state_query(st, NULL, take_origin, place,
		    "SELECT from_mailbox, from_lid FROM act_items"
		    " WHERE mailbox = ? AND lid = ? AND act = ?",
		    "iil", *mailbox, *lid, (gint64)act);
	*mailbox = place[0];
	*lid = place[1];
}

gboolean state_move_act_items(struct state *st, guint32 mailbox, guint32 lid, guint32 to_mailbox,
			      guint32 to_lid, GError **error)
{
	return state_run(st, error,
			 "UPDATE act_items SET mailbox = ?, lid = ? WHERE mailbox = ? AND lid = ?",
			 "iiii", to_mailbox, to_lid, mailbox, lid) &&
	       state_run(st, error,
			 "UPDATE act_items SET from_mailbox = ?, from_lid = ?"
			 " WHERE from_mailbox = ? AND from_lid = ?",
			 "iiii", to_mailbox, to_lid, mailbox, lid);
}

gboolean state_trim_acts(struct state *st, guint32 acts, guint32 items, gint64 since,
			 GError **error)
{
	return state_run(st, error,
			 "DELETE FROM acts WHERE id < (SELECT max(id) FROM acts) AND (made < ?"
			 " OR id <= (SELECT max(id) FROM acts) - ?"
			 " OR id <= (SELECT id FROM (SELECT id, sum(n) OVER (ORDER BY id DESC) AS"
			 " total FROM acts) WHERE total > ? ORDER BY id DESC LIMIT 1))",
			 "lii", since, acts, items);
}
