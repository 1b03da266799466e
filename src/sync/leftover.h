/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kill between the record of a deletion and the deletion left behind. */
#ifndef CUR_SYNC_LEFTOVER_H
#define CUR_SYNC_LEFTOVER_H

#include "cur/store/store.h"

/*
 * Before anything is told to a server: files of messages that wait to be expunged there go.
 * Once the server has them no more, nothing would tell such a file from a new message.
 */
void leftover_remove(struct store *store, const char *account);

#endif
