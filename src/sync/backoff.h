/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to try again: doubling waits between two bounds, spread by chance. Pure. */
#ifndef CUR_SYNC_BACKOFF_H
#define CUR_SYNC_BACKOFF_H

#include <glib.h>

/*
 * How long to wait after the `tries`-th failure in a row (1 is the first), in the unit of the
 * bounds: first, 2*first, 4*first … at most `cap`, each spread by a quarter to either side by
 * `chance` (0.0 .. 1.0), so that many clients do not come back in one moment. Never more than
 * `cap`, below which the longest waits spread, and never less than 1.
 */
gint64 backoff_wait(guint tries, gint64 first, gint64 cap, double chance);

/*
 * What is left, in seconds, until the time of day `next_try` that a wait of at most `cap_s` led
 * to; 0: it is due. A clock that was set back must not make a minute a year.
 */
gint64 backoff_left_s(gint64 next_try, gint64 now_s, gint64 cap_s);

/* The two users' bounds. A connection: 1 s … 15 min; a message or step: 1 min … 1 h. */
enum { BACKOFF_LINK_FIRST_MS = 1000, BACKOFF_LINK_CAP_MS = 15 * 60 * 1000 };
enum { BACKOFF_MAIL_FIRST = 60, BACKOFF_MAIL_CAP = 60 * 60 };
/* A message that could not be delivered for so long and so often is given back to the user. */
enum { BACKOFF_MAIL_LIFE = 5 * 24 * 60 * 60, BACKOFF_MAIL_TRIES = 20 };

#endif
