/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only place that writes cells. Whatever text it is given passes
 * text_safe() here, after all decoding, and is put down cluster by cluster with
 * the widths of base/text.h, so that no byte of a message reaches the terminal
 * as a control and a row is never wider than its line. Callers therefore hand
 * in text as it is, UTF-8 or not.
 */
#ifndef CUR_UI_PAINT_H
#define CUR_UI_PAINT_H

#include <glib.h>

struct paint;
struct color_rule;

/*
 * A style is a small number: COLOR_<ID> of colors.def, or what paint_style()
 * gave for a rule. STYLE_NONE is "that of the line".
 */
enum { STYLE_NONE = -1 };

enum span_flags {
	SPAN_ISOLATE =
	    1 << 0, /* foreign name or subject: right-to-left text must not move its neighbours */
	SPAN_BOLD = 1 << 1, /* attributes on top of the style */
	SPAN_UNDERLINE = 1 << 2,
	SPAN_REVERSE = 1 << 3,
};

struct span {
	const char *text; /* borrowed for the call */
	gssize len;	  /* bytes, -1: up to NUL */
	int style;	  /* laid over the line's: default colours of it let the line's through */
	unsigned flags;
};

struct line {
	int y, x, cols;		  /* where on the screen; columns outside the screen are cut */
	int style;		  /* of the whole line and what is left blank */
	const struct span *spans; /* left to right; cut at cols */
	guint n_spans;
	gboolean style_wins; /* the line's style hides those of the spans (the indicator) */
	gboolean covered;    /* `cover` is laid over all of it ($cursor_overlay) */
	int cover;
};

/* Write one line: spans, then blanks up to cols. */
void paint_line(struct paint *paint, const struct line *line);

/* The same for one text. */
void paint_text(struct paint *paint, int y, int x, int cols, int style, const char *text);

/* Blanks over a rectangle of lines. */
void paint_blank(struct paint *paint, int y, int x, int rows, int cols, int style);

/* Draw a bar over `cols` columns, the first `filled` of them in style_done. */
void paint_bar(struct paint *paint, int y, int x, int cols, int filled, int style_done,
	       int style_rest, const char *text);

/*
 * The style of a regex or pattern rule of `color` (conf/colors.h). The same rule
 * gives the same number; good until colours change (view_ops.settings_changed).
 */
int paint_style(struct paint *paint, const struct color_rule *rule);
/* The style of two colours of the palette (0..255, -1: the default). STYLE_NONE when there are too
 * many. */
int paint_palette_style(struct paint *paint, int fg, int bg);

/*
 * What paint_line would put into the cells, without a terminal: runs of text
 * with one style, in order. For paint itself, dumps and tests.
 */
typedef void (*paint_run_fn)(const char *utf8, int columns, int style, unsigned flags, void *data);
void paint_runs(const struct line *line, paint_run_fn run, void *data);

#endif
