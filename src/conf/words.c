/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lexer of muttrc. The line is kept in a buffer because the output of a
 * backtick outside quotes takes its place in the line and is read again.
 */
#include "cur/conf/words.h"

#include <string.h>

/* A line whose backticks make backticks has to end some time. */
enum { SHELL_MAX = 100, LINE_MAX_BYTES = 4 * 1024 * 1024 };

struct words {
	GString *line;
	gsize at;
	gsize word_start;
	gssize grown; /* bytes that expansion added before `at` */
	guint n_shell;
	const struct words_source *source;
	const char *error;
};

struct words *words_new(const char *line, const struct words_source *source)
{
	struct words *w = g_new0(struct words, 1);

	w->line = g_string_new(line);
	w->source = source;
	return w;
}

void words_free(struct words *w)
{
	if (!w)
		return;
	g_string_free(w->line, TRUE);
	g_free(w);
}

const char *words_error(const struct words *w)
{
	return w->error;
}

static char peek(const struct words *w)
{
	return w->line->str[w->at];
}

static char take(struct words *w)
{
	char c = w->line->str[w->at];

	if (c)
		w->at++;
	return c;
}

static gboolean is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static void skip_blanks(struct words *w)
{
	while (is_blank(peek(w)))
		w->at++;
}

static gboolean ends_command(char c, enum words_flags flags)
{
	return !c || (c == ';' && !(flags & WORDS_SEMICOLON)) ||
	       (c == '#' && !(flags & (WORDS_COMMENT | WORDS_PATTERN)));
}

/* The operators after a name of set: = += -= ? */
static gboolean ends_name(const struct words *w, char c)
{
	return c == '=' || c == '?' || ((c == '+' || c == '-') && w->line->str[w->at + 1] == '=');
}

static gboolean ends_word(const struct words *w, char c, enum words_flags flags)
{
	return ends_command(c, flags) || (is_blank(c) && !(flags & WORDS_SPACE)) ||
	       ((flags & WORDS_EQUAL) && ends_name(w, c)) ||
	       ((flags & WORDS_PATTERN) && strchr("~%=!|", c));
}

/* ---- inside a word ------------------------------------------------------------ */

static gboolean take_octal(struct words *w, GString *word)
{
	const char *p = w->line->str + w->at;
	int value = 0;

	for (int i = 0; i < 3; i++) {
		if (p[i] < '0' || p[i] > '7')
			return FALSE;
		value = value * 8 + p[i] - '0';
	}
	w->at += 3;
	/* A code, not a byte: beyond ASCII it is a character. */
	g_string_append_unichar(word, value & 0xff);
	return TRUE;
}

static void take_escape(struct words *w, GString *word)
{
	static const char escapes[] = "n\nt\tr\rf\fe\033";
	const char *known;
	char c;

	if (take_octal(w, word))
		return;
	c = take(w);
	known = c ? strchr(escapes, c) : NULL;
	if (known && (known - escapes) % 2 == 0)
		g_string_append_c(word, known[1]);
	else if ((c == 'c' || c == 'C') && peek(w))
		g_string_append_c(word, (g_ascii_toupper(take(w)) - '@') & 0x7f);
	else if (c)
		g_string_append_c(word, c);
}

static void take_caret(struct words *w, GString *word)
{
	char c = peek(w);

	if (c == '^' || c == '[' || g_ascii_isalpha(c))
		w->at++;
	if (c == '[')
		g_string_append_c(word, '\033');
	else if (g_ascii_isalpha(c))
		g_string_append_c(word, g_ascii_toupper(c) - '@');
	else
		g_string_append_c(word, '^');
}

/* The text up to the closing backtick, as the shell gets it; NULL when there is none. */
static char *take_command(struct words *w)
{
	g_autoptr(GString) command = g_string_new(NULL);

	while (peek(w) != '`') {
		char c = take(w);

		if (!c)
			return NULL;
		g_string_append_c(command, c);
		if (c == '\\' && peek(w))
			g_string_append_c(command, take(w));
	}
	w->at++;
	return g_strdup(command->str);
}

static void put_back(struct words *w, gsize from, const char *text)
{
	gsize removed = w->at - from, n = strlen(text);

	g_string_erase(w->line, from, removed);
	g_string_insert(w->line, from, text);
	w->at = from;
	w->grown += (gssize)n - (gssize)removed;
}

static void take_backtick(struct words *w, GString *word, char quote)
{
	gsize from = w->at - 1;
	g_autofree char *command = take_command(w);
	g_autofree char *output = NULL;

	if (!command) {
		w->error = "backtick without end";
		return;
	}
	if (++w->n_shell > SHELL_MAX || w->line->len > LINE_MAX_BYTES) {
		w->error = "too many backticks";
		return;
	}
	output = w->source->shell(w->source->data, command);
	if (!output)
		return;
	output[strcspn(output, "\n")] = 0;
	if (quote)
		g_string_append(word, output);
	else
		put_back(w, from, output);
}

/* After a $; FALSE when it stands for itself. */
static gboolean take_variable(struct words *w, GString *word)
{
	const char *start = w->line->str + w->at;
	gboolean braced = *start == '{';
	g_autofree char *name = NULL;
	g_autofree char *value = NULL;
	gsize n = 0;

	if (braced) {
		start++;
		n = strcspn(start, "}");
		if (!start[n])
			return FALSE;
	} else if (g_ascii_isalpha(*start)) {
		while (g_ascii_isalnum(start[n]) || start[n] == '_')
			n++;
	} else {
		return FALSE;
	}
	name = g_strndup(start, n);
	w->at += n + (braced ? 2 : 0);
	value = w->source->variable(w->source->data, name);
	if (value)
		g_string_append(word, value);
	return TRUE;
}

static gboolean expands(const struct words *w, enum words_flags flags, char quote)
{
	return w->source && !(flags & WORDS_NO_DOLLAR) && quote != '\'';
}

/* Blanks inside a word end it once backtick output was put into the line. */
static char *take_word(struct words *w, enum words_flags flags)
{
	GString *word = g_string_new(NULL);
	char quote = 0;

	while (peek(w) && !w->error && (quote || !ends_word(w, peek(w), flags))) {
		char c = take(w);

		if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '\'' || c == '"') && !(flags & WORDS_QUOTES))
			quote = c;
		else if (c == '\\' && quote != '\'')
			take_escape(w, word);
		else if (c == '^' && (flags & WORDS_CONTROL))
			take_caret(w, word);
		else if (c == '`' && expands(w, flags, quote))
			take_backtick(w, word, quote);
		else if (c != '$' || !expands(w, flags, quote) || !take_variable(w, word))
			g_string_append_c(word, c);
	}
	return g_string_free(word, FALSE);
}

char *words_next(struct words *w, enum words_flags flags)
{
	char *word;

	skip_blanks(w);
	w->word_start = w->at - MIN((gssize)w->at, w->grown);
	w->error = NULL;
	if (ends_command(peek(w), flags))
		return NULL;
	word = take_word(w, flags);
	if (w->error)
		g_clear_pointer(&word, g_free);
	return word;
}

gboolean words_at_end(struct words *w)
{
	skip_blanks(w);
	return ends_command(peek(w), 0);
}

gboolean words_next_command(struct words *w)
{
	skip_blanks(w);
	if (peek(w) != ';')
		return FALSE;
	while (peek(w) == ';') {
		w->at++;
		skip_blanks(w);
	}
	w->word_start = w->at - MIN((gssize)w->at, w->grown);
	return peek(w) && peek(w) != '#';
}

char words_peek(struct words *w)
{
	skip_blanks(w);
	return peek(w);
}

gboolean words_take(struct words *w, char c, gboolean skip)
{
	if (skip)
		skip_blanks(w);
	if (peek(w) != c)
		return FALSE;
	w->at++;
	return TRUE;
}

const char *words_rest(struct words *w)
{
	skip_blanks(w);
	return w->line->str + w->at;
}

int words_column(const struct words *w)
{
	return g_utf8_strlen(w->line->str, MIN(w->word_start, w->line->len)) + 1;
}

/* ---- writing ------------------------------------------------------------------- */

char *words_quote(const char *text)
{
	static const char escapes[] = "\nn\tt\rr\ff\033e";
	GString *out = g_string_new("\"");

	for (const char *p = text; *p; p++) {
		const char *escape = strchr(escapes, *p);

		if (escape && (escape - escapes) % 2 == 0)
			g_string_append_printf(out, "\\%c", escape[1]);
		else if ((guchar)*p < 0x20 || *p == 0x7f)
			g_string_append_printf(out, "\\%03o", (guchar)*p);
		else {
			if (strchr("\"\\$`", *p))
				g_string_append_c(out, '\\');
			g_string_append_c(out, *p);
		}
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}
