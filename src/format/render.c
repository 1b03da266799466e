/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Items into a line of so many columns. A padding ends the walk: what stands
 * right of it is rendered apart and then fitted in.
 */
#include <string.h>
#include <time.h>

#include "cur/base/child.h"
#include "cur/base/clock.h"
#include "cur/mail/date.h"
#include "items.h"

enum { NO_LIMIT = G_MAXINT / 2, HOOK_DEPTH_MAX = 4 };

struct rendering {
	const struct expando_source *source;
	GString *scratch; /* for the source */
	GString *piece;	  /* for one value */
	int cols;	  /* NO_LIMIT: as long as it gets */
	int hooks;	  /* hooks inside each other */
};

static void render_items(struct rendering *r, const GPtrArray *items, struct expando_line *line);

/* ---- lines ---- */

void expando_line_init(struct expando_line *line, gboolean want_spans)
{
	*line = (struct expando_line){
	    .text = g_string_new(NULL),
	    .spans = want_spans ? g_array_new(FALSE, FALSE, sizeof(struct expando_span)) : NULL};
}

void expando_line_clear(struct expando_line *line)
{
	g_string_free(line->text, TRUE);
	if (line->spans)
		g_array_unref(line->spans);
	*line = (struct expando_line){0};
}

static void line_empty(struct expando_line *line)
{
	g_string_truncate(line->text, 0);
	if (line->spans)
		g_array_set_size(line->spans, 0);
	line->cols = 0;
}

/* Printable ASCII is as wide as it is long; all else is asked of base/text. */
static int width_of(const char *text, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] == 0x7f)
			return text_width(text, (gssize)n);
	return (int)n;
}

static void line_append(struct expando_line *line, const char *text, gsize n, int width)
{
	g_string_append_len(line->text, text, (gssize)n);
	line->cols += width;
}

static void line_span(struct expando_line *line, guint id, gsize start, int col)
{
	struct expando_span span = {.id = (guint16)id,
				    .col = (guint16)MIN(col, G_MAXUINT16),
				    .cols = (guint16)MIN(line->cols - col, G_MAXUINT16),
				    .start = (guint32)start,
				    .end = (guint32)line->text->len};

	if (line->spans && span.end > span.start)
		g_array_append_val(line->spans, span);
}

/* Drop what is right of `cols` columns, from the text and from the spans. */
static void line_cut(struct expando_line *line, int cols)
{
	int width = 0;
	gsize n;

	if (line->cols <= cols)
		return;
	n = text_cut(line->text->str, (gssize)line->text->len, MAX(cols, 0), &width);
	g_string_truncate(line->text, n);
	line->cols = width;
	for (guint i = 0; line->spans && i < line->spans->len; i++) {
		struct expando_span *span = &g_array_index(line->spans, struct expando_span, i);

		span->end = MIN(span->end, (guint32)n);
		span->start = MIN(span->start, span->end);
		span->cols = (guint16)MIN(span->cols, MAX(width - span->col, 0));
	}
}

static void line_join(struct expando_line *line, const struct expando_line *tail)
{
	gsize start = line->text->len;

	for (guint i = 0; line->spans && tail->spans && i < tail->spans->len; i++) {
		struct expando_span span = g_array_index(tail->spans, struct expando_span, i);

		if (span.end == span.start)
			continue;
		span.start += (guint32)start;
		span.end += (guint32)start;
		span.col = (guint16)MIN(span.col + line->cols, G_MAXUINT16);
		g_array_append_val(line->spans, span);
	}
	line_append(line, tail->text->str, tail->text->len, tail->cols);
}

static void line_fill(struct expando_line *line, const char *fill, int cols)
{
	int width = text_width(fill, -1);

	while (width > 0 && cols >= width) {
		line_append(line, fill, strlen(fill), width);
		cols -= width;
	}
	for (; cols > 0; cols--)
		line_append(line, " ", 1, 1);
}

/* ---- values ---- */

static void blanks(struct expando_line *line, int n)
{
	for (; n > 0; n--)
		line_append(line, " ", 1, 1);
}

static gsize change_case(const struct item *item, GString *text, gsize tree)
{
	if (item->underscore)
		for (char *p = text->str + tree; *p; p++)
			*p = *p == '.' ? '_' : *p;
	if (item->lower) {
		g_autofree char *lower = g_utf8_strdown(text->str + tree, -1);

		g_string_truncate(text, tree);
		g_string_append(text, lower);
	}
	return text->len;
}

static void tree_span(struct expando_line *line, gsize start, gsize n, int col)
{
	struct expando_span span = {.id = EXPANDO_SPAN_TREE,
				    .col = (guint16)MIN(col, G_MAXUINT16),
				    .cols = (guint16)width_of(line->text->str + start, n),
				    .start = (guint32)start,
				    .end = (guint32)(start + n)};

	if (line->spans)
		g_array_append_val(line->spans, span);
}

/* Text in its field: cut to the precision, filled to the width. `tree` bytes are tree cells. */
static void append_field(const struct item *item, const char *text, gsize n, gsize tree,
			 struct expando_line *line)
{
	int width = width_of(text, n);
	int room, left = 0;
	gsize start;
	int col;

	if (item->precision >= 0 && width > item->precision)
		n = text_cut(text, (gssize)n, item->precision, &width);
	room = MAX(item->width - width, 0);
	if (item->align != TEXT_LEFT)
		left = item->align == TEXT_CENTER ? room / 2 : room;
	blanks(line, left);
	start = line->text->len;
	col = line->cols;
	line_append(line, text, n, width);
	if (tree > 0)
		tree_span(line, start, MIN(tree, n), col);
	blanks(line, room - left);
}

static void append_text(struct rendering *r, const struct item *item, const char *text, gsize n,
			gsize tree, struct expando_line *line)
{
	gboolean as_it_is =
	    !item->lower && !item->underscore && text_is_safe(text, (gssize)n, TEXT_SAFE_LINE);

	if (as_it_is) {
		append_field(item, text, n, tree, line);
		return;
	}
	g_string_truncate(r->piece, 0);
	g_string_append_len(r->piece, text, (gssize)tree);
	text_safe_append(r->piece, text + tree, (gssize)(n - tree), TEXT_SAFE_LINE);
	n = change_case(item, r->piece, tree);
	append_field(item, r->piece->str, n, tree, line);
}

static void append_number(const struct item *item, gint64 number, struct expando_line *line)
{
	char digits[64];
	int least = item->precision;
	int n;

	if (item->zero && item->align == TEXT_RIGHT && least < 0)
		least = item->width - (number < 0);
	n = g_snprintf(digits, sizeof(digits), "%.*" G_GINT64_FORMAT, CLAMP(least, 1, 40), number);
	append_field(&(struct item){.width = item->width,
				    .precision = -1,
				    .align = item->align == TEXT_CENTER ? TEXT_RIGHT : item->align},
		     digits, (gsize)n, 0, line);
}

static void ask(struct rendering *r, guint id, struct expando_value *value)
{
	*value = (struct expando_value){.truth = -1};
	g_string_truncate(r->scratch, 0);
	r->source->value((enum expando_id)id, value, r->scratch, r->source->data);
}

static void render_value(struct rendering *r, const struct item *item, struct expando_line *line)
{
	struct expando_value value;
	gsize start = line->text->len;
	int col = line->cols;

	ask(r, item->id, &value);
	if (value.text) {
		gsize n = strlen(value.text);

		append_text(r, item, value.text, n, MIN(value.tree_bytes, n), line);
	} else {
		append_number(item, value.number, line);
	}
	line_span(line, item->id, start, col);
}

/* ---- dates ---- */

static gboolean ask_date(struct rendering *r, char bracket, gint64 *seconds, int *zone)
{
	return r->source->date && r->source->date(bracket, seconds, zone, r->source->data);
}

static void render_date(struct rendering *r, const struct item *item, struct expando_line *line)
{
	gboolean english = item->text[0] == '!';
	g_autofree char *text = NULL;
	gsize start = line->text->len;
	int col = line->cols;
	gint64 seconds;
	int zone;

	if (!ask_date(r, item->bracket, &seconds, &zone))
		return;
	text =
	    date_format(item->text + english, seconds, zone == G_MININT ? DATE_LOCAL : DATE_SENDER,
			zone == G_MININT ? 0 : (gint16)zone, english);
	append_text(r, item, text, strlen(text), 0, line);
	line_span(line, EXPANDO_SPAN_DATE, start, col);
}

/* The beginning of this year, month, week, day, hour or minute, or so many of them ago. */
static gint64 fresh_limit(gint64 now, guint count, char unit)
{
	time_t seconds = (time_t)now;
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return now;
	switch (unit) {
	case 'y':
		tm.tm_year -= (int)count;
		break;
	case 'm':
		tm.tm_mon -= (int)count;
		break;
	case 'w':
		tm.tm_mday -= 7 * (int)count;
		break;
	case 'd':
		tm.tm_mday -= (int)count;
		break;
	case 'H':
		tm.tm_hour -= (int)count;
		break;
	default:
		tm.tm_min -= (int)count;
		break;
	}
	if (count == 0) {
		tm.tm_sec = 0;
		tm.tm_min = unit == 'M' ? tm.tm_min : 0;
		tm.tm_hour = strchr("MH", unit) ? tm.tm_hour : 0;
		if (unit == 'w')
			tm.tm_mday -= (tm.tm_wday + 6) % 7;
		if (unit == 'm' || unit == 'y')
			tm.tm_mday = 1;
		if (unit == 'y')
			tm.tm_mon = 0;
	}
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static gboolean is_fresh(struct rendering *r, const struct item *item)
{
	gint64 seconds, now;
	int zone;

	if (!ask_date(r, item->bracket, &seconds, &zone))
		return FALSE;
	if (!ask_date(r, '<', &now, &zone))
		now = clock_now_s();
	return seconds >= fresh_limit(now, item->count, item->unit);
}

/* ---- items ---- */

static gboolean is_true(struct rendering *r, const struct item *item)
{
	struct expando_value value;

	if (item->kind == ITEM_FRESH)
		return is_fresh(r, item);
	ask(r, item->id, &value);
	if (value.truth >= 0)
		return value.truth;
	return value.text ? *value.text != '\0' : value.number != 0;
}

static void render_condition(struct rendering *r, const struct item *item,
			     struct expando_line *line)
{
	const GPtrArray *branch = is_true(r, item) ? item->then : item->otherwise;
	struct expando_line part;
	int room;

	if (item->width == 0 && item->precision < 0) {
		if (branch)
			render_items(r, branch, line);
		return;
	}
	expando_line_init(&part, line->spans != NULL);
	if (branch)
		render_items(r, branch, &part);
	if (item->precision >= 0)
		line_cut(&part, item->precision);
	room = MAX(item->width - part.cols, 0);
	blanks(line, item->align == TEXT_LEFT ? 0 : item->align == TEXT_CENTER ? room / 2 : room);
	line_join(line, &part);
	blanks(line, item->align == TEXT_LEFT	  ? room
		     : item->align == TEXT_CENTER ? room - room / 2
						  : 0);
	expando_line_clear(&part);
}

static void render_hook(struct rendering *r, const struct item *item, struct expando_line *line)
{
	const struct expando *hook =
	    r->source->hook ? r->source->hook(item->text, r->source->data) : NULL;
	gsize start = line->text->len;
	int col = line->cols;

	if (!hook || r->hooks >= HOOK_DEPTH_MAX)
		return;
	r->hooks++;
	render_items(r, hook->items, line);
	r->hooks--;
	line_span(line, EXPANDO_SPAN_HOOK, start, col);
}

/* Literal text is the user's own: only where a row is drawn its line breaks must go. */
static void render_literal(struct rendering *r, const struct item *item, struct expando_line *line)
{
	enum text_safe_flags keep =
	    r->cols == NO_LIMIT ? TEXT_SAFE_NEWLINES | TEXT_SAFE_TABS : TEXT_SAFE_LINE;
	gsize start = line->text->len;

	text_safe_append(line->text, item->text, (gssize)item->n, keep);
	line->cols += width_of(line->text->str + start, line->text->len - start);
}

static void render_item(struct rendering *r, const struct item *item, struct expando_line *line)
{
	switch (item->kind) {
	case ITEM_TEXT:
		render_literal(r, item, line);
		break;
	case ITEM_VALUE:
		render_value(r, item, line);
		break;
	case ITEM_DATE:
		render_date(r, item, line);
		break;
	case ITEM_HOOK:
		render_hook(r, item, line);
		break;
	case ITEM_CONDITION:
	case ITEM_FRESH:
		render_condition(r, item, line);
		break;
	default:
		break;
	}
}

/* The items from `first` on, those behind the first padding of a string; later paddings are none.
 */
static void render_rest(struct rendering *r, const GPtrArray *items, guint first,
			struct expando_line *line)
{
	for (guint i = first; i < items->len; i++)
		render_item(r, items->pdata[i], line);
}

static void render_padding(struct rendering *r, const GPtrArray *items, guint at,
			   struct expando_line *line)
{
	const struct item *pad = items->pdata[at];
	struct expando_line tail;
	int room;

	expando_line_init(&tail, line->spans != NULL);
	if (pad->kind != ITEM_PAD_EOL)
		render_rest(r, items, at + 1, &tail);
	if (r->cols != NO_LIMIT) {
		if (pad->kind == ITEM_PAD_SOFT)
			line_cut(line, r->cols - MIN(tail.cols, r->cols));
		line_cut(line, r->cols);
		line_cut(&tail, r->cols - line->cols);
		room = r->cols - line->cols - tail.cols;
		line_fill(line, pad->text, room);
	}
	line_join(line, &tail);
	expando_line_clear(&tail);
}

static gboolean is_padding(const struct item *item)
{
	return item->kind == ITEM_PAD_HARD || item->kind == ITEM_PAD_SOFT ||
	       item->kind == ITEM_PAD_EOL;
}

static void render_items(struct rendering *r, const GPtrArray *items, struct expando_line *line)
{
	for (guint i = 0; i < items->len; i++) {
		if (is_padding(items->pdata[i])) {
			render_padding(r, items, i, line);
			return;
		}
		render_item(r, items->pdata[i], line);
	}
}

void expando_line_set(struct expando_line *line, const char *text)
{
	line_empty(line);
	g_string_assign(line->text, text);
	line->cols = text_width(text, -1);
}

void expando_render(const struct expando *expando, int cols, const struct expando_source *source,
		    struct expando_line *line)
{
	struct rendering r = {.source = source,
			      .scratch = g_string_new(NULL),
			      .piece = g_string_new(NULL),
			      .cols = cols < 0 ? NO_LIMIT : cols};

	line_empty(line);
	render_items(&r, expando->items, line);
	line_cut(line, r.cols);
	g_string_free(r.scratch, TRUE);
	g_string_free(r.piece, TRUE);
}

char *expando_text(const struct expando *expando, int cols, const struct expando_source *source)
{
	struct expando_line line = {.text = g_string_new(NULL)};

	expando_render(expando, cols, source, &line);
	return g_string_free(line.text, FALSE);
}
