/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to try again: doubling waits between two bounds, spread by chance. Pure. */
#ifndef CUR_SYNC_BACKOFF_H
#define CUR_SYNC_BACKOFF_H

#include <glib.h>

/*
 * Seconds to wait after the `tries`-th failure in a row (1 is the first): first,
 * 2*first, 4*first … at most `cap`, each ± a quarter by `chance` (0.0 .. 1.0) so
 * that many clients do not come back in one moment. Never less than 1.
 */
gint64 backoff_seconds(guint tries, gint64 first, gint64 cap, double chance);

/* The two users' bounds. A connection: 1 s … 15 min; a message: 1 min … 1 h. */
enum { BACKOFF_LINK_FIRST = 1, BACKOFF_LINK_CAP = 15 * 60 };
enum { BACKOFF_MAIL_FIRST = 60, BACKOFF_MAIL_CAP = 60 * 60 };
/* A message that could not be delivered for so long is given back to the user. */
enum { BACKOFF_MAIL_LIFE = 5 * 24 * 60 * 60 };

#endif
