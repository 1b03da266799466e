/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text/plain; format=flowed (RFC 3676): soft line ends joined, stuffing removed. */
#ifndef CUR_MAIL_FLOWED_H
#define CUR_MAIL_FLOWED_H

#include <glib.h>

/* One paragraph or fixed line, given to the callback without quote marks and without line end. */
typedef void (*flowed_line_fn)(const char *text, gsize n, guint quote_level, void *data);

/* Decode `n` bytes of UTF-8 text with LF line ends. Linear. */
void flowed_decode(const char *text, gsize n, gboolean delsp, flowed_line_fn line, void *data);

/* Space-stuff a text for sending (4.4): lines that begin with ' ', '>' or "From ". Yours. */
char *flowed_stuff(const char *text, gsize n);

#endif
