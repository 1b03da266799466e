/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep and unkeep: which messages of a folder are here with their texts. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/keep.h"
#include "inside.h"

enum { DAYS_MAX = 100000 };

static struct keep_rule *rule_new(const char *pattern, struct keep keep)
{
	struct keep_rule *rule = g_new0(struct keep_rule, 1);

	rule->pattern = g_strdup(pattern);
	rule->keep = keep;
	return rule;
}

static void rule_free(void *data)
{
	struct keep_rule *rule = data;

	g_free(rule->pattern);
	g_free(rule);
}

void keep_init(struct conf *conf)
{
	conf->keep = g_ptr_array_new_with_free_func(rule_free);
}

void keep_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->keep);
}

/* ---- questions --------------------------------------------------------------------- */

GPtrArray *conf_keep_rules(const struct conf *conf)
{
	GPtrArray *rules = g_ptr_array_new_with_free_func(rule_free);
	const struct settings *s = conf_settings(conf);
	struct keep general = {MAX(s->imap_keep_days, 0),
			       (guint64)MAX(s->imap_keep_size, 0) * 1024};

	g_ptr_array_add(rules, rule_new("*", general));
	for (guint i = 0; i < conf->keep->len; i++) {
		const struct keep_rule *rule = g_ptr_array_index(conf->keep, i);

		g_ptr_array_add(rules, rule_new(rule->pattern, rule->keep));
	}
	return rules;
}

struct keep keep_for(const GPtrArray *rules, const char *folder)
{
	struct keep keep = {0};

	for (guint i = 0; rules && i < rules->len; i++) {
		const struct keep_rule *rule = g_ptr_array_index(rules, i);

		if (g_pattern_match_simple(rule->pattern, folder))
			keep = rule->keep;
	}
	return keep;
}

/* ---- commands ---------------------------------------------------------------------- */

/* A number with K or M behind it, as in the pattern ~z. */
static gboolean parse_size(const char *word, guint64 *bytes)
{
	char *end;
	guint64 n = g_ascii_strtoull(word, &end, 10);
	guint shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 0;

	if (end == word || !g_ascii_isdigit(*word) || end[shift ? 1 : 0] || n > G_MAXUINT32)
		return FALSE;
	*bytes = n << shift;
	return TRUE;
}

static gboolean parse_days(const char *word, int *days)
{
	guint64 n;

	if (!g_ascii_string_to_unsigned(word, 10, 0, DAYS_MAX, &n, NULL))
		return FALSE;
	*days = (int)n;
	return TRUE;
}

/* The value behind an option. */
static gboolean take_value(struct command *c, const char *option, struct keep *keep, GError **error)
{
	g_autofree char *value = command_word(c, 0, error);

	if (!value)
		return FALSE;
	if (!strcmp(option, "-days") ? parse_days(value, &keep->days)
				     : parse_size(value, &keep->size_bytes))
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "keep: %s %s: no such number", option, value);
}

/* "=Lists" is what others call "Lists" in mutt's manner. */
static const char *without_mark(const char *pattern)
{
	return *pattern == '=' || *pattern == '+' ? pattern + 1 : pattern;
}

static void forget(struct conf *conf, const char *pattern)
{
	for (guint i = conf->keep->len; i-- > 0;) {
		const struct keep_rule *rule = g_ptr_array_index(conf->keep, i);

		if (!strcmp(rule->pattern, pattern))
			g_ptr_array_remove_index(conf->keep, i);
	}
}

static gboolean run_keep(struct command *c, GError **error)
{
	struct keep keep = {0};
	gboolean any = FALSE;

	while (!words_at_end(c->words)) {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			return FALSE;
		if (!strcmp(word, "-days") || !strcmp(word, "-size")) {
			if (!take_value(c, word, &keep, error))
				return FALSE;
			continue;
		}
		forget(c->conf, without_mark(word));
		g_ptr_array_add(c->conf->keep, rule_new(without_mark(word), keep));
		any = TRUE;
	}
	return any || error_set(error, CUR_ERROR_USAGE, "keep: too few arguments");
}

static gboolean run_unkeep(struct command *c, GError **error)
{
	do {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			return FALSE;
		if (!strcmp(word, "*"))
			g_ptr_array_set_size(c->conf->keep, 0);
		else
			forget(c->conf, without_mark(word));
	} while (!words_at_end(c->words));
	return TRUE;
}

const struct command_row keep_commands[] = {
    {"keep", run_keep, 0},
    {"unkeep", run_unkeep, 0},
    {NULL, NULL, 0},
};
