/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailboxes of an account as a set: which there are at the server and here, made,
 * renamed, subscribed and deleted on both sides.
 */
#ifndef CUR_SYNC_FOLDERS_H
#define CUR_SYNC_FOLDERS_H

#include <glib.h>

#include "cur/imap/mailbox.h"
#include "round.h"

/* What a LIST told of one mailbox of ours. */
struct folder_news {
	guint32 mailbox;
	struct imap_status status;
};

/*
 * LIST with STATUS: new ones become mailboxes here, roles and subscriptions are noted; Maildirs
 * that somebody made below the account's folder become steps. Nothing is ever removed
 * here (P45). An array of struct folder_news, yours.
 */
GArray *folders_list(struct round *r, GError **error);

/*
 * Within a change: a mailbox of an account, here and as a step for the server. `folder` is
 * UTF-8 with '/'. NULL on error; yours, g_free().
 */
struct state_mailbox *folder_make(struct store *store, const struct account *account,
				  const char *folder, GError **error);
/* A plain local Maildir as a mailbox; made when it is not there and `create`. Within a change. */
struct state_mailbox *folder_make_local(struct store *store, const char *path, gboolean create,
					GError **error);

/* A mailbox was renamed here: those below went with it. Within a change. */
gboolean folder_move_children(struct store *store, const struct account *account, const char *from,
			      const char *to, GError **error);

/* Steps; the mailbox's record says the folder, data is what the record cannot say any more. */
gboolean folder_push_create(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error);
gboolean folder_push_delete(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error);
gboolean folder_push_rename(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error);
gboolean folder_push_subscribe(struct round *r, const struct state_mailbox *mb,
			       const GPtrArray *steps, GError **error);

#endif
