/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of messages that have just gone from a folder because they went there at the server: kept
 * for a quarter of an hour, should they turn up in another folder (elsewhere.h). A cache: nothing
 * is lost when it is.
 */
#ifndef CUR_SYNC_DEPARTED_H
#define CUR_SYNC_DEPARTED_H

#include "cur/store/store.h"

/* A second name for the file; it need not work. */
void departed_keep(struct store *store, const char *account, const char *object, const char *path);
/* Its path, yours; NULL when there is none. */
char *departed_find(struct store *store, const char *account, const char *object);
/* Now and then: remove those whose time is over. */
void departed_sweep(struct store *store);
/* When an engine begins: remove all of them. */
void departed_clear(struct store *store);

#endif
