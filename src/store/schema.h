/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of state.db and their versions. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <glib.h>
#include <sqlite3.h>

/*
 * Bring a database to the version of this program. An older one is copied to
 * <path>.v<N> first; CORRUPT, untouched, when it is newer or not ours.
 */
gboolean schema_update(sqlite3 *db, const char *path, GError **error);

#endif
