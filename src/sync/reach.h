/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain local Maildirs lie where the user wants them; notmuch indexes what is below mail/. So each
 * has a link there, mail/.local/<mailbox number>, and the index knows its files by that.
 */
#ifndef CUR_SYNC_REACH_H
#define CUR_SYNC_REACH_H

#include <glib.h>

#include "cur/store/store.h"

/* The Maildir's path for the index, the link made when it is wanted; NULL with *error. Yours. */
char *reach_into(struct store *store, const struct state_mailbox *mb, GError **error);
/* A file's own path out of one of the index. Yours. */
char *reach_out(struct store *store, const char *path);

#endif
