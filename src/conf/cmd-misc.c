/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score, attachments, subjectrx, tags: lists that only their own command fills. */
#include <stdlib.h>
#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

static void score_free(struct score_entry *s)
{
	g_free(s->pattern);
	g_free(s);
}

static void attachment_free(struct attachment_rule *r)
{
	g_free(r->type);
	g_free(r->subtype);
	g_free(r);
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
	conf->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
	conf->subject_rules = g_ptr_array_new_with_free_func((GDestroyNotify)subject_free);
	conf->tag_transforms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	conf->tag_formats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void misc_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->scores);
	g_ptr_array_unref(conf->attachments);
	g_ptr_array_unref(conf->subject_rules);
	g_hash_table_unref(conf->tag_transforms);
	g_hash_table_unref(conf->tag_formats);
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

/* ---- attachments --------------------------------------------------------------------------- */

const GPtrArray *conf_attachment_rules(const struct conf *conf)
{
	return conf->attachments;
}

/* "+A", "-attachment", "inline": 0 with *error. */
static char take_category(struct command *c, gboolean *disallow, GError **error)
{
	static const char *const words[] = {"attachment", "inline", "root"};
	g_autofree char *word = command_word(c, 0, error);
	const char *name = word;

	if (!word)
		return 0;
	*disallow = *name == '-';
	if (*name == '-' || *name == '+')
		name++;
	for (guint i = 0; *name && i < G_N_ELEMENTS(words); i++)
		if (!g_ascii_strncasecmp(words[i], name, strlen(name)))
			return g_ascii_toupper(*name);
	error_set(error, CUR_ERROR_USAGE, "%s: unknown category '%s'", c->name, word);
	return 0;
}

static struct attachment_rule *rule_new(char category, gboolean disallow, const char *type)
{
	struct attachment_rule *r = g_new0(struct attachment_rule, 1);
	g_auto(GStrv) parts = g_strsplit(type, "/", 2);

	r->category = category;
	r->disallow = disallow;
	r->any = !g_ascii_strcasecmp(type, "any") || !strcmp(parts[0], "*");
	r->type = g_strdup(parts[0]);
	r->subtype = g_strdup(parts[1] && strcmp(parts[1], "*") ? parts[1] : ".*");
	return r;
}

static void remove_rule(GPtrArray *list, const struct attachment_rule *like)
{
	for (guint i = list->len; i-- > 0;) {
		const struct attachment_rule *r = g_ptr_array_index(list, i);

		if (r->category == like->category && r->disallow == like->disallow &&
		    !g_ascii_strcasecmp(r->type, like->type) && !strcmp(r->subtype, like->subtype))
			g_ptr_array_remove_index(list, i);
	}
}

/* data: TRUE adds, FALSE removes. */
static gboolean run_attachments(struct command *c, GError **error)
{
	GPtrArray *list = c->conf->attachments;
	gboolean disallow;
	char category;

	if (!c->data && words_peek(c->words) == '*') {
		words_take(c->words, '*', TRUE);
		g_ptr_array_set_size(list, 0);
		return TRUE;
	}
	category = take_category(c, &disallow, error);
	if (!category)
		return FALSE;
	do {
		g_autofree char *type = command_word(c, 0, error);
		struct attachment_rule *r;

		if (!type)
			return FALSE;
		r = rule_new(category, disallow, type);
		remove_rule(list, r);
		if (c->data)
			g_ptr_array_add(list, r);
		else
			attachment_free(r);
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

/* ---- tags ---------------------------------------------------------------------------------- */

const char *conf_tag_transform(const struct conf *conf, const char *tag)
{
	return g_hash_table_lookup(conf->tag_transforms, tag);
}

const char *conf_tag_of_format(const struct conf *conf, const char *format)
{
	return g_hash_table_lookup(conf->tag_formats, format);
}

/* tag-transforms TAG TEXT …; tag-formats TAG FORMAT …, looked up by FORMAT. */
static gboolean run_tags(struct command *c, GError **error)
{
	gboolean formats = c->data;

	while (!words_at_end(c->words)) {
		g_autofree char *tag = command_word(c, 0, error);
		g_autofree char *text = tag ? command_word(c, 0, error) : NULL;

		if (!text)
			return FALSE;
		if (formats)
			g_hash_table_replace(c->conf->tag_formats, g_steal_pointer(&text),
					     g_steal_pointer(&tag));
		else
			g_hash_table_replace(c->conf->tag_transforms, g_steal_pointer(&tag),
					     g_steal_pointer(&text));
	}
	return TRUE;
}

const struct command_row misc_commands[] = {
    {"score", run_score, 0},
    {"unscore", run_unscore, 0},
    {"attachments", run_attachments, TRUE},
    {"unattachments", run_attachments, FALSE},
    {"subjectrx", run_subjectrx, 0},
    {"unsubjectrx", run_unsubjectrx, 0},
    {"tag-transforms", run_tags, FALSE},
    {"tag-formats", run_tags, TRUE},
    {NULL, NULL, 0},
};
