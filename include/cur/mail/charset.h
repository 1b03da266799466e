/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text in any charset to UTF-8 and back. All that comes out of here is valid
 * UTF-8 without NUL; what cannot be read is U+FFFD.
 */
#ifndef CUR_MAIL_CHARSET_H
#define CUR_MAIL_CHARSET_H

#include <glib.h>

/* Is there a converter for it? (utf-7 and its relatives count as none) */
gboolean charset_is_known(const char *charset);

/*
 * Text in `charset` (NULL or "": none named) to UTF-8. A text without a charset
 * or with an unknown one is judged by charset_guess(). Control characters that
 * come out of another charset than UTF-8 become U+FFFD; CR LF become
 * LF with no other change. The result is NUL-terminated, *out_n may be NULL. Yours.
 */
char *charset_to_utf8(const char *bytes, gsize n, const char *charset, const char *const *assumed,
		      gsize *out_n);

/*
 * Which charset raw bytes probably have: "us-ascii", "utf-8" when valid, else
 * the first of `assumed` ($assumed_charset, may be NULL) that converts them
 * without loss, else a guess between koi8-r, windows-1251 and windows-1252. Static.
 */
const char *charset_guess(const char *bytes, gsize n, const char *const *assumed);

/* Raw 8-bit header bytes to UTF-8 by that guess, no NUL; valid text is copied. Yours. */
char *charset_raw_header(const char *bytes, gsize n, const char *const *assumed);

/*
 * The first of `charsets` ($send_charset, NULL-terminated) that can express the
 * text, else "utf-8"; "us-ascii" for plain text whatever the list. Borrowed from the list or
 * static.
 */
const char *charset_for_sending(const char *utf8, gsize n, const char *const *charsets);
/* UTF-8 to `charset`; NULL when a character does not fit. Yours. */
char *charset_from_utf8(const char *utf8, gsize n, const char *charset, gsize *out_n);

#endif
