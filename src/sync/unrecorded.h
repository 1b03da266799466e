/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is fetched becomes visible before it has a row. A list in tmp/ names the files of the batch
 * that is between the two: after a kill it tells a file that came from the server, and may go with
 * its message there, from one that somebody put here (D57). Nobody waits for the list to be
 * durable: after a power cut it may be missing, and the files are taken for somebody's.
 */
#ifndef CUR_SYNC_UNRECORDED_H
#define CUR_SYNC_UNRECORDED_H

#include <glib.h>

#include "cur/mail/row.h"
#include "cur/store/store.h"

/* The list of one batch. What cannot be written of it is no proof later: no errors. */
struct unrecorded;
struct unrecorded *unrecorded_new(struct store *store, guint32 mailbox);
void unrecorded_add(struct unrecorded *u, const char *base, mark_t mark);
/* In place of an older list. */
void unrecorded_write(const struct unrecorded *u);
/* All of it is recorded. */
void unrecorded_forget(const struct unrecorded *u);
/* What is written stays. */
void unrecorded_free(struct unrecorded *u);

/*
 * After a kill: the mark with which each file was fetched, by its base name, yours; NULL: nothing
 * is unrecorded. A list is void when UIDVALIDITY is another or a row was added since.
 */
GHashTable *unrecorded_read(const struct state_mailbox *mb);
void unrecorded_remove(const struct state_mailbox *mb);

#endif
