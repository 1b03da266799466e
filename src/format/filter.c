/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A format that ends in a bar is a shell command. Words without an expando go to the shell as they
 * were written; what expandos give comes from messages, so such a word is quoted as a whole.
 */
#include "filter.h"

#include <string.h>

struct word {
	char *verbatim; /* or NULL */
	struct expando *form;
};

static void word_free(struct word *word)
{
	g_free(word->verbatim);
	expando_free(word->form);
	g_free(word);
}

/* Behind the bracket that ends %{...}, %[...], %(...) or %<...>; NULL: there is no such date. */
static const char *skip_date(const char *p)
{
	static const char open[] = "{[(<", close[] = "}])>";
	const char *bracket = *p == '%' && p[1] ? strchr(open, p[1]) : NULL;
	const char *end = bracket ? strchr(p, close[bracket - open]) : NULL;

	return end ? end + 1 : NULL;
}

/* Behind %?X?then&else?; NULL: there is no such condition. */
static const char *skip_condition(const char *p)
{
	const char *then = g_str_has_prefix(p, "%?") ? strchr(p + 2, '?') : NULL;
	const char *end = then ? strchr(then + 1, '?') : NULL;

	return end ? end + 1 : NULL;
}

/* Behind the quoted stretch, escape or letter that begins here. */
static const char *skip_one(const char *p)
{
	const char *end = skip_date(p);

	if (!end)
		end = skip_condition(p);
	if (end)
		return end;
	if (*p == '\\' && p[1])
		return p + 2;
	if (*p != '\'' && *p != '"')
		return p + 1;
	for (end = p + 1; *end && *end != *p; end++)
		if (*end == '\\' && *p == '"' && end[1])
			end++;
	return *end ? end + 1 : end;
}

static struct word *word_new(enum expando_domain domain, const char *text, gsize n)
{
	struct word *word = g_new0(struct word, 1);
	g_autofree char *raw = g_strndup(text, n);
	g_autofree char *plain = g_shell_unquote(raw, NULL);

	if (strchr(raw, '%'))
		word->form = expando_compile(domain, plain ? plain : raw, NULL);
	else
		word->verbatim = g_steal_pointer(&raw);
	return word;
}

GPtrArray *filter_compile(enum expando_domain domain, const char *format)
{
	GPtrArray *words = g_ptr_array_new_with_free_func((GDestroyNotify)word_free);
	const char *p = format + strspn(format, " \t"), *start;

	while (*p) {
		for (start = p; *p && !strchr(" \t", *p);)
			p = skip_one(p);
		g_ptr_array_add(words, word_new(domain, start, (gsize)(p - start)));
		p += strspn(p, " \t");
	}
	return words;
}

char *filter_command(const GPtrArray *words, const struct expando_source *source)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < words->len; i++) {
		const struct word *word = words->pdata[i];
		g_autofree char *text = word->form ? expando_text(word->form, -1, source) : NULL;
		g_autofree char *quoted = text ? g_shell_quote(text) : NULL;

		g_string_append_printf(line, "%s%s", i ? " " : "",
				       quoted ? quoted : word->verbatim);
	}
	return g_string_free(line, FALSE);
}
