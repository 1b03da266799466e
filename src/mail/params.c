/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameters. The value is walked once for each question; pieces of RFC 2231
 * ("name*0*=") are collected by their number, at most PIECES_MAX of them.
 */
#include "params.h"

#include <string.h>

#include "cur/mail/charset.h"
#include "cur/mail/habits.h"
#include "cur/mail/rfc2047.h"

enum { PIECES_MAX = 1000, VALUE_MAX = 64 << 10 };

/* One parameter as written: the name with its stars, the value without quotes. */
struct param {
	const char *name;
	gsize name_n;
	GString *value;
};

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* Over "(comment)"; an open one is skipped as a character. */
static const char *skip_comments(const char *p, const char *end, gboolean *open)
{
	p = skip_blanks(p, end);
	while (p < end && *p == '(' && !*open) {
		gsize depth = 0;
		const char *q = p;
		for (; q < end; q++) {
			if (*q == '\\' && q + 1 < end)
				q++;
			else if (*q == '(')
				depth++;
			else if (*q == ')' && --depth == 0)
				break;
		}
		*open = q == end;
		p = *open ? p : skip_blanks(q + 1, end);
	}
	return p;
}

static const char *read_value(const char *p, const char *end, GString *value)
{
	g_string_truncate(value, 0);
	if (p < end && *p == '"') {
		for (p++; p < end && *p != '"'; p++) {
			if (*p == '\\' && p + 1 < end)
				p++;
			if (*p != '\r' && *p != '\n')
				g_string_append_c(value, *p);
		}
		while (p < end && *p != ';')
			p++;
		return p;
	}
	const char *start = p;
	while (p < end && *p != ';')
		p++;
	/* Blanks inside are wrong but seen: name=My File.pdf */
	gsize n = (gsize)(p - start);
	while (n && strchr(" \t\r\n", start[n - 1]))
		n--;
	g_string_append_len(value, start, (gssize)n);
	return p;
}

/* The parameter behind the next ';'. */
static gboolean next_param(const char **at, const char *end, struct param *out, gboolean *open)
{
	const char *p = *at;
	for (;;) {
		p = p < end ? memchr(p, ';', (gsize)(end - p)) : NULL;
		if (!p)
			return FALSE;
		p = skip_comments(p + 1, end, open);
		out->name = p;
		while (p < end && *p != '=' && *p != ';' && (guchar)*p > ' ')
			p++;
		out->name_n = (gsize)(p - out->name);
		p = skip_blanks(p, end);
		if (!out->name_n || p >= end || *p != '=')
			continue;
		*at = read_value(skip_comments(p + 1, end, open), end, out->value);
		return TRUE;
	}
}

/* ---- RFC 2231 ----------------------------------------------------------------- */

/* "*2*" behind the name: piece and whether it is percent-encoded. FALSE when it means something
 * else. */
static gboolean read_stars(const char *p, const char *end, guint *piece, gboolean *encoded)
{
	*piece = 0;
	*encoded = FALSE;
	if (p == end)
		return FALSE;
	if (end - p == 1) {
		*encoded = TRUE;
		return TRUE;
	}
	for (p++; p < end && g_ascii_isdigit(*p); p++) {
		*piece = *piece * 10 + (guint)(*p - '0');
		if (*piece >= PIECES_MAX)
			return FALSE;
	}
	*encoded = p < end && *p == '*';
	return g_ascii_isdigit(p[-1]) && (p == end || (*encoded && p + 1 == end));
}

static void append_percent_decoded(GString *out, const char *p)
{
	for (; *p; p++) {
		int high = *p == '%' ? g_ascii_xdigit_value(p[1]) : -1;
		int low = high >= 0 ? g_ascii_xdigit_value(p[2]) : -1;
		g_string_append_c(out, low >= 0 ? (char)(high << 4 | low) : *p);
		p += low >= 0 ? 2 : 0;
	}
}

struct piece {
	char *text;
	gboolean encoded;
};

/* "charset'language'text": the charset, and the text in *rest. */
static char *split_charset(const char *text, const char **rest)
{
	const char *first = strchr(text, '\'');
	const char *second = first ? strchr(first + 1, '\'') : NULL;
	*rest = second ? second + 1 : text;
	return second ? g_strndup(text, (gsize)(first - text)) : NULL;
}

/* The pieces from 0 up to the first hole. */
static char *join_pieces(const GArray *pieces)
{
	g_autofree char *charset = NULL;
	GString *bytes = g_string_new(NULL);
	for (guint i = 0; i < pieces->len; i++) {
		const struct piece *piece = &g_array_index(pieces, struct piece, i);
		const char *text = piece->text;
		if (!text)
			break;
		if (i == 0 && piece->encoded)
			charset = split_charset(text, &text);
		if (piece->encoded)
			append_percent_decoded(bytes, text);
		else
			g_string_append(bytes, text);
	}
	char *out = charset_to_utf8(bytes->str, bytes->len, charset, NULL, NULL);
	g_string_free(bytes, TRUE);
	return out;
}

static void clear_piece(void *data)
{
	g_free(((struct piece *)data)->text);
}

static void keep_piece(GArray *pieces, guint at, gboolean encoded, const char *text)
{
	if (at >= pieces->len)
		g_array_set_size(pieces, at + 1);
	struct piece *piece = &g_array_index(pieces, struct piece, at);
	if (piece->text)
		return;
	piece->text = g_strdup(text);
	piece->encoded = encoded;
}

/* RFC 2047 5 forbids encoded words there, and many write them. */
static char *plain_value(const GString *value)
{
	return mail_habits()->encoded_parameters ? header_decode(value->str, value->len, NULL)
						 : charset_raw_header(value->str, value->len, NULL);
}

/* ---- the question ---------------------------------------------------------------- */

char *params_get(const char *value, gsize n, const char *name)
{
	gsize name_n = strlen(name);
	const char *p = value, *end = value + MIN(n, (gsize)VALUE_MAX);
	gboolean open = FALSE;
	g_autofree char *plain = NULL;
	struct param param = {.value = g_string_new(NULL)};
	g_autoptr(GArray) pieces = g_array_new(FALSE, TRUE, sizeof(struct piece));
	g_array_set_clear_func(pieces, clear_piece);

	while (next_param(&p, end, &param, &open)) {
		guint at;
		gboolean encoded;
		if (param.name_n < name_n || g_ascii_strncasecmp(param.name, name, name_n))
			continue;
		const char *stars = param.name + name_n;
		if (param.name_n == name_n && !plain)
			plain = plain_value(param.value);
		else if (*stars == '*' &&
			 read_stars(stars, param.name + param.name_n, &at, &encoded))
			keep_piece(pieces, at, encoded, param.value->str);
	}
	g_string_free(param.value, TRUE);
	/* RFC 6266 4.3 and habit: the extended form is the better one when both are there. */
	if (pieces->len && g_array_index(pieces, struct piece, 0).text)
		return join_pieces(pieces);
	return g_steal_pointer(&plain);
}
