/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A copy of the data folder in which a sync can be tried out: state.db as it is now, and the
 * Maildirs of the accounts as hard links. What is renamed or deleted there is as it was here.
 */
#ifndef CUR_STORE_REHEARSAL_H
#define CUR_STORE_REHEARSAL_H

#include <glib.h>

/* Its path, a folder of its own below `data_dir`; yours. Works beside an engine. */
char *rehearsal_begin(const char *data_dir, GError **error);
/* Remove it; the store in it is closed. */
void rehearsal_end(const char *path);

#endif
