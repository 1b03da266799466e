/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages on their way from a server into one Maildir: bytes are streamed into
 * files, rows are made on the way, and a batch becomes durable and visible at once:
 * files, then state.db, then the cache. CRLF becomes LF, as Maildirs have it.
 */
#ifndef CUR_SYNC_INCOMING_H
#define CUR_SYNC_INCOMING_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"
#include "cur/store/maildir.h"
#include "cur/store/store.h"
#include "hub.h"

struct incoming;

/* Called within the commit of a batch, after each row: what else belongs to the message. */
typedef gboolean (*incoming_fn)(const struct state_message *msg, void *tag, void *data,
				GError **error);

struct incoming *incoming_open(struct store *store, const struct state_mailbox *mb,
			       const char *const *assumed, GError **error);
/* What was not committed leaves no trace. */
void incoming_close(struct incoming *in);
DEFINE_AUTO(incoming, incoming_close)
void incoming_on_row(struct incoming *in, incoming_fn fn, void *data);
/*
 * The lid of a row that has the message at `path` already, or 0. That row then takes the
 * place of a new one: incoming_fn is called for it, and the file at `path` goes.
 */
typedef guint32 (*incoming_twin_fn)(const struct row *row, const char *path, void *data);
void incoming_on_twin(struct incoming *in, incoming_twin_fn fn, void *data);

/*
 * What begins from now on is a header whose text stays at the server (mail/partial.h), in this
 * generation of the mailbox.
 */
void incoming_headers(struct incoming *in, guint32 uidvalidity);
gboolean incoming_begin(struct incoming *in, GError **error);
gboolean incoming_bytes(struct incoming *in, const char *bytes, gsize n, GError **error);
/* What the server knows of it. `tag` comes back in incoming_fn. */
struct incoming_facts {
	guint32 uid;
	mark_t flags; /* and keywords */
	guint64 modseq;
	gint64 date_received;
	guint64 size_bytes; /* of a header: that of the whole message */
	guint32 fills;	    /* lid of the row whose text this is; 0: a new message … */
	const char *base;   /* … and its file; borrowed until the commit */
	void *tag;
};
gboolean incoming_end(struct incoming *in, const struct incoming_facts *facts, GError **error);
/* Drop the message that was begun. */
void incoming_cancel(struct incoming *in);

/* TRUE when so much waits that incoming_commit() is due. */
gboolean incoming_is_full(const struct incoming *in);
gboolean incoming_commit(struct incoming *in, GError **error);
/*
 * Tell the programs what came so far, of `n_all`, five times a second at most, and that it is over
 * when it is closed. `hub` and `doing` live as long as `in`.
 */
void incoming_tell(struct incoming *in, struct hub *hub, const char *doing, guint n_all);
/* Since it was opened: rows committed, and how many of them unread. */
guint incoming_n_done(const struct incoming *in);
guint incoming_n_unseen(const struct incoming *in);

#endif
