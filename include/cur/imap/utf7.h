/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modified UTF-7 of mailbox names (RFC 3501 5.1.3). */
#ifndef CUR_IMAP_UTF7_H
#define CUR_IMAP_UTF7_H

#include <glib.h>

/*
 * To UTF-8; NULL when it is not exactly what utf7_encode would write (bad base64, half
 * surrogates, encoded ASCII, U+0000, raw 8-bit). Yours.
 */
char *utf7_decode(const char *name, gssize n);
/* From UTF-8; NULL when it is not valid UTF-8. Yours. */
char *utf7_encode(const char *text, gssize n);

#endif
