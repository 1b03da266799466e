/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields as they go out. No line grows beyond what RFC 5322 2.1.1 allows, whatever the value. */
#include "header-write.h"

#include <string.h>

#include "cur/mail/habits.h"
#include "gmime-late.h"

enum { WORD_MAX = 900, PARAM_PIECE = 60, PLAIN_WORD_MAX = 60 };

/* One word behind its blanks, on a new line when it does not fit on this one. */
static void append_word(GString *out, const char *blanks, gsize n_blanks, const char *word, gsize n,
			gsize *column)
{
	gsize fold_at = mail_habits()->header_columns - 2;

	n_blanks = MIN(n_blanks, fold_at);
	if (*column > 0 && *column + n_blanks + n > fold_at) {
		g_string_append_c(out, '\n');
		*column = 0;
	}
	for (gsize i = 0; i < n_blanks; i++)
		g_string_append_c(out, blanks[i] == '\t' ? '\t' : ' ');
	*column += n_blanks + n;
	for (; n > WORD_MAX; n -= WORD_MAX, word += WORD_MAX) {
		g_string_append_len(out, word, WORD_MAX);
		g_string_append(out, "\n ");
	}
	g_string_append_len(out, word, (gssize)n);
}

void header_write(GString *out, const char *name, const char *value)
{
	gboolean first = TRUE;
	gsize column = 0;

	value = value ? value + strspn(value, " \t\r\n") : "";
	if (!*value)
		return;
	g_string_append_printf(out, "%s:", name);
	while (*value) {
		gsize blanks = strspn(value, " \t\r\n");
		gsize n = strcspn(value + blanks, " \t\r\n");

		/* The first word stays beside the name: some readers trip over an empty line. */
		if (first)
			append_word(out, " ", 1, value, n, &column);
		else if (n > 0)
			append_word(out, value, blanks, value + blanks, n, &column);
		if (first)
			column += strlen(name) + 1;
		first = FALSE;
		value += blanks + n;
	}
	g_string_append_c(out, '\n');
}

/* Nothing that RFC 2047 would have encoded, and nothing that a reader could take for encoded. */
static gboolean is_plain_text(const char *line)
{
	gsize word = 0;

	for (const char *c = line; *c; c++) {
		word = *c == ' ' ? 0 : word + 1;
		if (*c < ' ' || *c > '~' || word > PLAIN_WORD_MAX)
			return FALSE;
	}
	return !strstr(line, "=?");
}

void header_write_text(GString *out, const char *name, const char *value)
{
	g_autofree char *line = g_strdup(value ? value : "");
	g_autofree char *encoded = NULL;

	g_strdelimit(line, "\r\n", ' ');
	if (!is_plain_text(line))
		encoded = gmime()->utils_header_encode_text(NULL, line, "utf-8");
	header_write(out, name, encoded ? encoded : line);
}

static gboolean is_plain(const char *value)
{
	gsize n = strlen(value);

	for (gsize i = 0; i < n; i++)
		if (value[i] < ' ' || value[i] > '~' || strchr("\"\\", value[i]))
			return FALSE;
	return n <= PARAM_PIECE;
}

static void append_percent(GString *out, guchar c)
{
	if (g_ascii_isalnum(c) || strchr("-._~", c))
		g_string_append_c(out, (char)c);
	else
		g_string_append_printf(out, "%%%02X", c);
}

void header_append_param(GString *out, const char *name, const char *value)
{
	gsize n = strlen(value);
	guint piece = 0;

	if (is_plain(value)) {
		g_string_append_printf(out, ";\n\t%s=\"%s\"", name, value);
		return;
	}
	/* RFC 2231 3 and 4: pieces, each short enough for a line, never inside an escape. */
	for (gsize i = 0; i < n || piece == 0;) {
		gsize end = out->len + PARAM_PIECE;

		g_string_append_printf(out, ";\n\t%s*%u*=%s", name, piece, piece ? "" : "utf-8''");
		while (i < n && out->len < end)
			append_percent(out, (guchar)value[i++]);
		piece++;
	}
}
