/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text with spans, and the two old ways to write it: enriched text and overstrikes. */
#include "cur/mail/rich.h"

#include <string.h>

struct rich *rich_new(void)
{
	struct rich *r = g_new(struct rich, 1);
	r->text = g_string_new(NULL);
	r->spans = g_array_new(FALSE, FALSE, sizeof(struct rich_span));
	return r;
}

void rich_free(struct rich *r)
{
	if (!r)
		return;
	g_string_free(r->text, TRUE);
	g_array_free(r->spans, TRUE);
	g_free(r);
}

void rich_append(struct rich *r, const char *text, gsize n, guint32 style)
{
	if (!n)
		return;
	guint32 at = (guint32)r->text->len;
	g_string_append_len(r->text, text, (gssize)n);
	if (!style)
		return;
	struct rich_span *last =
	    r->spans->len ? &g_array_index(r->spans, struct rich_span, r->spans->len - 1) : NULL;
	if (last && last->style == style && last->start + last->n == at) {
		last->n += (guint32)n;
		return;
	}
	struct rich_span span = {at, (guint32)n, style};
	g_array_append_val(r->spans, span);
}

/* ---- overstrikes ------------------------------------------------------------- */

/* Style of "x\by": the same letter twice is bold, an underscore on either side underlines. */
static guint32 overstrike_style(gunichar below, gunichar above)
{
	if (below == '_')
		return above == '_' ? RICH_BOLD : RICH_UNDERLINE;
	return above == '_' ? RICH_UNDERLINE : RICH_BOLD;
}

struct rich *rich_from_overstrike(const char *text, gsize n)
{
	struct rich *r = rich_new();
	const char *p = text, *end = text + n;
	while (p < end) {
		const char *next = g_utf8_next_char(p), *shown = p;
		guint32 style = 0;
		while (next + 1 < end && *next == '\b' && next[1] != '\b' && next[1] != '\n') {
			const char *over = next + 1;
			style |= overstrike_style(g_utf8_get_char(shown), g_utf8_get_char(over));
			shown = *over == '_' ? shown : over;
			next = g_utf8_next_char(over);
		}
		if (*shown != '\b')
			rich_append(r, shown, (gsize)(g_utf8_next_char(shown) - shown), style);
		p = next;
	}
	return r;
}

/* ---- enriched text ------------------------------------------------------------- */

enum { COMMAND_MAX = 60 }; /* RFC 1896 2: names have at most 60 characters */

static const struct {
	const char *name;
	guint32 style;
} commands[] = {
    {"bold", RICH_BOLD},
    {"italic", RICH_ITALIC},
    {"underline", RICH_UNDERLINE},
    {"fixed", RICH_CODE},
};

struct enriched {
	struct rich *out;
	guint depth[G_N_ELEMENTS(commands)];
	guint nofill, param;
	guint newlines;
};

static guint32 enriched_style(const struct enriched *e)
{
	guint32 style = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		style |= e->depth[i] ? commands[i].style : 0;
	return style;
}

static void count(guint *depth, gboolean closing)
{
	if (!closing)
		++*depth;
	else if (*depth)
		--*depth;
}

static void enriched_command(struct enriched *e, const char *name, gboolean closing)
{
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		if (!g_ascii_strcasecmp(name, commands[i].name))
			count(&e->depth[i], closing);
	if (!g_ascii_strcasecmp(name, "nofill"))
		count(&e->nofill, closing);
	else if (!g_ascii_strcasecmp(name, "param"))
		count(&e->param, closing);
	else if (!closing &&
		 (!g_ascii_strcasecmp(name, "nl") || !g_ascii_strcasecmp(name, "paragraph")))
		rich_append(e->out, "\n", 1, 0);
}

/* One newline is a blank, n of them are n-1 (RFC 1896 3). */
static void enriched_text(struct enriched *e, const char *p, gsize n)
{
	if (e->param)
		return;
	if (*p == '\n' && !e->nofill) {
		if (e->newlines++)
			rich_append(e->out, "\n", 1, 0);
		return;
	}
	if (e->newlines == 1)
		rich_append(e->out, " ", 1, 0);
	e->newlines = 0;
	rich_append(e->out, p, n, enriched_style(e));
}

/* "<name>" or "</name>" at p: its end; NULL when it is only a '<'. */
static const char *command_at(const char *p, const char *end, char name[COMMAND_MAX + 1],
			      gboolean *closing)
{
	const char *q = p + 1;
	*closing = q < end && *q == '/';
	q += *closing;
	gsize n = 0;
	while (q < end && n < COMMAND_MAX && (g_ascii_isalnum(*q) || *q == '-'))
		name[n++] = *q++;
	name[n] = '\0';
	return n && q < end && *q == '>' ? q + 1 : NULL;
}

struct rich *rich_from_enriched(const char *text, gsize n)
{
	struct enriched e = {.out = rich_new()};
	const char *p = text, *end = text + n;
	while (p < end) {
		char name[COMMAND_MAX + 1];
		gboolean closing;
		const char *next = *p == '<' ? command_at(p, end, name, &closing) : NULL;
		if (next) {
			enriched_command(&e, name, closing);
			p = next;
			continue;
		}
		gsize length = (gsize)(g_utf8_next_char(p) - p);
		enriched_text(&e, p, MIN(length, (gsize)(end - p)));
		p += *p == '<' && p + 1 < end && p[1] == '<' ? 2 : length; /* "<<" is '<' */
	}
	return e.out;
}
