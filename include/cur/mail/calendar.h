/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/calendar (RFC 5545, RFC 5546) as a few lines a person can read. */
#ifndef CUR_MAIL_CALENDAR_H
#define CUR_MAIL_CALENDAR_H

#include <glib.h>

/* Each event or task: method, summary, when with its zone, where, organizer, attendees,
 * description. UTF-8, LF. The text itself when it holds no component. Yours. */
char *calendar_to_text(const char *utf8, gsize n);

#endif
