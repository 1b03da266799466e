/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailto: URLs (RFC 6068). They come from web pages, so only fields of an allow
 * list are taken, nothing names a file, and what is taken is shown before it is
 * sent.
 */
#ifndef CUR_MAIL_MAILTO_H
#define CUR_MAIL_MAILTO_H

#include <glib.h>

#include "cur/mail/draft.h"

enum { MAILTO_MAX_BYTES = 64 * 1024, MAILTO_MAX_RECIPIENTS = 100 };

/* TRUE when `text` begins with "mailto:" in any case. */
gboolean mailto_is(const char *text);

/*
 * The URL that a field of a mailing list offers ("<url>, <url> (comment)", RFC 2369 2): the first
 * that is mail, else the first; a field without angle brackets is one. Yours; NULL for none.
 */
char *mailto_list_url(const char *field);
/* The address a List-Post field names, as header text. Yours; NULL for none. */
char *mailto_list_address(const char *field);

/*
 * A draft from a URL. `allow` is `mailto_allow`: NULL-terminated names besides to,
 * "*" for all, or NULL for cc, subject, body, in-reply-to, references. Bcc is taken only when it
 * is allowed and stands in draft->bcc for the caller to show. attach, attachment, fcc
 * and X- fields are never taken. `ignored`, when not NULL, gets the names left out
 * (yours, a GPtrArray of char *). Fails with CUR_ERROR_USAGE: bad %-escape, %00, line
 * break in a field other than body, invalid UTF-8, too long, too many recipients.
 */
struct draft *mailto_parse(const char *url, const char *const *allow, GPtrArray **ignored,
			   GError **error);

#endif
