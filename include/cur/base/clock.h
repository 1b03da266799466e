/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of day. */
#ifndef CUR_BASE_CLOCK_H
#define CUR_BASE_CLOCK_H

#include <glib.h>

/* Unix seconds. A clock may be set back: waits are measured by g_get_monotonic_time. */
static inline gint64 clock_now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

#endif
