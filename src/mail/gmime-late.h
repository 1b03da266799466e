/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GMime, and the GIO, GObject and GPGME under it, loaded by the first who has something for it. */
#ifndef CUR_MAIL_GMIME_LATE_H
#define CUR_MAIL_GMIME_LATE_H

#include <gmime/gmime.h>

#include "cur/base/library.h"

/* clang-format off */
#define GMIME_FUNCTIONS(X) \
	X(g_mime, charset_iconv_name) \
	X(g_mime, encoding_flush) \
	X(g_mime, encoding_init_decode) \
	X(g_mime, encoding_outlen) \
	X(g_mime, encoding_step) \
	X(g_mime, init) \
	X(g_mime, utils_header_encode_phrase) \
	X(g_mime, utils_header_encode_text)
/* clang-format on */

struct gmime {
	GMIME_FUNCTIONS(LIBRARY_POINTER)
};

/* From any thread. A program that cannot have it ends, as if it were linked with it. */
const struct gmime *gmime(void);

#endif
