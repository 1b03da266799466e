/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user does to messages and mailboxes, made durable here at once; the server
 * hears of it by steps. Each function is one commit of the store, or none at all. The
 * journal, which may be NULL, is written with it.
 *
 * The order: files are renamed or linked and their folders fsynced, then rows and
 * steps are committed. A kill between the two looks as if another program had done
 * it, and the scan takes it from there. Only a removal is recorded first.
 */
#ifndef CUR_SYNC_ACTS_H
#define CUR_SYNC_ACTS_H

#include <glib.h>

#include "cur/conf/accounts.h"
#include "cur/store/store.h"
#include "journal.h"

/* Lids that are not there (any more) are passed over. `add`, `remove`: FLAG_ bits and MARK_NEW. */
gboolean act_mark(struct store *store, guint32 mailbox, const guint32 *lids, gsize n, mark_t add,
		  mark_t remove, struct journal *j, GError **error);
/* One of them within a change; nothing is durable before maildir_sync(). */
gboolean act_mark_one(struct store *store, struct maildir *md, const struct state_mailbox *mb,
		      const struct state_message *msg, mark_t add, mark_t remove, struct journal *j,
		      GError **error);
/*
 * Keywords by name, blank between. USAGE when one cannot be a keyword, FULL when the mailbox has
 * as many as there are letters. What a message has not, cannot be removed: that is no error.
 */
gboolean act_tag(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		 const char *add, const char *remove, struct journal *j, GError **error);
gboolean act_remove(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		    struct journal *j, GError **error);
/* To another mailbox, of the same account, another one or none. */
gboolean act_transfer(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		      guint32 target, gboolean move, struct journal *j, GError **error);

/*
 * A file with a complete message becomes a message of the mailbox. date_received in Unix seconds,
 * 0 for now. *lid (may be NULL) is its number.
 */
gboolean act_append(struct store *store, guint32 mailbox, const char *path, mark_t flags,
		    gint64 date_received, guint32 *lid, GError **error);
/* The same from an open file, read from where it stands. */
gboolean act_append_fd(struct store *store, guint32 mailbox, int fd, mark_t flags,
		       gint64 date_received, guint32 *lid, GError **error);

/* `account` NULL: `name` is the path of a local Maildir. EXISTS when it is there. */
gboolean act_create(struct store *store, const struct account *account, const char *name,
		    struct journal *j, GError **error);
gboolean act_delete(struct store *store, guint32 mailbox, struct journal *j, GError **error);
/* The same for one that the server has no more; what the server never had of it stays, as files. */
gboolean act_forget(struct store *store, guint32 mailbox, GError **error);
/* Within its account. */
gboolean act_rename(struct store *store, const struct account *account, guint32 mailbox,
		    const char *to, struct journal *j, GError **error);
/* The same for a name that the server wants: it is told by the step that waits already. */
gboolean act_place(struct store *store, const struct account *account, guint32 mailbox,
		   const char *to, struct journal *j, GError **error);
gboolean act_subscribe(struct store *store, guint32 mailbox, gboolean on, GError **error);

#endif
