/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cells of the screen. Text comes in as it is and goes out safe, cut, and with
 * each cluster at the column that base/text.h counts: the cursor is placed anew
 * for every cluster that is not ASCII, so a terminal or a libc that thinks
 * otherwise of a width cannot shift the rest of the line.
 */
#include "cur/ui/paint.h"

#include <curses.h>
#include <string.h>
#include <wchar.h>

#include "colors.h"
#include "cur/base/text.h"

enum { STYLES_MAX = 20000 }; /* a message may name every pair of colours */

/*
 * The left-to-right mark keeps blanks, digits and marks beside a right-to-left
 * text where they are. Isolates (U+2068) would say it better, but some terminals
 * give them a column; this one has none anywhere.
 */
#define LEFT_TO_RIGHT_MARK "\xe2\x80\x8e"

/* ---- from spans to runs ---------------------------------------------------- */

/* Hebrew, Arabic and their neighbours: does its direction need to be fenced in? */
static gboolean has_right_to_left(const char *text, gsize n)
{
	for (const char *p = text; p < text + n; p = g_utf8_next_char(p)) {
		gunichar c = (guchar)*p < 0xd6 ? 0 : g_utf8_get_char(p);

		if ((c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
		    (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff) ||
		    (c >= 0x1e800 && c <= 0x1efff))
			return TRUE;
	}
	return FALSE;
}

/* Copy the clusters that fit; those without a width of their own would join a neighbour. */
static int fit(GString *out, const char *text, gssize n, int cols)
{
	struct text_iter it;
	int used = 0;

	text_iter_init(&it, text, n);
	while (used < cols && text_iter_next(&it)) {
		if (it.width <= 0)
			continue;
		if (used + it.width > cols)
			break;
		g_string_append_len(out, it.start, it.n);
		used += it.width;
	}
	return used;
}

/* A line has no use for more bytes than this: a megabyte of error text costs nothing (U08). */
static gsize worth_reading(const struct span *span, int cols)
{
	gsize n = span->len < 0 ? strlen(span->text) : (gsize)span->len;

	return MIN(n, (gsize)cols * 64 + 256);
}

static int span_run(const struct span *span, int cols, GString *out)
{
	gsize n = worth_reading(span, cols);
	g_autofree char *safe = NULL;
	const char *text = span->text;
	int used;

	g_string_truncate(out, 0);
	if (!text_is_safe(text, n, TEXT_SAFE_LINE)) {
		safe = text_safe(text, n, TEXT_SAFE_LINE);
		text = safe;
		n = strlen(safe);
	}
	used = fit(out, text, n, cols);
	if (span->flags & SPAN_ISOLATE && has_right_to_left(out->str, out->len)) {
		g_string_prepend(out, LEFT_TO_RIGHT_MARK);
		g_string_append(out, LEFT_TO_RIGHT_MARK);
	}
	return used;
}

void paint_runs(const struct line *line, paint_run_fn run, void *data)
{
	g_autoptr(GString) text = g_string_sized_new(256);
	int left = line->cols;

	for (guint i = 0; i < line->n_spans && left > 0; i++) {
		const struct span *span = &line->spans[i];
		int used = span_run(span, left, text);
		int style =
		    line->style_wins || span->style == STYLE_NONE ? line->style : span->style;

		if (used)
			run(text->str, used, style, span->flags, data);
		left -= used;
	}
	if (left > 0) {
		g_string_printf(text, "%*s", left, "");
		run(text->str, left, line->style, 0, data);
	}
}

/* ---- from runs to cells ------------------------------------------------------ */

struct pen {
	struct paint *paint;
	const struct line *line;
	int x;
	attr_t attributes;
	int pair;
};

static struct terminal_look look_of(const struct paint *paint, int style)
{
	if (style < 0 || (guint)style >= paint->looks->len)
		return (struct terminal_look){-1, -1, 0};
	return g_array_index(paint->looks, struct terminal_look, style);
}

int paint_style(struct paint *paint, const struct color_rule *rule)
{
	int style = GPOINTER_TO_INT(g_hash_table_lookup(paint->rules, rule)) - 1;

	if (style < 0) {
		struct terminal_look look = colors_look(rule, paint->n_colors);

		style = paint->looks->len;
		g_array_append_val(paint->looks, look);
		g_hash_table_insert(paint->rules, (gpointer)rule, GINT_TO_POINTER(style + 1));
	}
	return style;
}

int paint_palette_style(struct paint *paint, int fg, int bg)
{
	struct color_rule rule = {
	    .fg = {.kind = fg < 0 ? COLOR_IS_DEFAULT : COLOR_IS_PALETTE, .value = (guint32)fg},
	    .bg = {.kind = bg < 0 ? COLOR_IS_DEFAULT : COLOR_IS_PALETTE, .value = (guint32)bg},
	};
	gpointer key = GINT_TO_POINTER((fg + 1) << 9 | (bg + 1));
	int style = GPOINTER_TO_INT(g_hash_table_lookup(paint->palette, key)) - 1;

	if (style < 0 && paint->looks->len < STYLES_MAX) {
		struct terminal_look look = colors_look(&rule, paint->n_colors);

		style = (int)paint->looks->len;
		g_array_append_val(paint->looks, look);
		g_hash_table_insert(paint->palette, key, GINT_TO_POINTER(style + 1));
	}
	return style;
}

static attr_t curses_attributes(unsigned attributes)
{
	static const struct {
		enum color_attribute ours;
		attr_t theirs;
	} table[] = {
	    {ATTRIBUTE_BOLD, A_BOLD},	      {ATTRIBUTE_UNDERLINED, A_UNDERLINE},
	    {ATTRIBUTE_REVERSE, A_REVERSE},   {ATTRIBUTE_BLINK, A_BLINK},
	    {ATTRIBUTE_STANDOUT, A_STANDOUT}, {ATTRIBUTE_ITALICS, A_ITALIC},
	};
	attr_t result = A_NORMAL;

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (attributes & table[i].ours)
			result |= table[i].theirs;
	return result;
}

/* One look over another: what it leaves at the default shines through. */
static struct terminal_look over(struct terminal_look top, struct terminal_look below)
{
	if (top.fg == -1)
		top.fg = below.fg;
	if (top.bg == -1)
		top.bg = below.bg;
	top.attributes |= below.attributes;
	return top;
}

static void take_style(struct pen *pen, int style, unsigned flags)
{
	struct terminal_look normal = look_of(pen->paint, COLOR_NORMAL);
	struct terminal_look base = over(look_of(pen->paint, pen->line->style), normal);
	struct terminal_look top = over(look_of(pen->paint, style), base);

	if (pen->line->covered)
		top = over(look_of(pen->paint, pen->line->cover), top);
	pen->attributes = curses_attributes(top.attributes);
	if (flags & SPAN_BOLD)
		pen->attributes |= A_BOLD;
	if (flags & SPAN_UNDERLINE)
		pen->attributes |= A_UNDERLINE;
	if (flags & SPAN_REVERSE)
		pen->attributes ^= A_REVERSE;
	pen->pair = pen->paint->n_colors && (top.fg != -1 || top.bg != -1)
			? MAX(alloc_pair(top.fg, top.bg), 0)
			: 0;
	attr_set(pen->attributes, 0, &pen->pair);
}

static gboolean is_ascii(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text >= 0x80)
			return FALSE;
	return TRUE;
}

/*
 * Characters that have done their work when the cluster was measured. Terminals
 * differ on what they do to the width, so they are not sent.
 */
static gboolean is_joiner(gunichar c)
{
	return c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x1f3fb && c <= 0x1f3ff);
}

/* The base of a cluster and as many marks as a curses cell holds. Returns their number. */
static guint cell_text(const struct text_iter *it, wchar_t out[CCHARW_MAX + 1])
{
	guint n = 0;

	for (const char *p = it->start; p < it->start + it->n && n < CCHARW_MAX;
	     p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (n == 0 || (!is_joiner(c) && wcwidth(c) == 0))
			out[n++] = c;
	}
	if (n == 0 || wcwidth(out[0]) < 1 || wcwidth(out[0]) > it->width) {
		out[0] = 0xfffd;
		n = 1;
	}
	out[n] = 0;
	return n;
}

/* The second of two spacing characters in one cluster (a flag's other half), or a blank. */
static wchar_t second_half(const struct text_iter *it)
{
	const char *p = g_utf8_next_char(it->start);
	gunichar c = p < it->start + it->n ? g_utf8_get_char(p) : 0;

	return c >= 0x1f1e6 && c <= 0x1f1ff && wcwidth(c) == 1 ? (wchar_t)c : L' ';
}

static void put_cluster(struct pen *pen, const struct text_iter *it)
{
	wchar_t text[CCHARW_MAX + 1];
	int y = pen->line->y;
	cchar_t cell;

	cell_text(it, text);
	if (it->width == 2 && wcwidth(text[0]) == 1) {
		wchar_t other[] = {second_half(it), 0};

		setcchar(&cell, other, pen->attributes, 0, &pen->pair);
		mvadd_wch(y, pen->x + 1, &cell);
	}
	setcchar(&cell, text, pen->attributes, 0, &pen->pair);
	mvadd_wch(y, pen->x, &cell);
}

/* A direction mark has no cell: it hangs on the one before it, which a fresh line may not have. */
static void put_direction(struct pen *pen, const char *utf8)
{
	wchar_t mark[] = {g_utf8_get_char(utf8), 0};

	if (pen->x > 0 && wcwidth(mark[0]) == 0) {
		move(pen->line->y, pen->x);
		addnwstr(mark, 1);
	}
}

/* In a locale that is not UTF-8 a cluster is as many question marks as it has cells. */
static void put_question(struct pen *pen, const struct text_iter *it)
{
	char text[] = {it->base < 0x80 ? (char)it->base : '?', it->width == 2 ? '?' : 0, 0};

	mvaddstr(pen->line->y, pen->x, text);
}

static void put_clusters(struct pen *pen, const char *utf8)
{
	struct text_iter it;

	text_iter_init(&it, utf8, -1);
	while (text_iter_next(&it)) {
		if (it.width <= 0)
			put_direction(pen, it.start);
		else if (pen->paint->unicode)
			put_cluster(pen, &it);
		else
			put_question(pen, &it);
		pen->x += it.width;
	}
}

static void put_run(const char *utf8, int columns, int style, unsigned flags, void *data)
{
	struct pen *pen = data;

	take_style(pen, style, flags);
	if (is_ascii(utf8)) {
		mvaddnstr(pen->line->y, pen->x, utf8, columns);
		pen->x += columns;
	} else {
		put_clusters(pen, utf8);
	}
}

void paint_line(struct paint *paint, const struct line *line)
{
	struct line seen = *line;
	struct pen pen = {.paint = paint, .line = &seen, .x = line->x};

	if (!paint->on || line->y < 0 || line->y >= LINES || line->x < 0 || line->x >= COLS)
		return;
	seen.cols = MIN(line->cols, COLS - line->x);
	paint_runs(&seen, put_run, &pen);
}

void paint_text(struct paint *paint, int y, int x, int cols, int style, const char *text)
{
	struct span span = {.text = text, .len = -1, .style = STYLE_NONE};
	struct line line = {
	    .y = y, .x = x, .cols = cols, .style = style, .spans = &span, .n_spans = 1};

	paint_line(paint, &line);
}

void paint_blank(struct paint *paint, int y, int x, int rows, int cols, int style)
{
	for (int i = 0; i < rows; i++)
		paint_text(paint, y + i, x, cols, style, "");
}

void paint_bar(struct paint *paint, int y, int x, int cols, int filled, int style_done,
	       int style_rest, const char *text)
{
	g_autoptr(GString) padded = g_string_new(NULL);
	gsize cut;

	filled = CLAMP(filled, 0, cols);
	g_autofree char *safe = text_safe(text, -1, TEXT_SAFE_LINE);
	text_pad(padded, safe, -1, cols, TEXT_LEFT);
	cut = text_cut(padded->str, padded->len, filled, NULL);

	struct span spans[] = {
	    {.text = padded->str, .len = cut, .style = style_done},
	    {.text = padded->str + cut, .len = -1, .style = STYLE_NONE},
	};
	struct line line = {.y = y,
			    .x = x,
			    .cols = cols,
			    .style = style_rest,
			    .spans = spans,
			    .n_spans = G_N_ELEMENTS(spans)};

	paint_line(paint, &line);
}
