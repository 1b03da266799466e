/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one rule for waiting, of connections and of messages. */
#include "backoff.h"

gint64 backoff_wait(guint tries, gint64 first, gint64 cap, double chance)
{
	gint64 wait = first, most;

	for (guint i = 1; i < tries && wait < cap; i++)
		wait *= 2;
	most = MIN(wait + wait / 4, cap);
	return MAX(most - (gint64)((double)most * 0.4 * (1.0 - chance)), 1);
}

gint64 backoff_left_s(gint64 next_try, gint64 now_s, gint64 cap_s)
{
	return next_try <= now_s || next_try - now_s > cap_s ? 0 : next_try - now_s;
}
