/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one rule for waiting, of connections and of messages. */
#include "backoff.h"

gint64 backoff_seconds(guint tries, gint64 first, gint64 cap, double chance)
{
	gint64 wait = first;

	for (guint i = 1; i < tries && wait < cap; i++)
		wait *= 2;
	wait = MIN(wait, cap);
	wait += (gint64)((double)wait * 0.5 * (chance - 0.5));
	return CLAMP(wait, 1, cap);
}
