/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of a message. A plan (display-plan.c) says what comes; a step of it is
 * carried out when a line of it is asked for. Each step leaves a block of text
 * whose line ends are made NUL, so that a line is a string.
 */
#include "cur/mail/display.h"

#include <string.h>

#include "cur/base/regex.h"
#include "cur/mail/address.h"
#include "cur/mail/calendar.h"
#include "cur/mail/flowed.h"
#include "cur/mail/headers.h"
#include "cur/mail/html.h"
#include "display-plan.h"

/* Quote marks stand at the begin of a line: no regular expression sees a whole megabyte. */
enum { PREFIX_BYTES = 1000 };
/* A hundred megabytes of empty lines are not a text to read. */
enum { LINES_MAX = 10000000 };

/* Kept small: a long message has millions. */
struct line {
	const char *text;
	guint32 n, block;
	guint32 first_span, n_spans;
	guint16 quote_level, name_n;
	guint8 kind; /* enum display_kind */
	guint8 flowed, wrapped;
};

/* Lines of one part that were made together; text is NULL when they own none. */
struct block {
	struct rich *text;
	struct part *part;
};

struct display {
	struct display_options options;
	GArray *plan;
	guint next_step;
	GArray *lines;	/* of struct line */
	GArray *blocks; /* of struct block */
};

/* ---- lines from blocks -------------------------------------------------------------- */

/* Begin a block; the lines that follow belong to it. Takes the text. */
static void begin_block(struct display *d, struct part *p, struct rich *text)
{
	struct block block = {text, p};
	g_array_append_val(d->blocks, block);
}

static struct line *add_line(struct display *d, enum display_kind kind, const char *text, gsize n)
{
	struct line line = {
	    .text = text, .n = (guint32)n, .block = d->blocks->len - 1, .kind = (guint8)kind};
	g_array_append_val(d->lines, line);
	return &g_array_index(d->lines, struct line, d->lines->len - 1);
}

/* A line alone. Borrows the text, for ever. */
static void add_single(struct display *d, enum display_kind kind, struct part *p, const char *text)
{
	begin_block(d, p, NULL);
	add_line(d, kind, text, strlen(text));
}

/* A line alone. Takes the text. */
static struct line *add_own_line(struct display *d, enum display_kind kind, struct part *p,
				 char *text)
{
	struct rich *block = rich_new();
	g_string_assign(block->text, text);
	g_free(text);
	begin_block(d, p, block);
	return add_line(d, kind, block->text->str, block->text->len);
}

static void set_level(struct line *line, guint level)
{
	line->quote_level = (guint16)MIN(level, (guint)G_MAXUINT16);
}

/* TRUE, and a last line that says so, when there are too many. */
static gboolean is_full(struct display *d)
{
	static const char text[] =
	    "[-- Error: more lines than are shown (use 'v' to view this part) --]";
	if (d->lines->len < LINES_MAX)
		return FALSE;
	const struct line *last = &g_array_index(d->lines, struct line, d->lines->len - 1);
	if (last->text != text)
		add_line(d, DISPLAY_ERROR, text, sizeof(text) - 1);
	d->next_step = d->plan->len;
	return TRUE;
}

/* Spans cut at line ends, with offsets within their line; lines take theirs in order. */
struct span_cutter {
	const GArray *whole;
	GArray *cut;
	guint next;
};

/* The spans of the line [start, end) of the block. */
static guint cut_spans(struct span_cutter *c, gsize start, gsize end)
{
	guint n = 0;
	while (c->next < c->whole->len) {
		struct rich_span s = g_array_index(c->whole, struct rich_span, c->next);
		gsize from = MAX(s.start, start), to = MIN((gsize)s.start + s.n, end);
		if (s.start >= end)
			break;
		if (to > from) {
			struct rich_span piece = {(guint32)(from - start), (guint32)(to - from),
						  s.style};
			g_array_append_val(c->cut, piece);
			n++;
		}
		if ((gsize)s.start + s.n > end)
			break; /* goes on in the next line */
		c->next++;
	}
	return n;
}

/* How deep a line is quoted under $quote_regexp; what looks like a smiley is no quote. */
static guint quote_level(const struct display_options *o, const char *text, gsize n)
{
	struct regex_span quote, smiley;
	gssize look = (gssize)MIN(n, (gsize)PREFIX_BYTES);
	if (!o->quote_regexp || !n || !regex_find(o->quote_regexp, text, look, 0, &quote, 1) ||
	    quote.start != 0 || quote.end <= 0)
		return 0;
	if (o->smileys && regex_find(o->smileys, text, look, 0, &smiley, 1) && smiley.start == 0)
		return 0;
	guint level = 0;
	for (gssize i = 0; i < quote.end; i++)
		level += text[i] != ' ' && text[i] != '\t';
	return MAX(level, 1u);
}

static void classify(const struct display *d, struct line *line, gboolean *signature)
{
	guint level = quote_level(&d->options, line->text, line->n);
	set_level(line, level);
	*signature = *signature || (!level && !strcmp(line->text, "-- "));
	line->kind = level ? DISPLAY_QUOTED : *signature ? DISPLAY_SIGNATURE : DISPLAY_BODY;
}

/* Cut a block into lines. Takes the block. */
static void add_block(struct display *d, struct part *p, struct rich *block)
{
	begin_block(d, p, block);
	char *text = block->text->str;
	gsize at = 0, n = block->text->len;
	gboolean signature = FALSE;
	g_autoptr(GArray) whole = g_steal_pointer(&block->spans);
	block->spans = g_array_new(FALSE, FALSE, sizeof(struct rich_span));
	struct span_cutter cutter = {whole, block->spans, 0};
	while (at < n && !is_full(d)) {
		char *lf = memchr(text + at, '\n', n - at);
		gsize stop = lf ? (gsize)(lf - text) : n;
		text[stop] = '\0';
		struct line *line = add_line(d, DISPLAY_BODY, text + at, stop - at);
		line->first_span = block->spans->len;
		line->n_spans = cut_spans(&cutter, at, stop);
		classify(d, line, &signature);
		at = stop + 1;
	}
}

/* ---- headers ---------------------------------------------------------------------------- */

static gboolean has_prefix_in(const char *name, const char *const *list)
{
	for (; list && *list; list++)
		if (!strcmp(*list, "*") || !g_ascii_strncasecmp(name, *list, strlen(*list)))
			return TRUE;
	return FALSE;
}

/* Is a field shown under these options' ignore lists? */
static gboolean display_header_shown(const struct display_options *options, const char *name)
{
	if (!options->weed)
		return TRUE;
	if (options->is_ignored)
		return !options->is_ignored(name, options->data);
	return !has_prefix_in(name, options->ignore) || has_prefix_in(name, options->unignore);
}

/* Place of a field under hdr_order: that of its first matching prefix, behind all when there is
 * none. */
static guint header_rank(const char *const *order, const char *name)
{
	guint rank = 0;
	for (; order && order[rank]; rank++)
		if (!g_ascii_strncasecmp(name, order[rank], strlen(order[rank])))
			return rank;
	return rank;
}

/* A line that is no field: a mailbox's "From " line is hidden, the rest is shown as it stands. */
static gboolean garbage_shown(const struct display *d, const char *text)
{
	return !d->options.weed ||
	       !(g_str_has_prefix(text, "From ") || g_str_has_prefix(text, ">From "));
}

static void add_field(struct display *d, struct part *p, struct headers *h, guint i)
{
	const char *name = headers_name(h, i);
	const char *value = d->options.raw_headers ? headers_raw(h, i) : headers_text(h, i);
	if (!*name) {
		if (garbage_shown(d, value))
			add_own_line(d, DISPLAY_HEADER, p, g_strdup(value));
		return;
	}
	guint16 name_n = (guint16)MIN(strlen(name) + 1, (gsize)G_MAXUINT16);
	g_autofree char *shown = d->options.raw_headers ? NULL : address_text_display(value);
	g_autofree char *all = g_strdup_printf("%s: %s", name, shown ? shown : value);
	g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
	for (char **line = lines; *line; line++) {
		struct line *added = add_own_line(d, DISPLAY_HEADER, p, g_strdup(*line));
		added->name_n = line == lines ? name_n : 0;
	}
}

static void add_headers(struct display *d, struct part *p)
{
	struct headers *h = part_headers(p);
	const char *const *order = d->options.hdr_order;
	guint n = headers_count(h), ranks = order ? g_strv_length((char **)order) : 0;
	g_autofree guint *rank_of = g_new(guint, n + 1);
	for (guint i = 0; i < n; i++) {
		const char *name = headers_name(h, i);
		gboolean shown = !*name || display_header_shown(&d->options, name);
		rank_of[i] = shown ? header_rank(order, name) : G_MAXUINT;
	}
	for (guint rank = 0; rank <= ranks; rank++)
		for (guint i = 0; i < n; i++)
			if (rank_of[i] == rank && !is_full(d))
				add_field(d, p, h, i);
}

/* ---- contents --------------------------------------------------------------------------- */

static struct rich *plain_block(const struct display *d, const char *text, gsize n)
{
	if (d->options.allow_ansi && memchr(text, '\033', n))
		return rich_from_ansi(text, n);
	if (memchr(text, '\b', n))
		return rich_from_overstrike(text, n);
	struct rich *block = rich_new();
	rich_append(block, text, n, 0);
	return block;
}

struct flowed_lines {
	gboolean space_quotes;
	GString *text;	 /* all lines, NUL behind each */
	GArray *lengths; /* of struct flowed_length */
};
struct flowed_length {
	gsize n;
	guint level;
};

static void take_flowed(const char *text, gsize n, guint level, void *data)
{
	struct flowed_lines *f = data;
	gsize start = f->text->len;
	for (guint i = 0; i < level; i++)
		g_string_append(f->text, f->space_quotes ? "> " : ">");
	if (level && !f->space_quotes && n)
		g_string_append_c(f->text, ' ');
	g_string_append_len(f->text, text, (gssize)n);
	struct flowed_length length = {f->text->len - start, level};
	g_array_append_val(f->lengths, length);
	g_string_append_c(f->text, '\0');
}

static void add_flowed(struct display *d, struct part *p, const char *text, gsize n)
{
	g_autofree char *delsp = part_param(p, "delsp");
	struct rich *block = rich_new();
	begin_block(d, p, block);
	g_autoptr(GArray) lengths = g_array_new(FALSE, FALSE, sizeof(struct flowed_length));
	struct flowed_lines f = {d->options.space_quotes, block->text, lengths};
	flowed_decode(text, n, delsp && !g_ascii_strcasecmp(delsp, "yes"), take_flowed, &f);

	const char *at = block->text->str;
	gboolean signature = FALSE;
	for (guint i = 0; i < lengths->len && !is_full(d); i++) {
		const struct flowed_length *l = &g_array_index(lengths, struct flowed_length, i);
		struct line *line = add_line(d, DISPLAY_BODY, at, l->n);
		line->flowed = TRUE;
		set_level(line, l->level);
		signature = signature || (!l->level && !strcmp(at, "-- "));
		line->kind = l->level	 ? DISPLAY_QUOTED
			     : signature ? DISPLAY_SIGNATURE
					 : DISPLAY_BODY;
		at += l->n + 1;
	}
}

static void add_autoview(struct display *d, struct part *p)
{
	gboolean wrapped = FALSE;
	g_autofree char *text = d->options.autoview(p, &wrapped, d->options.data);
	guint first = d->lines->len;
	if (!text) {
		g_autofree char *type = part_type_name(p);
		add_own_line(
		    d, DISPLAY_ERROR, p,
		    g_strdup_printf("[-- %s could not be viewed (use 'v' to view this part) --]",
				    type));
		return;
	}
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	add_block(d, p, plain_block(d, valid, strlen(valid)));
	for (; first < d->lines->len; first++)
		g_array_index(d->lines, struct line, first).wrapped = (guint8)wrapped;
}

static void add_content(struct display *d, const struct display_step *step)
{
	gsize n;
	g_autofree char *text = part_text(step->part, &n);
	struct html_options html = {.width = d->options.width};
	g_autofree char *calendar = NULL;
	if (step->part->damaged)
		add_single(d, DISPLAY_ERROR, step->part,
			   "[-- Error: the encoding of this part is damaged --]");
	switch (step->kind) {
	case STEP_FLOWED:
		add_flowed(d, step->part, text, n);
		break;
	case STEP_HTML:
		add_block(d, step->part, html_render(text, n, &html));
		break;
	case STEP_ENRICHED:
		add_block(d, step->part, rich_from_enriched(text, n));
		break;
	case STEP_CALENDAR:
		calendar = calendar_to_text(text, n);
		add_block(d, step->part, plain_block(d, calendar, strlen(calendar)));
		break;
	default:
		add_block(d, step->part, plain_block(d, text, n));
	}
}

/* "Name: value" that was signed or encrypted with the text. */
static void add_protected_field(struct display *d, struct part *p, const char *text)
{
	gsize name_n = strcspn(text, ":");
	g_autofree char *name = g_strndup(text, name_n);

	if (d->options.weed_protected && !display_header_shown(&d->options, name))
		return;
	add_own_line(d, DISPLAY_HEADER, p, g_strdup(text))->name_n =
	    (guint16)MIN(name_n + 1, (gsize)G_MAXUINT16);
}

static void run_step(struct display *d, const struct display_step *step)
{
	switch (step->kind) {
	case STEP_HEADERS:
		add_headers(d, step->part);
		break;
	case STEP_BLANK:
		add_single(d, DISPLAY_BLANK, step->part, "");
		break;
	case STEP_MARKER:
		add_single(d, DISPLAY_MARKER, step->part, step->text);
		break;
	case STEP_ERROR:
		add_single(d, DISPLAY_ERROR, step->part, step->text);
		break;
	case STEP_VERDICT:
		add_single(d, DISPLAY_VERDICT, step->part, step->text);
		break;
	case STEP_FIELD:
		add_protected_field(d, step->part, step->text);
		break;
	case STEP_AUTOVIEW:
		add_autoview(d, step->part);
		break;
	default:
		add_content(d, step);
	}
}

/* ---- outside ------------------------------------------------------------------------------ */

static void clear_block(void *block)
{
	rich_free(((struct block *)block)->text);
}

/* `m` may be NULL. */
static struct display *display_begin(struct message *m, const struct display_options *options)
{
	struct display *d = g_new0(struct display, 1);
	if (options)
		d->options = *options;
	if (m && d->options.assumed_charset)
		message_set_assumed(m, d->options.assumed_charset);
	d->plan = display_plan_new();
	d->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	d->blocks = g_array_new(FALSE, FALSE, sizeof(struct block));
	g_array_set_clear_func(d->blocks, clear_block);
	return d;
}

struct display *display_new(struct message *m, const struct display_options *options)
{
	struct display *d = display_begin(m, options);
	display_plan_message(d->plan, message_root(m), &d->options);
	return d;
}

struct display *display_new_part(struct part *p, const struct display_options *options)
{
	struct display *d = display_begin(p->message, options);
	display_plan_part(d->plan, p, &d->options);
	return d;
}

/* "Name:" at the begin of a line, as far as it goes; 0: none. */
static guint16 name_length(const char *line, gsize n)
{
	const char *colon = memchr(line, ':', n);
	gsize length = colon ? (gsize)(colon - line) : 0;
	gsize blank = strcspn(line, " \t\n");
	return length && length < blank && length < G_MAXUINT16 ? (guint16)(length + 1) : 0;
}

/* Up to the first empty line; returns what follows. */
static const char *add_text_header(struct display *d, const char *text)
{
	while (*text && *text != '\n' && !is_full(d)) {
		gsize n = strcspn(text, "\n");
		struct line *line = add_own_line(d, DISPLAY_HEADER, NULL, g_strndup(text, n));
		line->name_n = name_length(text, n);
		text += n + (text[n] == '\n');
	}
	return text;
}

struct display *display_new_text(const char *text, const struct display_options *options)
{
	struct display *d = display_begin(NULL, options);
	const char *body = d->options.no_headers ? text : add_text_header(d, text);
	add_block(d, NULL, plain_block(d, body, strlen(body)));
	return d;
}

void display_free(struct display *d)
{
	if (!d)
		return;
	g_array_unref(d->plan);
	g_array_unref(d->lines);
	g_array_unref(d->blocks);
	g_free(d);
}

/* Carry out steps until line `i` is there; FALSE when they end before. */
static gboolean fill_to(struct display *d, guint i)
{
	while (i >= d->lines->len && d->next_step < d->plan->len)
		run_step(d, &g_array_index(d->plan, struct display_step, d->next_step++));
	return i < d->lines->len;
}

gboolean display_line(struct display *d, guint i, struct display_line *out)
{
	if (!fill_to(d, i))
		return FALSE;
	const struct line *line = &g_array_index(d->lines, struct line, i);
	const struct block *block = &g_array_index(d->blocks, struct block, line->block);
	*out = (struct display_line){
	    .text = line->text,
	    .n = line->n,
	    .kind = (enum display_kind)line->kind,
	    .quote_level = line->quote_level,
	    .name_n = line->name_n,
	    .part = block->part,
	    .n_spans = line->n_spans,
	    .flowed = line->flowed,
	    .wrapped = line->wrapped,
	};
	if (line->n_spans)
		out->spans = &g_array_index(block->text->spans, struct rich_span, line->first_span);
	return TRUE;
}

guint display_known(const struct display *d, gboolean *complete)
{
	*complete = d->next_step == d->plan->len;
	return d->lines->len;
}

guint display_n_lines(struct display *d)
{
	fill_to(d, G_MAXUINT);
	return d->lines->len;
}

char *display_to_text(struct display *d)
{
	GString *out = g_string_new(NULL);
	struct display_line line;
	for (guint i = 0; display_line(d, i, &line); i++) {
		g_string_append_len(out, line.text, (gssize)line.n);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
