/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lines of a text wrapped to the screen, without a screen. A line is wrapped
 * when it is looked at, so a long line or a large text costs what is seen of it.
 * All text that comes out is safe for a terminal, but for its tabs.
 */
#ifndef PAGER_TEXT_H
#define PAGER_TEXT_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/base/regex.h"
#include "cur/mail/display.h"

/* Where the lines come from: display_line() or an array. */
typedef gboolean (*text_line_fn)(void *data, guint i, struct display_line *out);

struct text_layout {
	int cols;	  /* of the screen area, at least 1 */
	int wrap;	  /* $wrap: 0 all columns, > 0 at most so many, < 0 so many left free */
	int reflow_wrap;  /* $reflow_wrap for flowed paragraphs, same reading */
	gboolean smart;	  /* $smart_wrap: break at blanks */
	gboolean markers; /* $markers: "+" before a continued line */
	gboolean hide_quoted;
	guint show_levels; /* quoted lines up to this level stay */
};

/* The beginning of a row: a line and a byte offset in its safe text. */
struct text_pos {
	guint line;
	gsize offset;
};

/* One row of the screen. Pointers live until the layout or the text goes. */
struct text_row {
	struct display_line line; /* text and n are the safe ones; no spans when they differ */
	gsize start, n;		  /* bytes of line.text in this row */
	gboolean continued;	  /* not the first row of its line */
	const char *prefix;	  /* in front of a continued row: quote marks, "+", indent, or "" */
	gsize prefix_n;
};

struct pager_text;
struct pager_text *pager_text_new(text_line_fn line, void *data);
void pager_text_free(struct pager_text *text);
DEFINE_AUTO(pager_text, pager_text_free)

void pager_text_set_layout(struct pager_text *text, const struct text_layout *layout);

/* Move `pos` to a row that is shown and begins there or before; to {0, 0} when there is none. */
void pager_text_settle(struct pager_text *text, struct text_pos *pos);
/* The row at a settled pos; FALSE when there is no line. */
gboolean pager_text_row(struct pager_text *text, struct text_pos pos, struct text_row *row);
/* To the next or previous row; FALSE (and no move) at the ends. */
gboolean pager_text_next(struct pager_text *text, struct text_pos *pos);
gboolean pager_text_previous(struct pager_text *text, struct text_pos *pos);
/* So many rows down (up when negative), as far as there are; returns how many it went. */
int pager_text_move(struct pager_text *text, struct text_pos *pos, int rows);
/* The last row. */
void pager_text_end(struct pager_text *text, struct text_pos *pos);

/*
 * The next match after (before) `pos`, itself not counted: a line that is shown,
 * and the row in it. FALSE when there is none that way.
 */
gboolean pager_text_find(struct pager_text *text, const struct regex *re, gboolean backward,
			 struct text_pos *pos);

/* The first line after the header; the first one after quoted text. FALSE: none. */
gboolean pager_text_skip_header(struct pager_text *text, struct text_pos *pos);
gboolean pager_text_skip_quoted(struct pager_text *text, guint context, struct text_pos *pos);

#endif
