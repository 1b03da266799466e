/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of keyword letters. */
#include "cur/mail/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "cur/mail/flags.h"

struct keywords {
	char *name[KEYWORDS_MAX];
};

gboolean keyword_is_valid(const char *name, gssize n)
{
	char word[KEYWORD_BYTES + 1];
	gsize length = n < 0 ? strlen(name) : (gsize)n;

	if (!length || length > KEYWORD_BYTES)
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isgraph(name[i]) || strchr("(){%*\"\\]", name[i]))
			return FALSE;
	memcpy(word, name, length);
	word[length] = '\0';
	return !flags_from_imap(word);
}

/* ---- letters ------------------------------------------------------------------------ */

static mark_t bit_of(guint i)
{
	return (mark_t)1 << (KEYWORD_SHIFT + i);
}

struct keywords *keywords_parse(const char *text)
{
	struct keywords *kw = g_new0(struct keywords, 1);
	g_auto(GStrv) names = g_strsplit(text, " ", KEYWORDS_MAX + 1);

	for (guint i = 0; i < KEYWORDS_MAX && names[i]; i++)
		keywords_set(kw, i, names[i]);
	return kw;
}

char *keywords_format(const struct keywords *kw)
{
	GString *text = g_string_new(NULL);
	guint n = KEYWORDS_MAX;

	while (n && !kw->name[n - 1])
		n--;
	for (guint i = 0; i < n; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", kw->name[i] ? kw->name[i] : "");
	return g_string_free(text, FALSE);
}

void keywords_free(struct keywords *kw)
{
	for (guint i = 0; i < KEYWORDS_MAX; i++)
		g_free(kw->name[i]);
	g_free(kw);
}

mark_t keywords_named(const struct keywords *kw)
{
	mark_t named = 0;

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (kw->name[i])
			named |= bit_of(i);
	return named;
}

const char *keywords_name(const struct keywords *kw, guint i)
{
	return i < KEYWORDS_MAX ? kw->name[i] : NULL;
}

gboolean keywords_set(struct keywords *kw, guint i, const char *name)
{
	mark_t there = keywords_bit(kw, name);

	if (i >= KEYWORDS_MAX || !keyword_is_valid(name, -1) || (there && there != bit_of(i)))
		return FALSE;
	g_free(kw->name[i]);
	kw->name[i] = g_strdup(name);
	return TRUE;
}

mark_t keywords_bit(const struct keywords *kw, const char *name)
{
	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (kw->name[i] && !g_ascii_strcasecmp(kw->name[i], name))
			return bit_of(i);
	return 0;
}

mark_t keywords_add(struct keywords *kw, const char *name, mark_t used)
{
	mark_t there = keywords_bit(kw, name);

	for (guint i = 0; !there && i < KEYWORDS_MAX; i++)
		if (!kw->name[i] && !(used & bit_of(i)) && keywords_set(kw, i, name))
			there = bit_of(i);
	return there;
}

/* ---- lists of names ------------------------------------------------------------------- */

gboolean keywords_find(const struct keywords *kw, const char *names, mark_t *bits)
{
	gboolean all = TRUE;

	*bits = 0;
	while (*names) {
		gsize n = strcspn(names, " ");

		if (keyword_is_valid(names, (gssize)n)) {
			char name[KEYWORD_BYTES + 1];
			mark_t bit;

			memcpy(name, names, n);
			name[n] = '\0';
			bit = keywords_bit(kw, name);
			*bits |= bit;
			all = all && bit;
		}
		names += n + (names[n] == ' ');
	}
	return all;
}

static int by_name(const void *a, const void *b)
{
	return g_ascii_strcasecmp(*(char *const *)a, *(char *const *)b);
}

char *keywords_names(const struct keywords *kw, mark_t bits)
{
	char *names[KEYWORDS_MAX + 1];
	guint n = 0;

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (kw->name[i] && bits & bit_of(i))
			names[n++] = kw->name[i];
	names[n] = NULL;
	qsort(names, n, sizeof *names, by_name);
	return g_strjoinv(" ", names);
}
