/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text in columns of a terminal. One function here decides how wide a grapheme
 * cluster is; everything that draws or cuts asks it. Text is UTF-8; bytes that
 * are not count as U+FFFD.
 */
#ifndef CUR_BASE_TEXT_H
#define CUR_BASE_TEXT_H

#include <glib.h>

enum { TEXT_MARKS_MAX = 8 }; /* combining marks of a cluster that are kept */

/*
 * Grapheme clusters of a text, as a terminal shows them:
 *
 *	struct text_iter it;
 *	text_iter_init(&it, s, n);
 *	while (text_iter_next(&it))
 *		… it.start, it.n, it.width …
 */
struct text_iter {
	const char *start; /* this cluster */
	gsize n;	   /* bytes to draw: its base and at most TEXT_MARKS_MAX marks */
	int width;	   /* cells: 1, 2, or 0: not to be drawn alone */
	gunichar base;	   /* its first character; 0xFFFD for a bad byte */
	/* private */
	const char *next_;
	const char *end_;
};
/* n of -1: up to the NUL. */
void text_iter_init(struct text_iter *it, const char *text, gssize n);
gboolean text_iter_next(struct text_iter *it);

/* Columns of a text; control bytes count 0 (run text_safe first). */
int text_width(const char *text, gssize n);

/*
 * How many bytes of the text fit in `columns`, ending at a cluster; *width (may be
 * NULL) is what they take: columns, or one less before a wide cluster.
 */
gsize text_cut(const char *text, gssize n, int columns, int *width);

enum text_align { TEXT_LEFT, TEXT_RIGHT, TEXT_CENTER };
/* Exactly `columns` wide: cut or filled with blanks. Appended to `out`. */
void text_pad(GString *out, const char *text, gssize n, int columns, enum text_align align);

enum text_safe_flags {
	TEXT_SAFE_LINE = 0,	     /* one line: tab and newline become pictures, too */
	TEXT_SAFE_NEWLINES = 1 << 0, /* keep \n */
	TEXT_SAFE_TABS = 1 << 1,     /* keep \t */
	TEXT_SAFE_MARKS = 1 << 2,    /* keep LRM, RLM and ALM; other direction controls go */
};
/*
 * A copy that cannot move a cursor or lie about its order: C0 becomes its picture
 * (U+2400 on), DEL U+2421, C1 and direction controls, line and paragraph
 * separators, tags and invisible operators "<U+202E>", bad UTF-8 U+FFFD, one for each
 * maximal bad sequence. The result is yours and always valid UTF-8.
 */
char *text_safe(const char *text, gssize n, enum text_safe_flags flags);
/* The same, appended. */
void text_safe_append(GString *out, const char *text, gssize n, enum text_safe_flags flags);
/* Between quotation marks; before one, and before a backslash, stands a backslash. */
void text_append_quoted(GString *out, const char *text);
/* TRUE when text_safe would change nothing: a fast look for the usual case. */
gboolean text_is_safe(const char *text, gssize n, enum text_safe_flags flags);

gboolean text_valid_utf8(const char *text, gssize n);
/* A copy with U+FFFD for what is not UTF-8. */
char *text_make_valid(const char *text, gssize n);

/* Full case folding, for comparing and searching. */
char *text_casefold(const char *text, gssize n);

enum text_size_flags {
	TEXT_SIZE_SHOW_BYTES = 1 << 0, /* below 1K: bytes, else "0.9K" style ($size_show_bytes) */
	TEXT_SIZE_SHOW_MB = 1 << 1,    /* from 1M on in M ($size_show_mb) */
	TEXT_SIZE_FRACTIONS = 1 << 2,  /* one decimal below 10 ($size_show_fractions) */
	TEXT_SIZE_UNIT_LEFT = 1 << 3,  /* "K4" ($size_units_on_left) */
	TEXT_SIZE_CHOSEN = 1 << 4,     /* none of them, and that is meant: 0 are the defaults */
	TEXT_SIZE_MUTT = TEXT_SIZE_SHOW_MB | TEXT_SIZE_FRACTIONS, /* the defaults */
};
/* "0K", "4.5K", "312K", "1.2M" as mutt's %c. */
char *text_human_size(guint64 bytes, enum text_size_flags flags);

#endif
