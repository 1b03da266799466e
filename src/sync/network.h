/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells when it is worth to try a server again: an address came, or the machine woke up. */
#ifndef CUR_SYNC_NETWORK_H
#define CUR_SYNC_NETWORK_H

#include <glib.h>

#include "cur/base/auto.h"

struct network;

/* `back` is called on the main loop, once for a burst of changes. Never NULL: what the
 * system does not offer is done without. */
struct network *network_watch(void (*back)(void *data), void *data);
void network_free(struct network *n);
DEFINE_AUTO(network, network_free)

#endif
