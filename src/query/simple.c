/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text without an operator is a simple search: a word of the table, or $simple_search. */
#include <string.h>

#include "cur/base/text.h"
#include "cur/query/pattern.h"

static const struct {
	const char *word, *pattern;
} words[] = {
    {"all", "~A"}, {".", "~A"},	   {"^", "~A"},	   {"del", "~D"}, {"flag", "~F"},   {"new", "~N"},
    {"old", "~O"}, {"read", "~R"}, {"repl", "~Q"}, {"tag", "~T"}, {"unread", "~U"},
};

static gboolean has_operator(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (strchr("~=%", *text))
			return TRUE;
	}
	return FALSE;
}

char *pattern_expand_simple(const char *text, const char *simple_search)
{
	GString *out;

	if (has_operator(text))
		return g_strdup(text);
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(words[i].word, text) == 0)
			return g_strdup(words[i].pattern);
	out = g_string_new(NULL);
	for (; *simple_search; simple_search++) {
		if (simple_search[0] == '%' && simple_search[1] == 's') {
			text_append_quoted(out, text);
			simple_search++;
		} else {
			g_string_append_c(out, *simple_search);
		}
	}
	return g_string_free(out, FALSE);
}
