/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spam, nospam, tag-transforms: what headers and tags are called on the screen. */
#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

struct spam_rule {
	struct regex *re;
	char *tag; /* with %0 to %9; NULL: no spam, whatever other rules say */
};

static void rule_free(void *data)
{
	struct spam_rule *rule = data;

	regex_free(rule->re);
	g_free(rule->tag);
	g_free(rule);
}

void spam_init(struct conf *conf)
{
	conf->spam_rules = g_ptr_array_new_with_free_func(rule_free);
	conf->tag_transforms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void spam_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->spam_rules);
	g_hash_table_unref(conf->tag_transforms);
}

/* ---- questions --------------------------------------------------------------------- */

gboolean conf_has_spam_rules(const struct conf *conf)
{
	return conf->spam_rules->len > 0;
}

static char *fill(const struct spam_rule *rule, const char *line, const struct regex_span *spans)
{
	GString *out = g_string_new(NULL);

	for (const char *p = rule->tag; *p; p++) {
		const struct regex_span *span;

		if (*p != '%' || !g_ascii_isdigit(p[1])) {
			g_string_append_c(out, *p);
			continue;
		}
		span = &spans[*++p - '0'];
		if (span->start >= 0)
			g_string_append_len(out, line + span->start, span->end - span->start);
	}
	return g_string_free(out, FALSE);
}

char *conf_spam_tag(const struct conf *conf, const char *line)
{
	struct regex_span spans[REGEX_GROUPS];
	char *tag = NULL;

	for (guint i = 0; i < conf->spam_rules->len; i++) {
		const struct spam_rule *rule = g_ptr_array_index(conf->spam_rules, i);

		if (!rule->tag && regex_match(rule->re, line, -1)) {
			g_free(tag);
			return NULL;
		}
		if (rule->tag && !tag && regex_find(rule->re, line, -1, 0, spans, REGEX_GROUPS))
			tag = fill(rule, line, spans);
	}
	return tag;
}

const char *conf_tag_text(const struct conf *conf, const char *tag)
{
	const char *text = g_hash_table_lookup(conf->tag_transforms, tag);

	return text ? text : tag;
}

/* ---- commands ---------------------------------------------------------------------- */

/* The rule of that expression, of one kind or the other; TRUE when there was one. */
static gboolean forget_rule(struct conf *conf, const char *text, gboolean is_spam)
{
	for (guint i = 0; i < conf->spam_rules->len; i++) {
		const struct spam_rule *rule = g_ptr_array_index(conf->spam_rules, i);

		if ((rule->tag != NULL) != is_spam || strcmp(regex_text(rule->re), text))
			continue;
		g_ptr_array_remove_index(conf->spam_rules, i);
		return TRUE;
	}
	return FALSE;
}

static gboolean add_rule(struct conf *conf, const char *text, const char *tag, GError **error)
{
	struct regex *re = regex_new(text, REGEX_IGNORE_CASE, error);
	struct spam_rule *rule;

	if (!re)
		return FALSE;
	forget_rule(conf, text, tag != NULL);
	rule = g_new0(struct spam_rule, 1);
	rule->re = re;
	rule->tag = g_strdup(tag);
	g_ptr_array_add(conf->spam_rules, rule);
	return TRUE;
}

/* Without a tag it takes a nospam back. */
static gboolean run_spam(struct command *c, GError **error)
{
	g_autofree char *text = command_word(c, 0, error);
	g_autofree char *tag = NULL;

	if (!text)
		return FALSE;
	if (words_at_end(c->words)) {
		forget_rule(c->conf, text, FALSE);
		return TRUE;
	}
	tag = command_word(c, 0, error);
	return tag && add_rule(c->conf, text, tag, error);
}

static gboolean run_nospam(struct command *c, GError **error)
{
	g_autofree char *text = command_word(c, 0, error);

	if (!text)
		return FALSE;
	if (!strcmp(text, "*")) {
		g_ptr_array_set_size(c->conf->spam_rules, 0);
		return TRUE;
	}
	return forget_rule(c->conf, text, TRUE) || add_rule(c->conf, text, NULL, error);
}

static gboolean run_tag_transforms(struct command *c, GError **error)
{
	while (!words_at_end(c->words)) {
		g_autofree char *tag = command_word(c, 0, error);
		g_autofree char *text = tag ? command_word(c, 0, error) : NULL;

		if (!text)
			return FALSE;
		g_hash_table_replace(c->conf->tag_transforms, g_steal_pointer(&tag),
				     g_steal_pointer(&text));
	}
	return TRUE;
}

const struct command_row spam_commands[] = {
    {"spam", run_spam, 0},
    {"nospam", run_nospam, 0},
    {"tag-transforms", run_tag_transforms, 0},
    {NULL, NULL, 0},
};
