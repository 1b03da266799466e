/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RFC 2047 words. Words of one charset that follow each other are decoded as
 * one run of bytes, so that a character cut in two comes out whole.
 */
#include "cur/mail/rfc2047.h"

#include <string.h>

#include "base64.h"
#include "cur/mail/charset.h"
#include "cur/mail/habits.h"

enum { CHARSET_MAX = 64 };

struct word {
	char charset[CHARSET_MAX];
	char encoding; /* 'b' or 'q' */
	const char *text;
	gsize n;
	const char *end; /* behind "?=" */
};

struct decoder {
	GString *out;
	GString *bytes; /* decoded bytes of the words so far */
	char charset[CHARSET_MAX];
	const char *const *assumed;
};

/* Is there a word at p ("=?charset*lang?b?text?=")? Bytes behind a failed one are not read twice:
 * the text of a word holds no '?'. */
static gboolean word_at(const char *p, const char *end, struct word *w)
{
	const char *q = p + 2, *limit = MIN(end, q + CHARSET_MAX - 1);
	gsize n = 0;
	gboolean language = FALSE;
	for (; q < limit && *q != '?'; q++) {
		if ((guchar)*q <= ' ' || (guchar)*q >= 0x7f)
			return FALSE;
		language = language || *q == '*'; /* RFC 2231 5 */
		if (!language)
			w->charset[n++] = *q;
	}
	w->charset[n] = '\0';
	if (!n || end - q < 5 || *q != '?' || q[2] != '?' || !strchr("bBqQ", q[1]))
		return FALSE;
	w->encoding = g_ascii_tolower(q[1]);
	w->text = q + 3;
	const char *mark = memchr(w->text, '?', (gsize)(end - w->text));
	if (!mark || mark + 1 >= end || mark[1] != '=')
		return FALSE;
	w->n = (gsize)(mark - w->text);
	w->end = mark + 2;
	return TRUE;
}

static void decode_q(GString *out, const char *p, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		int high, low;
		if (p[i] == '=' && i + 2 < n && (high = g_ascii_xdigit_value(p[i + 1])) >= 0 &&
		    (low = g_ascii_xdigit_value(p[i + 2])) >= 0) {
			g_string_append_c(out, (char)(high << 4 | low));
			i += 2;
		} else {
			g_string_append_c(out, p[i] == '_' ? ' ' : p[i]);
		}
	}
}

static void decode_b(GString *out, const char *p, gsize n)
{
	struct base64 state = {0};
	gsize at = out->len;
	g_string_set_size(out, at + n + 2);
	gsize got = base64_step(&state, p, n, out->str + at);
	got += base64_end(&state, out->str + at + got);
	g_string_set_size(out, at + got);
}

static void append_printable(GString *out, const char *text)
{
	gsize at = out->len;
	g_string_append(out, text);
	for (char *p = out->str + at; *p; p++)
		if ((guchar)*p < ' ' || *p == 0x7f)
			*p = ' ';
}

static void flush_words(struct decoder *d)
{
	if (!d->bytes->len)
		return;
	g_autofree char *text =
	    charset_to_utf8(d->bytes->str, d->bytes->len, d->charset, d->assumed, NULL);
	append_printable(d->out, text);
	g_string_truncate(d->bytes, 0);
}

static void append_literal(struct decoder *d, const char *p, gsize n)
{
	flush_words(d);
	g_autofree char *text = charset_raw_header(p, n, d->assumed);
	append_printable(d->out, text);
}

static void append_word(struct decoder *d, const struct word *w)
{
	if (g_ascii_strcasecmp(d->charset, w->charset)) {
		flush_words(d);
		g_strlcpy(d->charset, w->charset, sizeof(d->charset));
	}
	if (w->encoding == 'q')
		decode_q(d->bytes, w->text, w->n);
	else
		decode_b(d->bytes, w->text, w->n);
}

static gboolean is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A fold becomes one blank (RFC 5322 2.2.3); NULL when there is none: the usual case. */
static char *unfold(const char *value, gsize *n)
{
	if (!memchr(value, '\n', *n) && !memchr(value, '\r', *n))
		return NULL;
	char *out = g_malloc(*n + 1);
	gsize to = 0;
	for (gsize i = 0; i < *n; i++) {
		if (value[i] != '\n' && value[i] != '\r') {
			out[to++] = value[i];
			continue;
		}
		while (i + 1 < *n && is_blank(value[i + 1]))
			i++;
		if (to && i + 1 < *n)
			out[to++] = ' ';
	}
	*n = to;
	return out;
}

static gboolean is_blank_run(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p == end;
}

/* One line of printable ASCII without a word: what most values are. */
static gboolean is_plain(const char *p, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if ((guchar)p[i] < ' ' || (guchar)p[i] >= 0x7f)
			return FALSE;
		if (p[i] == '?' && i && p[i - 1] == '=')
			return FALSE;
	}
	return TRUE;
}

/* Text beside an encoded word; with $ignore_linear_white_space one blank parts them. */
static void append_beside(struct decoder *d, const char *p, const char *end, gboolean after_word,
			  gboolean before_word)
{
	if (mail_habits()->one_blank && after_word)
		while (p + 1 < end && is_blank(p[0]) && is_blank(p[1]))
			p++;
	if (mail_habits()->one_blank && before_word)
		while (end - 1 > p && is_blank(end[-1]) && is_blank(end[-2]))
			end--;
	append_literal(d, p, (gsize)(end - p));
}

static void decode_words(struct decoder *d, const char *p, const char *end)
{
	const char *literal = p;
	gboolean after_word = FALSE;
	while (p < end) {
		struct word w;
		p = memchr(p, '=', (gsize)(end - p));
		if (!p || p + 1 >= end)
			break;
		if (p[1] != '?' || !word_at(p, end, &w)) {
			p++;
			continue;
		}
		/* Blanks between two words are not shown (RFC 2047 6.2). */
		if (p > literal && !(after_word && is_blank_run(literal, p)))
			append_beside(d, literal, p, after_word, TRUE);
		append_word(d, &w);
		after_word = TRUE;
		literal = p = w.end;
	}
	if (end > literal)
		append_beside(d, literal, end, after_word, FALSE);
	flush_words(d);
}

/* The same appended to `out`. */
static void header_decode_into(GString *out, const char *value, gsize n, const char *const *assumed)
{
	while (n && is_blank(*value))
		value++, n--;
	while (n && is_blank(value[n - 1]))
		n--;
	if (is_plain(value, n)) {
		g_string_append_len(out, value, (gssize)n);
		return;
	}
	g_autofree char *unfolded = unfold(value, &n);
	const char *p = unfolded ? unfolded : value;

	struct decoder d = {.out = out, .bytes = g_string_new(NULL), .assumed = assumed};
	decode_words(&d, p, p + n);
	g_string_free(d.bytes, TRUE);
}

char *header_decode(const char *value, gsize n, const char *const *assumed)
{
	GString *out = g_string_sized_new(n + 1);
	header_decode_into(out, value, n, assumed);
	return g_string_free(out, FALSE);
}
