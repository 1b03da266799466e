/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score and subjectrx: lists that only their own command fills. */
#include <stdlib.h>
#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

struct subject_rule {
	struct regex *re;
	char *text;
	char *replacement; /* %L %R %1..%9 */
};

static void score_free(struct score_entry *s)
{
	g_free(s->pattern);
	g_free(s->place);
	g_free(s);
}

static void subject_free(struct subject_rule *r)
{
	regex_free(r->re);
	g_free(r->text);
	g_free(r->replacement);
	g_free(r);
}

void misc_init(struct conf *conf)
{
	conf->scores = g_ptr_array_new_with_free_func((GDestroyNotify)score_free);
	conf->subject_rules = g_ptr_array_new_with_free_func((GDestroyNotify)subject_free);
}

void misc_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->scores);
	g_ptr_array_unref(conf->subject_rules);
}

/* ---- score --------------------------------------------------------------------------- */

const GPtrArray *conf_scores(const struct conf *conf)
{
	return conf->scores;
}

static struct score_entry *score_named(struct conf *conf, const char *pattern)
{
	struct score_entry *s;

	for (guint i = 0; i < conf->scores->len; i++) {
		s = g_ptr_array_index(conf->scores, i);
		if (!strcmp(s->pattern, pattern))
			return s;
	}
	s = g_new0(struct score_entry, 1);
	s->pattern = g_strdup(pattern);
	g_ptr_array_add(conf->scores, s);
	return s;
}

static gboolean run_score(struct command *c, GError **error)
{
	g_autofree char *pattern = command_word(c, 0, error);
	g_autofree char *value = pattern ? command_word(c, 0, error) : NULL;
	struct score_entry *s;
	gint64 n;
	char *end;

	if (!value)
		return FALSE;
	n = g_ascii_strtoll(value + (*value == '='), &end, 10);
	if (*end || end == value || n < G_MININT || n > G_MAXINT)
		return error_set(error, CUR_ERROR_USAGE, "score: '%s' is no number", value);
	s = score_named(c->conf, pattern);
	s->value = n;
	g_free(s->place);
	s->place = conf_user_place(c->conf);
	s->final = *value == '=' || n == 9999 || n == -9999;
	return TRUE;
}

static gboolean run_unscore(struct command *c, GError **error)
{
	do {
		g_autofree char *pattern = command_word(c, 0, error);

		if (!pattern)
			return FALSE;
		if (!strcmp(pattern, "*"))
			g_ptr_array_set_size(c->conf->scores, 0);
		else
			g_ptr_array_remove(c->conf->scores, score_named(c->conf, pattern));
	} while (!words_at_end(c->words));
	return TRUE;
}

/* ---- subjectrx ----------------------------------------------------------------------------- */

static void remove_subject_rule(struct conf *conf, const char *text)
{
	for (guint i = conf->subject_rules->len; i-- > 0;) {
		const struct subject_rule *r = g_ptr_array_index(conf->subject_rules, i);

		if (!strcmp(r->text, text))
			g_ptr_array_remove_index(conf->subject_rules, i);
	}
}

static gboolean run_subjectrx(struct command *c, GError **error)
{
	g_autofree char *text = command_word(c, 0, error);
	g_autofree char *replacement = text ? command_word(c, 0, error) : NULL;
	struct subject_rule *r;
	struct regex *re;

	if (!replacement)
		return FALSE;
	re = regex_new(text, REGEX_IGNORE_CASE, error);
	if (!re)
		return FALSE;
	remove_subject_rule(c->conf, text);
	r = g_new0(struct subject_rule, 1);
	r->re = re;
	r->text = g_steal_pointer(&text);
	r->replacement = g_steal_pointer(&replacement);
	g_ptr_array_add(c->conf->subject_rules, r);
	return TRUE;
}

static gboolean run_unsubjectrx(struct command *c, GError **error)
{
	g_autofree char *text = command_word(c, 0, error);

	if (!text)
		return FALSE;
	if (!strcmp(text, "*"))
		g_ptr_array_set_size(c->conf->subject_rules, 0);
	else
		remove_subject_rule(c->conf, text);
	return TRUE;
}

static char *rewrite(const struct subject_rule *rule, const char *subject,
		     const struct regex_span *spans)
{
	GString *out = g_string_new(NULL);

	for (const char *p = rule->replacement; *p; p++) {
		if (*p != '%' || !p[1]) {
			g_string_append_c(out, *p);
			continue;
		}
		p++;
		if (*p == 'L')
			g_string_append_len(out, subject, spans[0].start);
		else if (*p == 'R')
			g_string_append(out, subject + spans[0].end);
		else if (!g_ascii_isdigit(*p))
			g_string_append_c(out, *p);
		else if (spans[*p - '0'].start >= 0)
			g_string_append_len(out, subject + spans[*p - '0'].start,
					    spans[*p - '0'].end - spans[*p - '0'].start);
	}
	return g_string_free(out, FALSE);
}

char *conf_rewrite_subject(const struct conf *conf, const char *subject)
{
	struct regex_span spans[REGEX_GROUPS];

	for (guint i = 0; i < conf->subject_rules->len; i++) {
		const struct subject_rule *r = g_ptr_array_index(conf->subject_rules, i);

		if (regex_find(r->re, subject, -1, 0, spans, REGEX_GROUPS))
			return rewrite(r, subject, spans);
	}
	return NULL;
}

const struct command_row misc_commands[] = {
    {"score", run_score, 0},
    {"unscore", run_unscore, 0},
    {"subjectrx", run_subjectrx, 0},
    {"unsubjectrx", run_unsubjectrx, 0},
    {NULL, NULL, 0},
};
