/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text with attributes: what HTML, enriched text and overstrikes become. */
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
	RICH_STRIKE = 1 << 5
};

/* Bytes [start, start+n) have these styles. Spans are in order and do not overlap. */
struct rich_span {
	guint32 start, n;
	guint32 style; /* enum rich_style */
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

#endif
