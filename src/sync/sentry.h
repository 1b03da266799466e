/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second connection of an account, on a thread of its own, that waits in one mailbox (INBOX)
 * while the worker's own waits in another: for servers that tell only of the selected one.
 */
#ifndef CUR_SYNC_SENTRY_H
#define CUR_SYNC_SENTRY_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/imap/session.h"
#include "cur/store/state.h"

struct sentry;

/* Called on the sentry's thread: there is news in the mailbox. */
typedef void (*sentry_fn)(guint32 mailbox, void *data);

/* `waker` is the worker's: it says when the network changed. */
struct sentry *sentry_new(struct waker *waker, sentry_fn news, void *data);
void sentry_free(struct sentry *s);
DEFINE_AUTO(sentry, sentry_free)

/* One is to be posted: none stands, or over a network of before; after a failure not for a while.
 */
gboolean sentry_is_due(struct sentry *s);
/*
 * Log in and wait in `mb`; its numbers are those of the last look at it. What `account` points at
 * is borrowed until sentry_recall, but for its token and mechanisms. Returns at once.
 */
void sentry_post(struct sentry *s, const struct imap_account *account,
		 const struct state_mailbox *mb);
/* Within moments. */
void sentry_recall(struct sentry *s);
/* It has a connection, or is about to. */
gboolean sentry_stands(const struct sentry *s);

#endif
