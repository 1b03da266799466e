/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where rendered HTML flows to: text with collapsed blanks, line and paragraph
 * breaks that do not add up, and a prefix (quote marks, indent, list mark) before
 * each line. A table cell is a flow of its own.
 */
#ifndef CUR_MAIL_HTML_FLOW_H
#define CUR_MAIL_HTML_FLOW_H

#include "cur/mail/rich.h"

enum html_break { BREAK_NONE, BREAK_LINE, BREAK_PARAGRAPH };

struct html_flow {
	struct rich *out;
	guint quotes, indent; /* before each line */
	guint line_quotes;    /* of the line before */
	char *mark;	      /* list mark of the next line; stands in the indent */
	enum html_break pending;
	gboolean space;	     /* a blank is due before the next word */
	gboolean line_begun; /* the current line has text */
	gunichar last;	     /* last character written */
	guint32 last_style;  /* and how */
};

void html_flow_init(struct html_flow *f);
void html_flow_clear(struct html_flow *f);

/* Ask for a break before the next text; the largest one asked for counts. */
void html_flow_break(struct html_flow *f, enum html_break kind);
/* <br>: two of them make an empty line. */
void html_flow_br(struct html_flow *f);
/* Words, blanks collapsed. Entities are decoded already. */
void html_flow_words(struct html_flow *f, const char *text, gsize n, guint32 style);
/* Text as it stands, LF ends a line. */
void html_flow_raw(struct html_flow *f, const char *text, gsize n, guint32 style);
/* The list mark of the next line. Takes the string. */
void html_flow_mark(struct html_flow *f, char *mark);
/* All of a finished text, with its styles, after a line break. */
void html_flow_rich(struct html_flow *f, const struct rich *r);

#endif
