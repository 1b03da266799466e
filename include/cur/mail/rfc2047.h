/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header values as a person reads them: RFC 2047 words decoded, raw bytes guessed. */
#ifndef CUR_MAIL_RFC2047_H
#define CUR_MAIL_RFC2047_H

#include <glib.h>

/*
 * A field's value: unfolded, words decoded (a character split over two words
 * included), raw 8-bit bytes guessed with `assumed` ($assumed_charset or
 * NULL), control characters that words hide made blanks. Valid UTF-8 on one
 * line. Linear. Yours.
 */
char *header_decode(const char *value, gsize n, const char *const *assumed);

#endif
