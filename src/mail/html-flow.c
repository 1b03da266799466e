/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of HTML, laid out line by line. */
#include "html-flow.h"

#include <string.h>

/* More than this shows nothing but its own marks. */
enum { QUOTES_SHOWN = 20, INDENT_SHOWN = 40 };

void html_flow_init(struct html_flow *f)
{
	*f = (struct html_flow){.out = rich_new()};
}

void html_flow_clear(struct html_flow *f)
{
	rich_free(f->out);
	g_free(f->mark);
}

void html_flow_break(struct html_flow *f, enum html_break kind)
{
	f->pending = MAX(f->pending, kind);
	f->space = FALSE;
}

void html_flow_br(struct html_flow *f)
{
	gboolean empty = !f->line_begun || f->pending != BREAK_NONE;
	html_flow_break(f, empty ? BREAK_PARAGRAPH : BREAK_LINE);
}

void html_flow_mark(struct html_flow *f, char *mark)
{
	g_free(f->mark);
	f->mark = mark;
}

static void put_quotes(struct html_flow *f, guint depth)
{
	for (guint i = 0; i < MIN(depth, (guint)QUOTES_SHOWN); i++)
		rich_append(f->out, "> ", 2, 0);
}

static void put_newline(struct html_flow *f)
{
	rich_append(f->out, "\n", 1, 0);
	f->line_begun = FALSE;
}

/* Begin the line: breaks that are due, quote marks, indent, list mark. */
static void begin_line(struct html_flow *f)
{
	if (f->out->text->len && f->pending != BREAK_NONE) {
		put_newline(f);
		if (f->pending == BREAK_PARAGRAPH) {
			put_quotes(f, MIN(f->quotes, f->line_quotes));
			put_newline(f);
		}
	}
	f->pending = BREAK_NONE;
	if (f->line_begun)
		return;
	put_quotes(f, f->quotes);
	f->line_quotes = f->quotes;
	gsize indent = MIN(f->indent, (guint)INDENT_SHOWN);
	gsize mark_n = f->mark ? strlen(f->mark) : 0;
	for (gsize i = mark_n; i < indent; i++)
		rich_append(f->out, " ", 1, 0);
	if (f->mark)
		rich_append(f->out, f->mark, mark_n, 0);
	g_clear_pointer(&f->mark, g_free);
	f->line_begun = TRUE;
	f->space = FALSE;
	f->last = ' ';
	f->last_style = 0;
}

/* Characters that only take part in tricks: soft hyphens, joiners of nothing, marks of order. */
static gboolean is_invisible(gunichar c)
{
	return c == 0xad || c == 0x34f || c == 0x200b || c == 0x2060 || c == 0xfeff;
}

static gboolean is_blank(gunichar c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void put_char(struct html_flow *f, const char *p, gsize n, gunichar c, guint32 style)
{
	begin_line(f);
	if (f->space)
		rich_append(f->out, " ", 1, style & f->last_style);
	f->space = FALSE;
	if (c < ' ' || (c >= 0x7f && c < 0xa0))
		rich_append(f->out, "\xef\xbf\xbd", 3, style);
	else
		rich_append(f->out, p, n, style);
	f->last = c;
	f->last_style = style;
}

void html_flow_words(struct html_flow *f, const char *text, gsize n, guint32 style)
{
	const char *end = text + n;
	for (const char *p = text, *next; p < end; p = next) {
		gunichar c = g_utf8_get_char(p);
		next = g_utf8_next_char(p);
		gboolean at_begin = !f->line_begun || f->pending != BREAK_NONE;
		if (is_blank(c))
			f->space = f->space || (!at_begin && f->last != ' ');
		else if (c == 0xa0 || c == 0x2007)
			f->space = f->space || !at_begin;
		else if (!is_invisible(c) && !(c == 0x200c && (at_begin || f->space)))
			put_char(f, p, (gsize)(next - p), c, style);
	}
}

void html_flow_raw(struct html_flow *f, const char *text, gsize n, guint32 style)
{
	const char *end = text + n;
	for (const char *p = text, *next; p < end; p = next) {
		gunichar c = g_utf8_get_char(p);
		next = g_utf8_next_char(p);
		if (c == '\n') {
			begin_line(f);
			f->pending = BREAK_LINE;
		} else if (c == '\t') {
			put_char(f, " ", 1, ' ', style);
		} else if (c != '\r') {
			put_char(f, p, (gsize)(next - p), c, style);
		}
	}
}

void html_flow_rich(struct html_flow *f, const struct rich *r)
{
	html_flow_break(f, BREAK_LINE);
	gsize at = 0;
	for (guint i = 0; i < r->spans->len; i++) {
		const struct rich_span *span = &g_array_index(r->spans, struct rich_span, i);
		html_flow_raw(f, r->text->str + at, span->start - at, 0);
		html_flow_raw(f, r->text->str + span->start, span->n, span->style);
		at = span->start + span->n;
	}
	html_flow_raw(f, r->text->str + at, r->text->len - at, 0);
	html_flow_break(f, BREAK_LINE);
}
