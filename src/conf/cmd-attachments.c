/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attachments and unattachments: lists of types that count, or do not, by disposition. */
#include "cur/conf/attachments.h"

#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

/* "image/(png|gif)": the major type literally, the minor one as an expression. */
struct attachment_rule {
	gboolean counts; /* + or - */
	enum attachment_category category;
	char *text; /* as written */
	char *major;
	struct regex *minor;
};

static const struct {
	const char *name;
	char letter;
} categories[ATTACHMENT_CATEGORIES] = {
    [ATTACHMENT_ATTACHED] = {"attachment", 'A'},
    [ATTACHMENT_INLINE] = {"inline", 'I'},
    [ATTACHMENT_ROOT] = {"root", 'R'},
};

static void rule_free(void *data)
{
	struct attachment_rule *rule = data;

	g_free(rule->text);
	g_free(rule->major);
	regex_free(rule->minor);
	g_free(rule);
}

void attachments_init(struct conf *conf)
{
	conf->attachments = g_ptr_array_new_with_free_func(rule_free);
}

void attachments_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->attachments);
}

/* ---- questions ------------------------------------------------------------------- */

gboolean conf_attachments_ruled(const struct conf *conf)
{
	return conf->attachments->len > 0;
}

static gboolean rule_matches(const struct attachment_rule *rule, const char *type,
			     const char *subtype)
{
	gboolean any = !strcmp(rule->major, "*") || !g_ascii_strcasecmp(rule->major, "any");

	return (any || !g_ascii_strcasecmp(rule->major, type)) &&
	       regex_match(rule->minor, subtype, -1);
}

gboolean conf_attachment_counts(const struct conf *conf, enum attachment_category category,
				const char *type, const char *subtype)
{
	gboolean counts = FALSE;

	for (guint i = 0; i < conf->attachments->len; i++) {
		const struct attachment_rule *rule = g_ptr_array_index(conf->attachments, i);

		if (rule->category != category || !rule_matches(rule, type, subtype))
			continue;
		if (!rule->counts)
			return FALSE;
		counts = TRUE;
	}
	return counts;
}

/* ---- commands -------------------------------------------------------------------- */

/* "+A", "-inline", "I": what a line is about. */
static gboolean parse_category(const char *word, struct attachment_rule *rule, GError **error)
{
	const char *name = *word == '+' || *word == '-' ? word + 1 : word;
	gsize n = strlen(name);

	rule->counts = *word != '-';
	for (guint i = 0; n && i < ATTACHMENT_CATEGORIES; i++)
		if (!g_ascii_strncasecmp(categories[i].name, name, n)) {
			rule->category = i;
			return TRUE;
		}
	return error_set(error, CUR_ERROR_USAGE,
			 "'%s' is no disposition (attachment, inline or root)", word);
}

/* A major type alone means all of it. */
static struct attachment_rule *rule_new(const struct attachment_rule *about, const char *text,
					GError **error)
{
	const char *slash = strchr(text, '/');
	g_autofree char *minor = g_strdup_printf("^(%s)$", slash ? slash + 1 : ".*");
	struct regex *re = regex_new(minor, REGEX_IGNORE_CASE, error);
	struct attachment_rule *rule;

	if (!re)
		return NULL;
	rule = g_new(struct attachment_rule, 1);
	*rule = *about;
	rule->text = g_strdup(text);
	rule->major = g_strndup(text, slash ? (gsize)(slash - text) : strlen(text));
	rule->minor = re;
	return rule;
}

static void remove_rule(GPtrArray *rules, const struct attachment_rule *about, const char *text)
{
	for (guint i = rules->len; i-- > 0;) {
		const struct attachment_rule *rule = g_ptr_array_index(rules, i);

		if (rule->counts == about->counts && rule->category == about->category &&
		    !g_ascii_strcasecmp(rule->text, text))
			g_ptr_array_remove_index(rules, i);
	}
}

static char *rules_as_text(const GPtrArray *rules)
{
	GString *out = g_string_new(rules->len ? NULL : "No attachment rules.");

	for (guint i = 0; i < rules->len; i++) {
		const struct attachment_rule *rule = g_ptr_array_index(rules, i);

		g_string_append_printf(out, "%sattachments %c%c %s", i ? "; " : "",
				       rule->counts ? '+' : '-', categories[rule->category].letter,
				       rule->text);
	}
	return g_string_free(out, FALSE);
}

static gboolean run_types(struct command *c, const struct attachment_rule *about, GError **error)
{
	do {
		g_autofree char *text = command_word(c, 0, error);
		struct attachment_rule *rule = NULL;

		if (!text || (c->data && !(rule = rule_new(about, text, error))))
			return FALSE;
		remove_rule(c->conf->attachments, about, text);
		if (rule)
			g_ptr_array_add(c->conf->attachments, rule);
	} while (!words_at_end(c->words));
	return TRUE;
}

/* data: 1 adds, 0 takes back. */
static gboolean run_attachments(struct command *c, GError **error)
{
	g_autofree char *word = command_word(c, 0, error);
	struct attachment_rule about = {0};

	if (!word)
		return FALSE;
	if (c->data && !strcmp(word, "?")) {
		c->message = rules_as_text(c->conf->attachments);
		return TRUE;
	}
	if (!c->data && !strcmp(word, "*")) {
		g_ptr_array_set_size(c->conf->attachments, 0);
		return TRUE;
	}
	return parse_category(word, &about, error) && run_types(c, &about, error);
}

const struct command_row attachment_commands[] = {
    {"attachments", run_attachments, 1},
    {"unattachments", run_attachments, 0},
    {NULL, NULL, 0},
};
