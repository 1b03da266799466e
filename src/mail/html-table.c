/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables. Most in mail are layout and flow like text; small ones of words keep their columns. */
#include "html-table.h"

#include <string.h>

#include "cur/base/text.h"

enum { COLUMNS_MAX = 30, GAP = 2 };

struct html_table {
	GPtrArray *rows; /* of GPtrArray of struct rich */
};

static void free_cell(void *cell)
{
	rich_free(cell);
}

static void free_row(void *row)
{
	g_ptr_array_unref(row);
}

struct html_table *html_table_new(void)
{
	struct html_table *t = g_new(struct html_table, 1);
	t->rows = g_ptr_array_new_with_free_func(free_row);
	return t;
}

void html_table_free(struct html_table *t)
{
	if (!t)
		return;
	g_ptr_array_unref(t->rows);
	g_free(t);
}

void html_table_row(struct html_table *t)
{
	g_ptr_array_add(t->rows, g_ptr_array_new_with_free_func(free_cell));
}

void html_table_cell(struct html_table *t, struct rich *cell)
{
	if (!t->rows->len)
		html_table_row(t);
	g_ptr_array_add(t->rows->pdata[t->rows->len - 1], cell);
}

/* ---- columns ------------------------------------------------------------------ */

static gboolean row_is_empty(const GPtrArray *row)
{
	for (guint i = 0; i < row->len; i++)
		if (((const struct rich *)row->pdata[i])->text->len)
			return FALSE;
	return TRUE;
}

/* Width of each column; FALSE when the table is not one for columns. */
static gboolean measure(const struct html_table *t, int widths[COLUMNS_MAX], guint limit)
{
	guint filled = 0;
	int total = 0;
	memset(widths, 0, sizeof(int) * COLUMNS_MAX);
	for (guint r = 0; r < t->rows->len; r++) {
		const GPtrArray *row = t->rows->pdata[r];
		for (guint c = 0; c < row->len; c++) {
			const GString *text = ((const struct rich *)row->pdata[c])->text;
			if (c >= COLUMNS_MAX || text->len > limit * 8 ||
			    memchr(text->str, '\n', text->len))
				return FALSE;
			widths[c] = MAX(widths[c], text_width(text->str, (gssize)text->len));
		}
	}
	for (guint c = 0; c < COLUMNS_MAX; c++) {
		filled += widths[c] > 0;
		total += widths[c] ? widths[c] + GAP : 0;
	}
	return filled >= 2 && total - GAP <= (int)limit;
}

/* Append a cell and, unless it is the last one with text, blanks up to its column's end. */
static void append_cell(struct rich *line, const struct rich *cell, int blanks)
{
	gsize at = 0;
	for (guint i = 0; i < cell->spans->len; i++) {
		const struct rich_span *s = &g_array_index(cell->spans, struct rich_span, i);
		rich_append(line, cell->text->str + at, s->start - at, 0);
		rich_append(line, cell->text->str + s->start, s->n, s->style);
		at = s->start + s->n;
	}
	rich_append(line, cell->text->str + at, cell->text->len - at, 0);
	for (int i = 0; i < blanks; i++)
		rich_append(line, " ", 1, 0);
}

static void flow_row(const GPtrArray *row, const int widths[COLUMNS_MAX], struct html_flow *f)
{
	auto_ptr(rich) line = rich_new();
	guint last = row->len;
	while (last && !((const struct rich *)row->pdata[last - 1])->text->len)
		last--;
	for (guint c = 0; c < last; c++) {
		const struct rich *cell = row->pdata[c];
		int width = text_width(cell->text->str, (gssize)cell->text->len);
		if (widths[c])
			append_cell(line, cell, c + 1 < last ? widths[c] - width + GAP : 0);
	}
	html_flow_rich(f, line);
}

/* ---- layout --------------------------------------------------------------------- */

static void flow_cells(const GPtrArray *row, struct html_flow *f)
{
	for (guint c = 0; c < row->len; c++) {
		const struct rich *cell = row->pdata[c];
		if (!cell->text->len)
			continue;
		html_flow_rich(f, cell);
		/* Paragraphs of a page that was laid out by a table stay apart. */
		if (memchr(cell->text->str, '\n', cell->text->len))
			html_flow_break(f, BREAK_PARAGRAPH);
	}
}

void html_table_flow(const struct html_table *t, struct html_flow *f, guint width)
{
	int widths[COLUMNS_MAX];
	gboolean columns = measure(t, widths, width);
	html_flow_break(f, BREAK_LINE);
	for (guint r = 0; r < t->rows->len; r++) {
		const GPtrArray *row = t->rows->pdata[r];
		if (row_is_empty(row))
			continue;
		if (columns)
			flow_row(row, widths, f);
		else
			flow_cells(row, f);
	}
	html_flow_break(f, BREAK_LINE);
}
