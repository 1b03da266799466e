/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of the outbox, each change one commit. States in order: queued, sending
 * (committed before MAIL FROM), then sent, retry, refused or unknown.
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
	enum outbox_state from, to;
	gint64 next_try;
	const char *words;
	const char *point; /* the step point behind the commit */
};
/* GONE when the user changed it meanwhile: it is not in `from` any more. */
gboolean letter_set(struct store *store, const char *id, const struct letter_change *change,
		    GError **error);
/* The file, then the row: a file without a row would be sent again. */
gboolean letter_drop(struct store *store, const char *id, GError **error);
/* What a user asks for a row. GONE, BUSY while it is being sent, REFUSED in a state it is not for.
 */
gboolean letter_wish(struct store *store, const char *id, enum submit_wish wish, GError **error);

#endif
