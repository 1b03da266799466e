/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments that are ranges: numbers, message numbers, dates. */
#ifndef QUERY_RANGE_H
#define QUERY_RANGE_H

#include "node.h"

/* Each fails with CUR_ERROR_USAGE, the message without a place. */

/* "5", "5-9", "5-", "-9", ">5", "<5"; K and M multiply. */
gboolean range_of_numbers(const char *text, struct range *range, GError **error);
/* The same and NeoMutt's marks . ^ $ and relative numbers with a comma. */
gboolean range_of_messages(const char *text, guint32 current, guint32 last, struct range *range,
			   GError **error);
/* Absolute and relative dates; `now` in Unix seconds. */
gboolean range_of_dates(const char *text, gint64 now, struct range *range, GError **error);

#endif
