/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps that a server has said no to for good: a quota, a mailbox that went, rights. They are
 * shown, tried again when the user asks for a sync, and given up when the user says so; then
 * what the server has holds, and no file is touched.
 */
#ifndef CUR_SYNC_REFUSED_H
#define CUR_SYNC_REFUSED_H

#include <glib.h>

#include "cur/store/store.h"

/* n steps of one kind about one folder, with the same words of the server. */
typedef void (*refused_fn)(const char *kind, const char *folder, guint n, const char *words,
			   void *data);
void refused_each(struct store *store, const char *account, refused_fn each, void *data);

/* The user asks: they are due again. */
gboolean refused_retry(struct store *store, const char *account, GError **error);
gboolean refused_give_up(struct store *store, const char *account, GError **error);

#endif
