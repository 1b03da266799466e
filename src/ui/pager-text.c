/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrapping, moving and searching in a text that is shown. No curses here. */
#include "pager-text.h"

#include <string.h>

#include "cur/base/text.h"

enum {
	TAB_COLUMNS = 8,
	LONG_LINE = 4096, /* from here on the rows of a line are remembered */
};

/* The rows of one line as far as they were needed. */
struct rows {
	GArray *starts;	   /* gsize: where each row begins */
	gsize next;	   /* where the row after the last one begins */
	gboolean complete; /* there is none */
};

struct pager_text {
	text_line_fn line;
	void *data;
	struct text_layout layout;
	GHashTable *safe;	/* line number -> char *, of lines that were not safe */
	GHashTable *fine;	/* numbers of long lines that are */
	GHashTable *remembered; /* line number -> struct rows *, of long lines */
	struct rows scratch;
};

static void rows_free(void *data)
{
	struct rows *rows = data;

	g_array_unref(rows->starts);
	g_free(rows);
}

struct pager_text *pager_text_new(text_line_fn line, void *data)
{
	struct pager_text *text = g_new0(struct pager_text, 1);

	text->line = line;
	text->data = data;
	text->layout.cols = 80;
	text->safe = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	text->fine = g_hash_table_new(NULL, NULL);
	text->remembered = g_hash_table_new_full(NULL, NULL, NULL, rows_free);
	text->scratch.starts = g_array_new(FALSE, FALSE, sizeof(gsize));
	return text;
}

void pager_text_free(struct pager_text *text)
{
	if (!text)
		return;
	g_hash_table_unref(text->safe);
	g_hash_table_unref(text->fine);
	g_hash_table_unref(text->remembered);
	g_array_unref(text->scratch.starts);
	g_free(text);
}

void pager_text_set_layout(struct pager_text *text, const struct text_layout *layout)
{
	text->layout = *layout;
	text->layout.cols = MAX(text->layout.cols, 1);
	g_hash_table_remove_all(text->remembered);
}

/* The safe copy of a line that needs one, NULL when it may be shown as it is. */
static const char *safe_copy(struct pager_text *text, guint i, const struct display_line *line)
{
	const unsigned flags = TEXT_SAFE_TABS | TEXT_SAFE_MARKS;
	char *safe = g_hash_table_lookup(text->safe, GUINT_TO_POINTER(i));

	if (safe || g_hash_table_contains(text->fine, GUINT_TO_POINTER(i)))
		return safe;
	if (text_is_safe(line->text, (gssize)line->n, flags)) {
		if (line->n >= LONG_LINE)
			g_hash_table_add(text->fine, GUINT_TO_POINTER(i));
		return NULL;
	}
	safe = text_safe(line->text, (gssize)line->n, flags);
	g_hash_table_insert(text->safe, GUINT_TO_POINTER(i), safe);
	return safe;
}

/* A line, safe; FALSE past the end. */
static gboolean safe_line(struct pager_text *text, guint i, struct display_line *out)
{
	const char *safe;

	if (!text->line(text->data, i, out))
		return FALSE;
	safe = safe_copy(text, i, out);
	if (safe) {
		out->text = safe;
		out->n = strlen(safe);
		out->n_spans = 0;
	}
	return TRUE;
}

static gboolean is_hidden(const struct pager_text *text, const struct display_line *line)
{
	return text->layout.hide_quoted && line->kind == DISPLAY_QUOTED &&
	       line->quote_level > text->layout.show_levels;
}

static int wrap_column(const struct text_layout *layout, const struct display_line *line)
{
	int wrap = line->wrapped ? 0 : line->flowed ? layout->reflow_wrap : layout->wrap;
	int columns = wrap > 0 ? MIN(wrap, layout->cols) : layout->cols + wrap;

	return columns > 0 ? columns : layout->cols;
}

/* Quote marks and the blank after them, which a flowed paragraph repeats on every row. */
static gsize quote_prefix(const struct display_line *line)
{
	gsize n = 0;

	while (n < line->n && line->text[n] == '>')
		n++;
	return n < line->n && line->text[n] == ' ' ? n + 1 : n;
}

/* What stands before a continued row, and how wide it is. */
static const char *row_prefix(const struct text_layout *layout, const struct display_line *line,
			      gsize *n)
{
	*n = 0;
	if (line->kind == DISPLAY_HEADER && layout->cols > 4 * TAB_COLUMNS) {
		*n = TAB_COLUMNS;
		return "        ";
	}
	if (line->flowed) {
		*n = quote_prefix(line);
		return line->text;
	}
	if (layout->markers && layout->cols > 1) {
		*n = 1;
		return "+";
	}
	return "";
}

static int cluster_columns(const struct text_iter *it, int column)
{
	return it->base == '\t' ? TAB_COLUMNS - column % TAB_COLUMNS : it->width;
}

/* Blanks at a break belong to neither row. */
static gsize skip_blanks(const struct display_line *line, gsize at)
{
	while (at < line->n && (line->text[at] == ' ' || line->text[at] == '\t'))
		at++;
	return at;
}

/*
 * The row that begins at `start`: returns its bytes, *next is where the following
 * one begins (line->n when it is the last).
 */
static gsize wrap_row(const struct text_layout *layout, const struct display_line *line,
		      gsize start, gsize *next)
{
	struct text_iter it;
	gsize prefix_n, break_at = 0;
	int limit = wrap_column(layout, line), column = 0;

	if (start > 0) {
		const char *prefix = row_prefix(layout, line, &prefix_n);

		column = MIN(text_width(prefix, (gssize)prefix_n), limit - 1);
	}
	text_iter_init(&it, line->text + start, (gssize)(line->n - start));
	while (text_iter_next(&it)) {
		gsize at = (gsize)(it.start - line->text);
		int columns = cluster_columns(&it, column);

		if (column + columns > limit && at > start) {
			gsize end = break_at > start && layout->smart ? break_at : at;

			*next = layout->smart ? skip_blanks(line, end) : end;
			return end - start;
		}
		if ((it.base == ' ' || it.base == '\t') && column > 0)
			break_at = at;
		column += columns;
	}
	*next = line->n;
	return line->n - start;
}

static void rows_begin(struct rows *rows)
{
	gsize zero = 0;

	g_array_set_size(rows->starts, 0);
	g_array_append_val(rows->starts, zero);
	rows->complete = FALSE;
	rows->next = 0;
}

/* Wrap on until the row that holds `offset` is known together with its end. */
static void rows_reach(struct rows *rows, const struct text_layout *layout,
		       const struct display_line *line, gsize offset)
{
	while (!rows->complete && rows->next <= offset) {
		gsize start = g_array_index(rows->starts, gsize, rows->starts->len - 1);
		gsize next;

		wrap_row(layout, line, start, &next);
		rows->next = next;
		if (next >= line->n)
			rows->complete = TRUE;
		else
			g_array_append_val(rows->starts, next);
	}
}

static struct rows *rows_of(struct pager_text *text, guint i, const struct display_line *line,
			    gsize offset)
{
	struct rows *rows = &text->scratch;

	if (line->n < LONG_LINE) {
		rows_begin(rows);
	} else {
		rows = g_hash_table_lookup(text->remembered, GUINT_TO_POINTER(i));
		if (!rows) {
			rows = g_new0(struct rows, 1);
			rows->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
			rows_begin(rows);
			g_hash_table_insert(text->remembered, GUINT_TO_POINTER(i), rows);
		}
	}
	rows_reach(rows, &text->layout, line, offset);
	return rows;
}

/* Index of the row that holds `offset`. */
static guint row_index(const struct rows *rows, gsize offset)
{
	guint low = 0, high = rows->starts->len;

	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(rows->starts, gsize, middle) <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void pager_text_settle(struct pager_text *text, struct text_pos *pos)
{
	struct display_line line;
	struct text_pos back;

	while (pos->line > 0 && !safe_line(text, pos->line, &line))
		*pos = (struct text_pos){pos->line - 1, G_MAXSIZE};
	if (!safe_line(text, pos->line, &line)) {
		*pos = (struct text_pos){0, 0};
		return;
	}
	if (is_hidden(text, &line)) {
		back = (struct text_pos){pos->line, 0};
		if (pager_text_next(text, &back) || pager_text_previous(text, &back))
			*pos = back;
		return;
	}
	if (pos->offset > 0) {
		gsize offset = MIN(pos->offset, line.n);
		const struct rows *rows = rows_of(text, pos->line, &line, offset);

		pos->offset = g_array_index(rows->starts, gsize, row_index(rows, offset));
	}
}

gboolean pager_text_row(struct pager_text *text, struct text_pos pos, struct text_row *row)
{
	gsize next;

	memset(row, 0, sizeof(*row));
	row->prefix = "";
	if (!safe_line(text, pos.line, &row->line) || is_hidden(text, &row->line))
		return FALSE;
	row->start = MIN(pos.offset, row->line.n);
	row->n = wrap_row(&text->layout, &row->line, row->start, &next);
	row->continued = pos.offset > 0;
	if (row->continued)
		row->prefix = row_prefix(&text->layout, &row->line, &row->prefix_n);
	return TRUE;
}

gboolean pager_text_next(struct pager_text *text, struct text_pos *pos)
{
	struct display_line line;
	gsize next;

	if (!safe_line(text, pos->line, &line))
		return FALSE;
	if (!is_hidden(text, &line) && pos->offset < line.n) {
		wrap_row(&text->layout, &line, pos->offset, &next);
		if (next < line.n) {
			pos->offset = next;
			return TRUE;
		}
	}
	for (guint i = pos->line + 1; safe_line(text, i, &line); i++) {
		if (!is_hidden(text, &line)) {
			*pos = (struct text_pos){i, 0};
			return TRUE;
		}
	}
	return FALSE;
}

gboolean pager_text_previous(struct pager_text *text, struct text_pos *pos)
{
	struct display_line line;
	const struct rows *rows;

	if (pos->offset > 0 && safe_line(text, pos->line, &line)) {
		rows = rows_of(text, pos->line, &line, pos->offset - 1);
		pos->offset = g_array_index(rows->starts, gsize, row_index(rows, pos->offset - 1));
		return TRUE;
	}
	for (guint i = pos->line; i-- > 0 && safe_line(text, i, &line);) {
		if (is_hidden(text, &line))
			continue;
		rows = rows_of(text, i, &line, line.n);
		*pos =
		    (struct text_pos){i, g_array_index(rows->starts, gsize, rows->starts->len - 1)};
		return TRUE;
	}
	return FALSE;
}

int pager_text_move(struct pager_text *text, struct text_pos *pos, int rows)
{
	int went = 0;

	while (went < rows && pager_text_next(text, pos))
		went++;
	while (went > rows && pager_text_previous(text, pos))
		went--;
	return went;
}

void pager_text_end(struct pager_text *text, struct text_pos *pos)
{
	struct display_line line;

	while (safe_line(text, pos->line + 1, &line))
		pos->line++;
	pos->offset = G_MAXSIZE;
	pager_text_settle(text, pos);
}

/* The last match in the line that begins before `limit`, or the first one from `limit` on. */
static gboolean match_in_line(const struct regex *re, const struct display_line *line,
			      gboolean backward, gsize limit, gsize *at)
{
	struct regex_span span;
	gsize from = backward ? 0 : limit;
	gboolean found = FALSE;

	while (from <= line->n && regex_find(re, line->text, (gssize)line->n, from, &span, 1)) {
		if (backward && (gsize)span.start >= limit)
			break;
		*at = (gsize)span.start;
		found = TRUE;
		if (!backward)
			break;
		from = (gsize)MAX(span.end, span.start + 1);
	}
	return found;
}

static gboolean find_forward(struct pager_text *text, const struct regex *re, struct text_pos *pos)
{
	struct display_line line;
	struct text_pos start = *pos;
	gsize from = 0, at;

	/* The row at pos itself does not count: begin with what follows it. */
	if (!pager_text_next(text, &start))
		return FALSE;
	from = start.offset;
	for (guint i = start.line; safe_line(text, i, &line); i++, from = 0) {
		if (is_hidden(text, &line) || !match_in_line(re, &line, FALSE, from, &at))
			continue;
		*pos = (struct text_pos){i, at};
		pager_text_settle(text, pos);
		return TRUE;
	}
	return FALSE;
}

static gboolean find_backward(struct pager_text *text, const struct regex *re, struct text_pos *pos)
{
	struct display_line line;
	gsize limit = pos->offset, at;

	for (guint i = pos->line + 1; i-- > 0; limit = G_MAXSIZE) {
		if (!safe_line(text, i, &line) || is_hidden(text, &line) || limit == 0 ||
		    !match_in_line(re, &line, TRUE, limit, &at))
			continue;
		*pos = (struct text_pos){i, at};
		pager_text_settle(text, pos);
		return TRUE;
	}
	return FALSE;
}

gboolean pager_text_find(struct pager_text *text, const struct regex *re, gboolean backward,
			 struct text_pos *pos)
{
	return backward ? find_backward(text, re, pos) : find_forward(text, re, pos);
}

gboolean pager_text_skip_header(struct pager_text *text, struct text_pos *pos)
{
	struct display_line line;

	for (guint i = 0; safe_line(text, i, &line); i++) {
		if (line.kind == DISPLAY_HEADER || line.kind == DISPLAY_BLANK)
			continue;
		if (i <= pos->line)
			return FALSE;
		*pos = (struct text_pos){i, 0};
		return TRUE;
	}
	return FALSE;
}

gboolean pager_text_skip_quoted(struct pager_text *text, guint context, struct text_pos *pos)
{
	struct display_line line;
	gboolean in_quote = FALSE;

	for (guint i = pos->line; safe_line(text, i, &line); i++) {
		if (line.kind == DISPLAY_QUOTED) {
			in_quote = TRUE;
		} else if (in_quote && line.n > 0) {
			guint back = MIN(context, i - pos->line - 1);

			*pos = (struct text_pos){i - back, 0};
			pager_text_settle(text, pos);
			return TRUE;
		}
	}
	return FALSE;
}
