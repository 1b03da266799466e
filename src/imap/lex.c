/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of IMAP (RFC 9051 section 9), with limits on everything. */
#include "lex.h"

#include <string.h>

#include "cur/base/error.h"

gboolean token_is(const char *token, gsize n, const char *word)
{
	return strlen(word) == n && !g_ascii_strncasecmp(token, word, n);
}

static gboolean next_line(struct lexer *lx, GError **error)
{
	gsize n;

	lx->p = link_read_line(lx->link, &n, error);
	if (!lx->p)
		return FALSE;
	lx->end = lx->p + n;
	return TRUE;
}

gboolean lex_begin(struct lexer *lx, GError **error)
{
	lx->literal_bytes = 0;
	return next_line(lx, error);
}

gboolean lex_accept(struct lexer *lx, char c)
{
	if (lx->p == lx->end || *lx->p != c)
		return FALSE;
	lx->p++;
	return TRUE;
}

gboolean lex_at_end(const struct lexer *lx)
{
	return lx->p == lx->end;
}

void lex_blanks(struct lexer *lx)
{
	while (lex_accept(lx, ' '))
		;
}

static gboolean is_atom_char(char c)
{
	return (guchar)c > ' ' && c != 0x7f && !strchr("(){\"", c);
}

gboolean lex_atom(struct lexer *lx, const char **atom, gsize *n)
{
	*atom = lx->p;
	while (lx->p < lx->end && is_atom_char(*lx->p))
		lx->p++;
	*n = (gsize)(lx->p - *atom);
	return *n > 0;
}

gboolean lex_item_name(struct lexer *lx, const char **name, gsize *n)
{
	int open = 0;

	*name = lx->p;
	for (; lx->p < lx->end && (open || is_atom_char(*lx->p)); lx->p++) {
		if (*lx->p == '[')
			open = 1;
		else if (*lx->p == ']')
			open = 0;
	}
	*n = (gsize)(lx->p - *name);
	return *n > 0;
}

gboolean lex_number(struct lexer *lx, guint64 *n)
{
	const char *start = lx->p;

	*n = 0;
	for (; lx->p < lx->end && g_ascii_isdigit(*lx->p); lx->p++) {
		guint digit = (guint)(*lx->p - '0');

		if (*n > ((guint64)G_MAXINT64 - digit) / 10)
			return FALSE;
		*n = *n * 10 + digit;
	}
	return lx->p > start;
}

gboolean lex_literal(struct lexer *lx, guint64 *n, GError **error)
{
	struct lexer probe = *lx;

	lex_accept(&probe, '~');
	if (!lex_accept(&probe, '{'))
		return FALSE;
	/* A size that is none, or that no message has: where it ends cannot be known. */
	if (!lex_number(&probe, n) || *n > G_MAXUINT32 || !lex_accept(&probe, '}') ||
	    !lex_at_end(&probe))
		return error_set(error, CUR_ERROR_PROTOCOL, "%s: a literal of no known size",
				 link_name(lx->link));
	lx->p = probe.p;
	return TRUE;
}

/* Literals of nothing make a response long, too. */
static gboolean count(struct lexer *lx, guint64 n, GError **error)
{
	lx->literal_bytes += n;
	return lx->literal_bytes <= LEX_LITERALS_MAX ||
	       error_set(error, CUR_ERROR_PROTOCOL, "%s: a response of more than %d MiB",
			 link_name(lx->link), LEX_LITERALS_MAX >> 20);
}

gboolean lex_after_literal(struct lexer *lx, GError **error)
{
	if (!next_line(lx, error) || !count(lx, (guint64)(lx->end - lx->p) + 1, error))
		return FALSE;
	if (lx->p == lx->end || *lx->p == ' ' || *lx->p == ')')
		return TRUE;
	return error_set(error, CUR_ERROR_PROTOCOL, "%s: a literal has another size than it says",
			 link_name(lx->link));
}

static gboolean append_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	g_string_append_len(data, bytes, (gssize)n);
	return TRUE;
}

/* A literal that is no message text: kept in `out`, or dropped when that is NULL. */
static gboolean small_literal(struct lexer *lx, guint64 n, GString *out, GError **error)
{
	if (!count(lx, n, error))
		return FALSE;
	if (out && n > LEX_STRING_MAX)
		out = NULL;
	return link_read_exact(lx->link, n, out ? append_bytes : NULL, out, error) &&
	       lex_after_literal(lx, error);
}

static gboolean quoted(struct lexer *lx, GString *out)
{
	while (lx->p < lx->end && *lx->p != '"') {
		if (*lx->p == '\\' && ++lx->p == lx->end)
			return FALSE;
		if (out)
			g_string_append_c(out, *lx->p);
		lx->p++;
	}
	return lex_accept(lx, '"') && (!out || out->len <= LEX_STRING_MAX);
}

gboolean lex_string(struct lexer *lx, GString *out, gboolean *nil, GError **error)
{
	const char *atom;
	guint64 n_literal;
	gsize n;

	g_string_truncate(out, 0);
	if (nil)
		*nil = FALSE;
	if (lex_accept(lx, '"'))
		return quoted(lx, out);
	if (lex_literal(lx, &n_literal, error))
		return small_literal(lx, n_literal, out, error) && n_literal <= LEX_STRING_MAX;
	if ((error && *error) || !lex_atom(lx, &atom, &n) || n > LEX_STRING_MAX)
		return FALSE;
	if (nil && token_is(atom, n, "NIL"))
		*nil = TRUE;
	else
		g_string_append_len(out, atom, (gssize)n);
	return TRUE;
}

/* One token of a value that is dropped. */
static gboolean skip_token(struct lexer *lx, GError **error)
{
	const char *name;
	guint64 n_literal;
	gsize n;

	if (lex_accept(lx, '"'))
		return quoted(lx, NULL);
	if (lex_literal(lx, &n_literal, error))
		return small_literal(lx, n_literal, NULL, error);
	return !(error && *error) && lex_item_name(lx, &name, &n);
}

gboolean lex_skip_value(struct lexer *lx, GError **error)
{
	guint depth = 0;

	do {
		lex_blanks(lx);
		if (lex_accept(lx, '(')) {
			if (++depth > LEX_DEPTH_MAX)
				return FALSE;
		} else if (depth && lex_accept(lx, ')')) {
			depth--;
		} else if (!skip_token(lx, error)) {
			return FALSE;
		}
	} while (depth);
	return TRUE;
}

/* The size when the rest of the line ends in {n}: a literal, whatever stands before. */
static gboolean line_ends_in_literal(struct lexer *lx, guint64 *n, GError **error)
{
	const char *open = lx->end;

	if (lx->p == lx->end || lx->end[-1] != '}')
		return FALSE;
	while (open > lx->p && *open != '{')
		open--;
	lx->p = open;
	return lex_literal(lx, n, error);
}

gboolean lex_skip(struct lexer *lx, GError **error)
{
	GError *failed = NULL;
	guint64 n;

	while (line_ends_in_literal(lx, &n, &failed))
		if (!small_literal(lx, n, NULL, &failed))
			break;
	lx->p = lx->end;
	if (!failed)
		return TRUE;
	g_propagate_error(error, failed);
	return FALSE;
}
