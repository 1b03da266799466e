/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of the pager as spans. */
#include "pager-look.h"

#include <string.h>

#include "cur/base/text.h"
#include "cur/conf/colors.h"

enum {
	ROW_BYTES_MAX = 16384, /* more in one row are marks piled on marks */
	CONTEXT_BYTES = 4096,  /* a regex sees so much around the row, not a line of megabytes */
	QUOTE_LEVELS = COLOR_QUOTED9 - COLOR_QUOTED0 + 1,
	TAB_COLUMNS = 8,
};

/* What each byte of the row looks like on top of the line's style. */
struct cell {
	gint16 style;
	guint16 flags;
};

static int base_style(const struct pager_look *look, const struct display_line *line)
{
	switch (line->kind) {
	case DISPLAY_HEADER:
		return COLOR_HDRDEFAULT;
	case DISPLAY_MARKER:
	case DISPLAY_VERDICT:
		return COLOR_ATTACHMENT;
	case DISPLAY_ERROR:
		return COLOR_ERROR;
	case DISPLAY_SIGNATURE:
		return COLOR_SIGNATURE;
	case DISPLAY_QUOTED:
		return COLOR_QUOTED0 + (int)((MAX(line->quote_level, 1) - 1) % QUOTE_LEVELS);
	default:
		return look->normal;
	}
}

/* `color header` without $header_color_partial: the whole field; a later rule wins. */
static int header_style(const struct pager_look *look, const struct display_line *line)
{
	const GPtrArray *rules = conf_color_rules(look->conf, COLOR_HEADER);
	int style = COLOR_HDRDEFAULT;

	for (guint i = 0; rules && i < rules->len; i++) {
		const struct color_rule *rule = g_ptr_array_index(rules, i);

		if (rule->re &&
		    regex_match(rule->re, line->text, (gssize)MIN(line->n, CONTEXT_BYTES)))
			style = paint_style(look->paint, rule);
	}
	return style;
}

/* The style for the cells of [start, end) of the line that lie in the row. */
static void lay(struct cell *cells, const struct text_row *row, gsize n, gsize start, gsize end,
		int style, unsigned flags)
{
	gsize from = MAX(start, row->start), to = MIN(end, row->start + n);

	for (gsize at = from; at < to; at++) {
		struct cell *cell = &cells[at - row->start];

		if (style != STYLE_NONE)
			cell->style = (gint16)style;
		cell->flags |= (guint16)flags;
	}
}

/* Every match of a regex that touches the row. */
static void lay_matches(struct cell *cells, const struct text_row *row, gsize n,
			const struct regex *re, int style)
{
	gsize begin = row->start > CONTEXT_BYTES ? row->start - CONTEXT_BYTES : 0;
	gsize end = MIN(row->line.n, row->start + n + CONTEXT_BYTES);
	const char *text;
	struct regex_span span;
	gsize from = 0;

	while (begin > 0 && ((guchar)row->line.text[begin] & 0xc0) == 0x80)
		begin--;
	while (end < row->line.n && ((guchar)row->line.text[end] & 0xc0) == 0x80)
		end++;
	text = row->line.text + begin;
	while (from < end - begin && regex_find(re, text, (gssize)(end - begin), from, &span, 1) &&
	       begin + (gsize)span.start < row->start + n) {
		lay(cells, row, n, begin + (gsize)span.start, begin + (gsize)span.end, style, 0);
		from = (gsize)MAX(span.end, span.start + 1);
	}
}

/* `color body`, and `color header` with $header_color_partial: what the regex matches. */
static void lay_rules(const struct pager_look *look, struct cell *cells, const struct text_row *row,
		      gsize n, enum color_object object)
{
	const GPtrArray *rules = conf_color_rules(look->conf, object);

	for (guint i = 0; rules && i < rules->len; i++) {
		const struct color_rule *rule = g_ptr_array_index(rules, i);

		if (rule->re)
			lay_matches(cells, row, n, rule->re, paint_style(look->paint, rule));
	}
}

/* The style of colours that a text brought along. */
static int color_style(const struct pager_look *look, guint32 style)
{
	int fg = RICH_FOREGROUND_OF(style), bg = RICH_BACKGROUND_OF(style);

	return fg < 0 && bg < 0 ? STYLE_NONE : paint_palette_style(look->paint, fg, bg);
}

static void lay_rich(const struct pager_look *look, struct cell *cells, const struct text_row *row,
		     gsize n)
{
	for (guint i = 0; i < row->line.n_spans; i++) {
		const struct rich_span *span = &row->line.spans[i];
		gsize end = (gsize)span->start + span->n;

		if (span->style & RICH_BOLD)
			lay(cells, row, n, span->start, end, COLOR_BOLD, SPAN_BOLD);
		if (span->style & (RICH_UNDERLINE | RICH_LINK))
			lay(cells, row, n, span->start, end, COLOR_UNDERLINE, SPAN_UNDERLINE);
		if (span->style & RICH_ITALIC)
			lay(cells, row, n, span->start, end, COLOR_ITALIC, 0);
		if (color_style(look, span->style) != STYLE_NONE)
			lay(cells, row, n, span->start, end, color_style(look, span->style), 0);
		if (span->style & RICH_REVERSE)
			lay(cells, row, n, span->start, end, STYLE_NONE, SPAN_REVERSE);
	}
}

static gboolean is_body(enum display_kind kind)
{
	return kind == DISPLAY_BODY || kind == DISPLAY_QUOTED || kind == DISPLAY_SIGNATURE;
}

/* What is said around attachments, signatures and what was encrypted. */
static gboolean is_note(enum display_kind kind)
{
	return kind == DISPLAY_MARKER || kind == DISPLAY_VERDICT || kind == DISPLAY_ERROR;
}

/* Blanks for a tab that stands in column `column`. */
static const char *tab_blanks(int column)
{
	static const char blanks[] = "        ";

	return blanks + column % TAB_COLUMNS;
}

struct span_list {
	GArray *spans;
	int column;
};

static void add_span(struct span_list *list, const char *text, gsize n, const struct cell *cell)
{
	struct span span = {text, (gssize)n, cell->style, cell->flags};

	if (n)
		g_array_append_val(list->spans, span);
}

/* Split the row where its look changes, and at tabs, which become blanks. */
static void split_row(struct span_list *list, const char *text, gsize n, const struct cell *cells)
{
	gsize start = 0;

	for (gsize i = 0; i <= n; i++) {
		gboolean tab = i < n && text[i] == '\t';

		if (i < n && !tab && !memcmp(&cells[i], &cells[start], sizeof(*cells)))
			continue;
		add_span(list, text + start, i - start, &cells[MIN(start, n - 1)]);
		list->column += text_width(text + start, (gssize)(i - start));
		start = i;
		if (tab) {
			const char *blanks = tab_blanks(list->column);

			add_span(list, blanks, strlen(blanks), &cells[i]);
			list->column += (int)strlen(blanks);
			start = i + 1;
		}
	}
}

static gsize row_bytes(const struct text_row *row)
{
	gsize n = MIN(row->n, ROW_BYTES_MAX);

	while (n < row->n && n > 0 && ((guchar)row->line.text[row->start + n] & 0xc0) == 0x80)
		n--;
	return n;
}

void pager_look_draw(const struct pager_look *look, const struct text_row *row, int y, int x,
		     int cols)
{
	gsize n = row_bytes(row);
	g_autofree struct cell *cells = g_new(struct cell, n + 1);
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	struct span_list list = {spans, 0};
	struct cell prefix = {*row->prefix == '+' ? COLOR_MARKERS : STYLE_NONE, 0};
	struct line line = {.y = y, .x = x, .cols = cols, .style = base_style(look, &row->line)};
	gboolean partial = conf_settings(look->conf)->header_color_partial;

	for (gsize i = 0; i <= n; i++)
		cells[i] = (struct cell){STYLE_NONE, 0};
	if (row->line.kind == DISPLAY_HEADER && !partial)
		line.style = header_style(look, &row->line);
	else if (row->line.kind == DISPLAY_HEADER)
		lay_rules(look, cells, row, n, COLOR_HEADER);
	lay_rich(look, cells, row, n);
	if (is_body(row->line.kind))
		lay_rules(look, cells, row, n, COLOR_BODY);
	else if (is_note(row->line.kind))
		lay_rules(look, cells, row, n, COLOR_ATTACH_HEADERS);
	if (look->search)
		lay_matches(cells, row, n, look->search, COLOR_SEARCH);
	add_span(&list, row->prefix, row->prefix_n, &prefix);
	list.column = text_width(row->prefix, (gssize)row->prefix_n);
	if (n)
		split_row(&list, row->line.text + row->start, n, cells);
	line.spans = (const struct span *)(void *)spans->data;
	line.n_spans = spans->len;
	paint_line(look->paint, &line);
}
