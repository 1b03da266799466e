/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text with attributes: what HTML, enriched text, overstrikes and colours of a terminal become. */
#ifndef CUR_MAIL_RICH_H
#define CUR_MAIL_RICH_H

#include <glib.h>

#include "cur/base/auto.h"

enum rich_style {
	RICH_BOLD = 1 << 0,
	RICH_UNDERLINE = 1 << 1,
	RICH_ITALIC = 1 << 2,
	RICH_LINK = 1 << 3, /* text of a link */
	RICH_CODE = 1 << 4, /* preformatted: do not fill */
	RICH_STRIKE = 1 << 5,
	RICH_REVERSE = 1 << 6
};

/* Colours in the same word: a number of the palette (0..255) plus 1, 0 for none. */
#define RICH_COLOR_MASK 0x1ffU
#define RICH_FOREGROUND(color) ((guint32)(color) << 8)
#define RICH_BACKGROUND(color) ((guint32)(color) << 17)
/* Back from the word; -1: none. */
#define RICH_FOREGROUND_OF(style) ((int)((style) >> 8 & RICH_COLOR_MASK) - 1)
#define RICH_BACKGROUND_OF(style) ((int)((style) >> 17 & RICH_COLOR_MASK) - 1)

/* Bytes [start, start+n) have these styles. Spans are in order and do not overlap. */
struct rich_span {
	guint32 start, n;
	guint32 style; /* enum rich_style, and colours */
};

struct rich {
	GString *text; /* UTF-8, LF between logical lines */
	GArray *spans; /* of struct rich_span */
};

struct rich *rich_new(void);
void rich_free(struct rich *r);
DEFINE_AUTO(rich, rich_free)
/* Append text in a style; a span that goes on is made longer. */
void rich_append(struct rich *r, const char *text, gsize n, guint32 style);

/* text/enriched and text/richtext (RFC 1896, RFC 1341). Linear. Yours. */
struct rich *rich_from_enriched(const char *text, gsize n);
/* Overstrikes (nroff): "a\ba" is bold, "_\ba" underlined. Yours. */
struct rich *rich_from_overstrike(const char *text, gsize n);
/* Colours and attributes as a terminal takes them ("ESC [ … m"); other sequences stay. Yours. */
struct rich *rich_from_ansi(const char *text, gsize n);

#endif
