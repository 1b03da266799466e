/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of the outbox. States in order: queued, sending (committed before the server is given
 * anything that it could take for a message), then sent, retry, refused or unknown.
 */
#ifndef CUR_SYNC_LETTER_H
#define CUR_SYNC_LETTER_H

#include <glib.h>

#include "cur/store/outbox.h"
#include "cur/store/store.h"
#include "submit.h"

struct letter {
	char *id;
	enum outbox_state state;
	guint32 tries;
	gint64 queued, next_try; /* Unix seconds */
	char *words;
};

/* All, oldest first: struct letter *, yours. */
GPtrArray *letters_load(struct store *store);

/* A new row, queued; one that is there stays as it is. */
gboolean letter_add(struct store *store, const char *id, const struct outbox_item *item,
		    GError **error);
/* What becomes of a row. `words` may be NULL. */
struct letter_change {
	const char *id;
	enum outbox_state from, to;
	gint64 next_try;
	const char *words;
	gboolean done; /* set by letters_set; FALSE: it is not in `from` any more */
};
/* All in one commit, but for those rows that the user has changed meanwhile. */
gboolean letters_set(struct store *store, struct letter_change *changes, guint n, const char *point,
		     GError **error);
/* Sent, filed and done with. The files, then the rows: a file without a row would be sent again. */
gboolean letters_drop(struct store *store, const GPtrArray *ids, GError **error);
/* What a user asks for a row. GONE, BUSY while it is being sent, REFUSED in a state it is not for.
 */
gboolean letter_wish(struct store *store, const char *id, enum submit_wish wish, GError **error);

/* SUBMIT_FLUSH for all that it is for, in one commit. */
gboolean letters_flush(struct store *store, GError **error);

#endif
