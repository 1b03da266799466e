/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files about mailboxes share. All of it within a change. */
#ifndef CUR_SYNC_FOLDERS_PRIVATE_H
#define CUR_SYNC_FOLDERS_PRIVATE_H

#include <glib.h>

#include "cur/imap/names.h"
#include "folders.h"

/* The mailbox's name, from its folder within the account. Yours. */
char *folder_name(const struct account *account, const char *folder);
/* Maildir and record; `row` NULL: no server has told of it. Yours, g_free(). */
struct state_mailbox *folder_insert(struct store *store, const struct account *account,
				    const char *folder, const struct imap_list_row *row,
				    GError **error);
/* Numbers (guint32) of those below a folder; yours. */
GArray *folder_children(struct store *store, const char *account, const char *folder,
			GError **error);

#endif
