/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 'Name <a@b>', '"Name" <a@b>' and 'a@b' in plain ASCII are nearly all addresses
 * there are: they are copied. Whatever looks different is given to the parser.
 */
#include "scan-address.h"

#include <string.h>

#include "cur/mail/address.h"

/* Letters that mean themselves in a name and in an address (RFC 5322 atext and the dot). */
static const gboolean is_plain[256] = {
    ['a' ... 'z'] = TRUE, ['A' ... 'Z'] = TRUE, ['0' ... '9'] = TRUE, ['!'] = TRUE,  ['#'] = TRUE,
    ['$'] = TRUE,	  ['%'] = TRUE,		['&'] = TRUE,	      ['\''] = TRUE, ['*'] = TRUE,
    ['+'] = TRUE,	  ['-'] = TRUE,		['/'] = TRUE,	      ['_'] = TRUE,  ['`'] = TRUE,
    ['{'] = TRUE,	  ['|'] = TRUE,		['}'] = TRUE,	      ['~'] = TRUE,  ['.'] = TRUE,
};

static const char *skip_plain(const char *p, const char *end)
{
	while (p < end && is_plain[(guchar)*p])
		p++;
	return p;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* "user@host" at p: where it ends; NULL when it is anything else. */
static const char *spec_end(const char *p, const char *end)
{
	const char *at = skip_plain(p, end);
	if (at == p || at >= end || *at != '@' || *p == '.' || at[-1] == '.')
		return NULL;
	if (memmem(p, (gsize)(at - p), "..", 2))
		return NULL;
	const char *stop = skip_plain(at + 1, end);
	return stop > at + 1 ? stop : NULL;
}

struct simple {
	const char *name, *spec;
	gsize name_n, spec_n;
};

/* Words with single blanks between, or the inside of quotes without escapes. NULL: something else.
 */
static const char *read_name(const char *p, const char *end, struct simple *a)
{
	gboolean quoted = p < end && *p == '"';
	a->name = p += quoted;
	const char *word = p;
	while (p < end && (is_plain[(guchar)*p] || (*p == ' ' && p > word && p[-1] != ' ')))
		p++;
	a->name_n = (gsize)(p - a->name);
	if (quoted) {
		if (p >= end || *p != '"' || !a->name_n || p[-1] == ' ')
			return NULL;
		return skip_blanks(p + 1, end);
	}
	if (!a->name_n || p[-1] != ' ')
		return NULL;
	a->name_n--;
	return p;
}

/* One address up to the comma behind it or the end; NULL when it is not a simple one. */
static const char *read_simple(const char *p, const char *end, struct simple *a)
{
	*a = (struct simple){.spec = p};
	const char *stop = spec_end(p, end);
	if (stop) {
		a->spec_n = (gsize)(stop - p);
	} else {
		p = *p == '<' ? p : read_name(p, end, a);
		if (!p || p >= end || *p != '<')
			return NULL;
		a->spec = p + 1;
		stop = spec_end(a->spec, end);
		if (!stop || stop >= end || *stop != '>')
			return NULL;
		a->spec_n = (gsize)(stop - a->spec);
		stop++;
	}
	stop = skip_blanks(stop, end);
	return stop == end || *stop == ',' ? stop : NULL;
}

static void append_simple(GString *out, const struct simple *a)
{
	if (out->len)
		g_string_append_len(out, ", ", 2);
	if (a->name_n) {
		g_string_append_len(out, a->name, (gssize)a->name_n);
		g_string_append_len(out, " <", 2);
	}
	g_string_append_len(out, a->spec, (gssize)a->spec_n);
	if (a->name_n)
		g_string_append_c(out, '>');
}

/* The rest of a field by the parser, cut between two addresses. */
static void append_parsed(GString *out, const char *value, gsize n, gsize max)
{
	g_autoptr(GPtrArray) list = address_parse_n(value, n);
	gsize bytes = out->len;
	guint keep = 0;
	for (; keep < list->len && bytes < max; keep++) {
		const struct address *a = list->pdata[keep];
		bytes += strlen(a->name) + strlen(a->local) + strlen(a->host) + 6;
	}
	if (keep < list->len)
		g_ptr_array_set_size(list, (gint)keep);
	g_autofree char *text = address_format_list(list);
	if (out->len && *text)
		g_string_append(out, ", ");
	g_string_append(out, text);
}

void scan_addresses(GString *out, const char *value, gsize n, gsize max)
{
	const char *p = value, *end = value + n;
	while (out->len < max && (p = skip_blanks(p, end)) < end) {
		struct simple a;
		const char *next = read_simple(p, end, &a);
		if (!next) {
			append_parsed(out, p, (gsize)(end - p), max);
			return;
		}
		append_simple(out, &a);
		p = next < end ? next + 1 : next;
	}
}
