/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns of the alias and query menus: a list of terms that must all hold. */
#include "people-match.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/regex.h"

enum where { ANYWHERE, IN_NAME, IN_ADDRESS, IN_COMMENT, IN_TAGS, EVERYBODY };

struct term {
	enum where where;
	gboolean negated;
	struct regex *re; /* NULL for EVERYBODY */
};

struct people_match {
	GArray *terms; /* struct term */
};

static void term_clear(void *data)
{
	struct term *term = data;

	regex_free(term->re);
}

void people_match_free(struct people_match *match)
{
	if (!match)
		return;
	g_array_unref(match->terms);
	g_free(match);
}

/* A word, or what stands in quotes. Yours. */
static char *take_word(const char **p)
{
	char quote = **p == '"' || **p == '\'' ? *(*p)++ : 0;
	gsize n = quote ? strcspn(*p, quote == '"' ? "\"" : "'") : strcspn(*p, " \t");
	char *word = g_strndup(*p, n);

	*p += n;
	*p += quote && **p == quote;
	return word;
}

static gboolean add_term(struct people_match *match, struct term term, const char *text,
			 GError **error)
{
	if (term.where != EVERYBODY) {
		term.re = regex_new(text, REGEX_SMART_CASE, error);
		if (!term.re)
			return FALSE;
	}
	g_array_append_val(match->terms, term);
	return TRUE;
}

/* "!~t word"; *p is behind it after TRUE. */
static gboolean take_term(struct people_match *match, const char **p, GError **error)
{
	static const char letters[] = {[IN_NAME] = 'f',
				       [IN_ADDRESS] = 't',
				       [IN_COMMENT] = 'c',
				       [IN_TAGS] = 'Y',
				       [EVERYBODY] = 'A'};
	struct term term = {0};
	g_autofree char *word = NULL;

	term.negated = **p == '!';
	*p += term.negated;
	*p += strspn(*p, " \t");
	if (**p != '~' && **p != '=')
		return error_set(error, CUR_ERROR_USAGE, "a pattern of people begins with ~");
	for (guint i = IN_NAME; i < G_N_ELEMENTS(letters) && (*p)[1]; i++)
		if (letters[i] == (*p)[1])
			term.where = i;
	if (!term.where)
		return error_set(error, CUR_ERROR_USAGE,
				 "people are found by ~f (name), ~t (address), ~c (comment) "
				 "and ~Y (tags)");
	*p += 2;
	*p += strspn(*p, " \t");
	word = term.where == EVERYBODY ? NULL : take_word(p);
	*p += strspn(*p, " \t");
	return add_term(match, term, word, error);
}

struct people_match *people_match_new(const char *text, GError **error)
{
	auto_ptr(people_match) match = g_new0(struct people_match, 1);
	const char *p = text + strspn(text, " \t");
	gboolean ok = TRUE;

	match->terms = g_array_new(FALSE, FALSE, sizeof(struct term));
	g_array_set_clear_func(match->terms, term_clear);
	if (*p && *p != '~' && *p != '=' && *p != '!')
		ok = add_term(match, (struct term){.where = ANYWHERE}, p, error);
	else
		while (ok && *p)
			ok = take_term(match, &p, error);
	return ok ? g_steal_pointer(&match) : NULL;
}

static gboolean holds(const struct term *term, const struct person *person)
{
	gboolean name = term->re && (regex_match(term->re, person->key, -1) ||
				     regex_match(term->re, person->name, -1));
	gboolean address = term->re && regex_match(term->re, person->address, -1);
	gboolean comment = term->re && regex_match(term->re, person->extra, -1);
	gboolean tags = term->re && person->tags && regex_match(term->re, person->tags, -1);

	switch (term->where) {
	case IN_NAME:
		return name;
	case IN_ADDRESS:
		return address;
	case IN_COMMENT:
		return comment;
	case IN_TAGS:
		return tags;
	case ANYWHERE:
		return name || address || comment || tags;
	default:
		return TRUE;
	}
}

gboolean people_match(const struct people_match *match, const struct person *person)
{
	for (guint i = 0; i < match->terms->len; i++) {
		const struct term *term = &g_array_index(match->terms, struct term, i);

		if (holds(term, person) == term->negated)
			return FALSE;
	}
	return TRUE;
}
