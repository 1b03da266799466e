/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How one thread gets another out of a blocking call on the network. A poke ends
 * link_wait (IDLE) and nothing else; a stop ends whatever waits, now and from
 * then on, with CUR_ERROR_CANCELLED. Both may be called from any thread.
 */
#ifndef CUR_NET_WAKER_H
#define CUR_NET_WAKER_H

#include <glib.h>

#include "cur/base/auto.h"

struct waker;

struct waker *waker_new(void);
/* No link may use it any more. */
void waker_free(struct waker *w);
DEFINE_AUTO(waker, waker_free)

void waker_poke(struct waker *w);
/* TRUE when it was poked since the last time this was asked. */
gboolean waker_was_poked(struct waker *w);
/* Readable while poked or stopped: for a poll() of your own. */
int waker_poke_fd(const struct waker *w);

void waker_stop(struct waker *w);
gboolean waker_is_stopped(const struct waker *w);
/* Readable while stopped. */
int waker_stop_fd(const struct waker *w);

/*
 * The network is not what it was (another address, no link, a sleep): connections made before
 * look whether they still stand. Counted; does not poke.
 */
void waker_network_changed(struct waker *w);
guint waker_network(const struct waker *w);

/*
 * Sleep, for back-off between connections. TRUE: the time is over; FALSE: poked
 * (the poke is kept) or stopped.
 */
gboolean waker_sleep(struct waker *w, gint64 milliseconds);

#endif
