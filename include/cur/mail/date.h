/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dates of messages: every sort of Date: field in, RFC 5322 3.3 out, and
 * strftime with the zone and the language given rather than taken from the
 * process.
 */
#ifndef CUR_MAIL_DATE_H
#define CUR_MAIL_DATE_H

#include <glib.h>

enum { DATE_ZONE_NONE = G_MAXINT16 }; /* the text named no zone; the time is taken as UTC */

/*
 * Parse a Date: value: day name, two-digit years, named zones, missing
 * seconds, comments, asctime's and ISO 8601's order. FALSE when it makes no
 * sense or lies outside 1970-01-02 … 2200.
 */
gboolean date_parse(const char *text, gint64 *seconds, gint16 *zone_minutes);
gboolean date_parse_n(const char *text, gsize n, gint64 *seconds, gint16 *zone_minutes);

/* "Sat, 21 Nov 2026 10:11:12 +0100". Yours. */
char *date_format_header(gint64 seconds, gint16 zone_minutes);

/* Minutes east of UTC of the local zone at that time. */
gint16 date_local_zone(gint64 seconds);

enum date_zone { DATE_LOCAL, DATE_SENDER, DATE_UTC };

/*
 * strftime(format) of a time. DATE_SENDER uses `zone_minutes`; `english` names
 * months and days in English whatever the locale (mutt's leading '!' in a date
 * format). The result has at most 255 bytes, is valid UTF-8, and is yours.
 */
char *date_format(const char *format, gint64 seconds, enum date_zone zone, gint16 zone_minutes,
		  gboolean english);

#endif
