/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is gone at servers, and what the user said to it. */
#include <string.h>

#include "state-db.h"

gboolean state_put_vanished(struct state *st, const struct state_vanished *v, GError **error)
{
	if (!*v->asked && !*v->allowed && !*v->kept)
		return state_run(st, error, "DELETE FROM vanished WHERE mailbox = ?", "i",
				 v->mailbox);
	return state_run(st, error,
			 "INSERT OR REPLACE INTO vanished (mailbox, uidvalidity, n_known, told,"
			 " asked, allowed, kept) VALUES (?, ?, ?, ?, ?, ?, ?)",
			 "iiiisss", v->mailbox, v->uidvalidity, v->n_known, (guint32)v->told,
			 v->asked, v->allowed, v->kept);
}

/* A copy of one text behind a record; *at moves on. */
static const char *keep(char **at, const char *text)
{
	const char *kept = strcpy(*at, text);

	*at += strlen(text) + 1;
	return kept;
}

static gboolean take(sqlite3_stmt *row, void *data)
{
	const char *asked = state_text(row, 4), *allowed = state_text(row, 5),
		   *kept = state_text(row, 6);
	struct state_vanished *v =
	    g_malloc(sizeof *v + strlen(asked) + strlen(allowed) + strlen(kept) + 3);
	char *at = (char *)(v + 1);

	*v = (struct state_vanished){
	    .mailbox = sqlite3_column_int64(row, 0),
	    .uidvalidity = sqlite3_column_int64(row, 1),
	    .n_known = sqlite3_column_int64(row, 2),
	    .told = sqlite3_column_int(row, 3) != 0,
	};
	v->asked = keep(&at, asked);
	v->allowed = keep(&at, allowed);
	v->kept = keep(&at, kept);
	*(struct state_vanished **)data = v;
	return FALSE;
}

struct state_vanished *state_vanished(struct state *st, guint32 mailbox)
{
	struct state_vanished *v = NULL;

	state_query(st, NULL, take, &v,
		    "SELECT mailbox, uidvalidity, n_known, told, asked, allowed, kept"
		    " FROM vanished WHERE mailbox = ?",
		    "i", mailbox);
	return v;
}

static gboolean take_number(sqlite3_stmt *row, void *data)
{
	guint32 number = sqlite3_column_int64(row, 0);

	g_array_append_val((GArray *)data, number);
	return TRUE;
}

GArray *state_vanished_asked(struct state *st, const char *account)
{
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint32));

	state_query(st, NULL, take_number, numbers,
		    "SELECT mailbox FROM vanished JOIN mailboxes ON number = mailbox"
		    " WHERE account = ? AND asked <> '' ORDER BY mailbox",
		    "s", account);
	return numbers;
}
