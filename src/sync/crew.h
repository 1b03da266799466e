/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several connections for one account. While a round has many mailboxes to ask for, hands, each a
 * thread with a session of its own, take them from the same queue as the worker, and are gone when
 * it is empty. A server that wants fewer connections gets fewer; that is no error.
 *
 * What goes towards the server stays with the worker's own connection: crew_push() waits until the
 * hands rest, between two commands of a FETCH, so that a step never meets a mailbox half compared.
 */
#ifndef CUR_SYNC_CREW_H
#define CUR_SYNC_CREW_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/imap/session.h"
#include "folders.h"
#include "round.h"

/* Lives as long as its worker, and remembers what the server allows. */
struct crew;
struct crew *crew_new(void);
void crew_free(struct crew *c);
DEFINE_AUTO(crew, crew_free)

/* What a crew does; its functions get `data`. */
struct crew_work {
	void *data;
	const char *name; /* of the account, for the log */
	guint n_hands;	  /* besides the worker, at most */
	/* A hand's session. */
	struct imap *(*open)(void *data, GError **error);
	/* One mailbox, on whichever thread. FALSE ends the session of `r`. */
	gboolean (*sync)(void *data, struct round *r, const struct folder_news *one,
			 GError **error);
	/* On the worker's thread: what the user did meanwhile. */
	gboolean (*let_pass)(void *data, struct round *r, GError **error);
};

/* How many hands so much work is worth. */
guint crew_worth(guint n_mailboxes, guint64 n_messages);
/* … and how many the server takes, as far as is known, of `connections` in all. */
guint crew_allowed(struct crew *c, guint connections);

/*
 * All of `news` (struct folder_news), in its order. `r` is the worker's round, on whose thread
 * this is. FALSE when a mailbox was left over, with the first reason.
 */
gboolean crew_run(struct crew *c, const struct crew_work *work, struct round *r, const GArray *news,
		  GError **error);

/* The worker: push_steps() while every hand rests, when there is something to push. */
gboolean crew_push(struct round *r, GError **error);
/* A hand, where it can rest: TRUE when the worker waits for that. */
gboolean crew_is_pausing(struct crew *c);
void crew_rest(struct crew *c);
/* One harvest at a time: a file that went from one folder to another is seen in order. */
void crew_lock_files(struct crew *c);
void crew_unlock_files(struct crew *c);

#endif
