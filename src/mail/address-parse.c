/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading addresses: one pass over the field, no recursion. A bracket, quote or
 * comment that is never closed is an ordinary character, and is looked for only
 * once: each kind remembers that the rest of the field has no closing one.
 */
#include <string.h>

#include "cur/mail/address.h"
#include "cur/mail/charset.h"
#include "cur/mail/rfc2047.h"

struct parser {
	const char *p, *end;
	GPtrArray *list;
	gboolean no_quote, no_comment, no_angle; /* the rest has no closing one */
	gboolean in_group;
	/* the address being read */
	GString *words;	  /* display name, or a bare address; raw, blanks made one */
	GString *comment; /* the last comment */
	GString *spec;	  /* between angle brackets */
	gboolean has_spec;
	gsize quoted; /* bytes of `words` up to the end of its last quoted string */
};

static gboolean is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

static void item_reset(struct parser *ps)
{
	g_string_truncate(ps->words, 0);
	g_string_truncate(ps->comment, 0);
	g_string_truncate(ps->spec, 0);
	ps->has_spec = FALSE;
	ps->quoted = 0;
}

/* ---- pieces ---------------------------------------------------------------- */

/* The closing quote behind p; NULL when there is none. */
static const char *quote_end(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '"')
			return p;
	}
	return NULL;
}

/* The bracket that closes the comment opened before p. Nesting counts, it does not recurse. */
static const char *comment_end(const char *p, const char *end)
{
	gsize depth = 1;
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p;
	}
	return NULL;
}

static void append_unescaped(GString *out, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		if (*p != '\r' && *p != '\n')
			g_string_append_c(out, *p);
	}
}

/* A quoted string in the words of a name: without its quotes. Where it may be the local part of an
 * address ("a b"@c), its quotes stay. */
static gboolean read_quote(struct parser *ps)
{
	const char *close = ps->no_quote ? NULL : quote_end(ps->p + 1, ps->end);
	if (!close) {
		ps->no_quote = TRUE;
		return FALSE;
	}
	if (close + 1 < ps->end && close[1] == '@') {
		g_string_append_len(ps->words, ps->p, close + 1 - ps->p);
	} else {
		append_unescaped(ps->words, ps->p + 1, close);
		ps->quoted = ps->words->len;
	}
	ps->p = close + 1;
	return TRUE;
}

static gboolean read_comment(struct parser *ps)
{
	const char *close = ps->no_comment ? NULL : comment_end(ps->p + 1, ps->end);
	if (!close) {
		ps->no_comment = TRUE;
		return FALSE;
	}
	g_string_truncate(ps->comment, 0);
	append_unescaped(ps->comment, ps->p + 1, close);
	ps->p = close + 1;
	return TRUE;
}

/* Where the angle address opened before p ends: '>' outside of quotes. */
static const char *angle_end(const char *p, const char *end)
{
	gboolean quotes = TRUE;
	for (; p < end; p++) {
		if (*p == '>')
			return p;
		if (*p == '"' && quotes) {
			const char *close = quote_end(p + 1, end);
			quotes = close != NULL;
			p = close ? close : p;
		}
	}
	return NULL;
}

/* An earlier angle address was not the last word: it becomes part of the name. */
static void keep_earlier_spec(struct parser *ps)
{
	if (!ps->has_spec)
		return;
	if (ps->words->len && !is_blank(ps->words->str[ps->words->len - 1]))
		g_string_append_c(ps->words, ' ');
	g_string_append_printf(ps->words, "<%s> ", ps->spec->str);
	g_string_truncate(ps->spec, 0);
	ps->has_spec = FALSE;
}

static gboolean read_angle(struct parser *ps)
{
	const char *close = ps->no_angle ? NULL : angle_end(ps->p + 1, ps->end);
	if (!close) {
		/* "<a@b" up to the end or the next comma is still meant as an address. */
		ps->no_angle = TRUE;
		return FALSE;
	}
	keep_earlier_spec(ps);
	gboolean in_quotes = FALSE;
	for (const char *q = ps->p + 1; q < close; q++) {
		if (*q == '"')
			in_quotes = !in_quotes;
		if (in_quotes || !is_blank(*q))
			g_string_append_c(ps->spec, *q);
	}
	/* A source route "@a,@b:user@host" (RFC 5322 4.4). */
	const char *colon = *ps->spec->str == '@' ? strchr(ps->spec->str, ':') : NULL;
	if (colon)
		g_string_erase(ps->spec, 0, colon + 1 - ps->spec->str);
	ps->has_spec = TRUE;
	ps->p = close + 1;
	return TRUE;
}

/* "[…]" of a host, in one piece with its colons. */
static gboolean read_literal(struct parser *ps)
{
	if (!ps->words->len || ps->words->str[ps->words->len - 1] != '@')
		return FALSE;
	const char *limit = MIN(ps->end, ps->p + 256), *q = ps->p;
	while (q < limit && *q != ']' && !is_blank(*q) && *q != ',')
		q++;
	if (q == limit || *q != ']')
		return FALSE;
	g_string_append_len(ps->words, ps->p, q + 1 - ps->p);
	ps->p = q + 1;
	return TRUE;
}

/* An RFC 2047 word in one piece: some senders leave commas in it. */
static gboolean read_word(struct parser *ps)
{
	const char *limit = MIN(ps->end, ps->p + 256), *q = ps->p;
	for (int marks = 0; q < limit && !is_blank(*q); q++) {
		if (*q != '?')
			continue;
		if (++marks == 4 && q + 1 < limit && q[1] == '=') {
			g_string_append_len(ps->words, ps->p, q + 2 - ps->p);
			ps->p = q + 2;
			return TRUE;
		}
	}
	return FALSE;
}

/* ---- addresses ------------------------------------------------------------- */

static char *decoded_name(const GString *raw)
{
	char *name = header_decode(raw->str, MIN(raw->len, (gsize)ADDRESS_NAME_MAX), NULL);
	return g_strstrip(name);
}

/* Bytes of an address: valid UTF-8 without control characters. RFC 2047 words stay as they are: in
 * an address they would hide its host. */
static char *clean_spec_part(const char *p, gsize n)
{
	char *clean = charset_raw_header(p, n, NULL);
	for (char *q = clean; *q; q++)
		if ((guchar)*q < ' ' || *q == 0x7f)
			*q = ' ';
	return clean;
}

static char *unquoted_local(const char *p, gsize n)
{
	GString *plain = g_string_new(NULL);
	if (n >= 2 && p[0] == '"' && p[n - 1] == '"')
		append_unescaped(plain, p + 1, p + n - 1);
	else
		g_string_append_len(plain, p, (gssize)n);
	char *local = clean_spec_part(plain->str, plain->len);
	g_string_free(plain, TRUE);
	return local;
}

/* Split at the last '@' outside of quotes. FALSE when it is too long to be an address. */
static gboolean set_spec(struct address *a, const char *spec)
{
	const char *at = strrchr(spec, '@');
	if (at && strchr(at, '"'))
		at = NULL;
	const char *host = at ? at + 1 : "";
	gsize n = at ? (gsize)(at - spec) : strlen(spec);
	if (n > ADDRESS_BYTES_MAX || strlen(host) > ADDRESS_BYTES_MAX)
		return FALSE;
	g_free(a->local);
	g_free(a->host);
	a->local = unquoted_local(spec, n);
	a->host = clean_spec_part(host, strlen(host));
	return TRUE;
}

static void chomp(GString *text)
{
	while (text->len && is_blank(text->str[text->len - 1]))
		g_string_truncate(text, text->len - 1);
}

/* "John Smith john@x" and "John <john@x" without brackets: the last word with an '@' is the
 * address. */
static char *split_bare(GString *words, gsize quoted)
{
	const char *end = words->str + words->len;
	const char *quote = *words->str == '"' ? quote_end(words->str + 1, end) : NULL;
	if (quote && quote[1] == '@' && !strpbrk(quote, " \t")) {
		char *whole = g_strdup(words->str);
		g_string_truncate(words, 0);
		return whole;
	}
	const char *at = strrchr(words->str, '@');
	if (!at || (gsize)(at - words->str) < quoted)
		return NULL; /* in quotes it is only a name */
	const char *start = at, *stop = at;
	while (start > words->str && !is_blank(start[-1]) && start[-1] != '<')
		start--;
	while (*stop && !is_blank(*stop))
		stop++;
	char *spec = g_strndup(start, (gsize)(stop - start));
	gboolean open = start > words->str && start[-1] == '<';
	gsize from = (gsize)(start - words->str) - (open ? 1 : 0);
	g_string_erase(words, (gssize)from, stop - start + (open ? 1 : 0));
	return spec;
}

/* One word that names a local mailbox ("root"), not a person. */
static gboolean is_local_name(const struct parser *ps)
{
	return !ps->quoted && ps->words->len && !strpbrk(ps->words->str, " \t") &&
	       !strstr(ps->words->str, "=?") && g_str_is_ascii(ps->words->str);
}

static void set_name(struct address *a, const GString *raw)
{
	g_free(a->name);
	a->name = decoded_name(raw);
}

static struct address *make_bare(struct parser *ps)
{
	struct address *a = address_new("", "", "");
	chomp(ps->words);
	if (is_local_name(ps) && !strchr(ps->words->str, '@') && set_spec(a, ps->words->str)) {
		set_name(a, ps->comment);
		return a;
	}
	g_autofree char *spec = split_bare(ps->words, ps->quoted);
	if (spec && !set_spec(a, spec))
		g_string_append(ps->words, spec);
	set_name(a, ps->words->len ? ps->words : ps->comment);
	return a;
}

static struct address *make_angle(struct parser *ps)
{
	struct address *a = address_new("", "", "");
	if (!set_spec(a, ps->spec->str))
		keep_earlier_spec(ps);
	set_name(a, ps->words->len ? ps->words : ps->comment);
	return a;
}

static void item_finish(struct parser *ps)
{
	gboolean something = ps->has_spec || ps->words->len || ps->comment->len;
	if (something && ps->list->len < ADDRESS_COUNT_MAX) {
		struct address *a = ps->has_spec ? make_angle(ps) : make_bare(ps);
		if (*a->name || *a->local || *a->host)
			g_ptr_array_add(ps->list, a);
		else
			address_free(a);
	}
	item_reset(ps);
}

static void add_group_mark(struct parser *ps, enum address_kind kind, const char *name)
{
	struct address *a = address_new(name, "", "");
	a->kind = kind;
	g_ptr_array_add(ps->list, a);
	ps->in_group = kind == ADDRESS_GROUP_BEGIN;
}

/* What stood before ':' names a group; an address in it is part of the name and addresses nobody.
 */
static void group_begin(struct parser *ps)
{
	keep_earlier_spec(ps);
	g_autofree char *name = decoded_name(ps->words);
	item_reset(ps);
	add_group_mark(ps, ADDRESS_GROUP_BEGIN, name);
}

/* ---- the loop -------------------------------------------------------------- */

/* An ordinary character; blanks between words become one. */
static void add_char(struct parser *ps)
{
	char c = *ps->p++;
	if (!is_blank(c))
		g_string_append_c(ps->words, c);
	else if (ps->words->len && ps->words->str[ps->words->len - 1] != ' ')
		g_string_append_c(ps->words, ' ');
}

/* TRUE when the character at p began a piece that has been read. */
static gboolean read_piece(struct parser *ps)
{
	switch (*ps->p) {
	case '"':
		return read_quote(ps);
	case '(':
		return read_comment(ps);
	case '<':
		return read_angle(ps);
	case '[':
		return read_literal(ps);
	case '=':
		return read_word(ps);
	default:
		return FALSE;
	}
}

static gboolean read_separator(struct parser *ps)
{
	switch (*ps->p) {
	case ',':
		item_finish(ps);
		break;
	case ';': /* people also separate addresses by it */
		item_finish(ps);
		if (ps->in_group)
			add_group_mark(ps, ADDRESS_GROUP_END, "");
		break;
	case ':':
		if (ps->in_group || !(ps->words->len || ps->has_spec))
			return FALSE;
		group_begin(ps);
		break;
	default:
		return FALSE;
	}
	ps->p++;
	return TRUE;
}

GPtrArray *address_parse_n(const char *text, gsize n)
{
	struct parser ps = {
	    .p = text,
	    .end = text + MIN(n, (gsize)ADDRESS_FIELD_MAX),
	    .list = address_list_new(),
	    .words = g_string_new(NULL),
	    .comment = g_string_new(NULL),
	    .spec = g_string_new(NULL),
	};
	while (ps.p < ps.end && ps.list->len < ADDRESS_COUNT_MAX)
		if (!read_piece(&ps) && !read_separator(&ps))
			add_char(&ps);
	item_finish(&ps);
	if (ps.in_group)
		add_group_mark(&ps, ADDRESS_GROUP_END, "");
	g_string_free(ps.words, TRUE);
	g_string_free(ps.comment, TRUE);
	g_string_free(ps.spec, TRUE);
	return ps.list;
}

GPtrArray *address_parse(const char *text)
{
	return address_parse_n(text, strlen(text));
}

struct address *address_parse_one(const char *text)
{
	g_autoptr(GPtrArray) list = address_parse(text);
	for (guint i = 0; i < list->len; i++) {
		struct address *a = list->pdata[i];
		if (a->kind == ADDRESS_MAILBOX)
			return address_copy(a);
	}
	return NULL;
}
