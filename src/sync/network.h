/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells when what is known of the network may be wrong: an address, a default route or a link came
 * or went, the machine slept, the clock was set.
 */
#ifndef CUR_SYNC_NETWORK_H
#define CUR_SYNC_NETWORK_H

#include <glib.h>

#include "cur/base/auto.h"

/* Where time is told; tests have their own. */
struct network_clock {
	int fd; /* readable when it was set or it is time to look; taken. -1: none */
	gint64 (*slept_ms)(void *data); /* in suspend since boot */
	void *data;
};

struct network;

/*
 * `changed` is called on the main loop, once for a burst of changes, within half a second.
 * `clock` NULL: the system's. Never NULL: what the system does not offer is done without.
 */
struct network *network_watch(const struct network_clock *clock, void (*changed)(void *data),
			      void *data);
void network_free(struct network *n);
DEFINE_AUTO(network, network_free)

#endif
