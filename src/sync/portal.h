/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A captive portal answers in a server's place, with its own certificate or with a page of HTML,
 * until somebody has agreed to something in a browser. For a server that was reached before this
 * is no matter of the account: it is tried again, soon and silently, and nobody is asked for a
 * password. No certificate is trusted for it.
 */
#ifndef CUR_SYNC_PORTAL_H
#define CUR_SYNC_PORTAL_H

#include <glib.h>

#include "cur/store/store.h"

/* For how long a network is new, and how often a portal is tried meanwhile at least. */
enum { PORTAL_NEW_S = 10 * 60, PORTAL_CAP_MS = 60 * 1000 };

/* Whether the account's server was ever reached, by what is known of its mailboxes. */
gboolean portal_knows(struct store *store, const char *account);
/* Why connecting failed, if the server was reached before: TRUE when it may be a portal, which it
 * then says, and is RETRY. */
gboolean portal_explain(GError *failed);

#endif
