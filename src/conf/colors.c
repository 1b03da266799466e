/* SPDX-License-Identifier: GPL-3.0-or-later */
/* color, uncolor, mono, unmono. */
#include "cur/conf/colors.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "inside.h"
#include "show.h"

/* clang-format off */
static const struct {
	const char *name;
	unsigned bit;
} attributes[] = {
    {"none", 0},
    {"normal", 0},
    {"bold", ATTRIBUTE_BOLD},
    {"underline", ATTRIBUTE_UNDERLINED},
    {"reverse", ATTRIBUTE_REVERSE},
    {"blink", ATTRIBUTE_BLINK},
    {"standout", ATTRIBUTE_STANDOUT},
    {"italic", ATTRIBUTE_ITALICS},
};

static const char *const palette[] = {"black", "red", "green", "yellow",
				      "blue", "magenta", "cyan", "white"};

/* Parts of the compose menu: color compose PART … is color compose_PART … */
static const struct {
	const char *part;
	enum color_object object;
} compose_parts[] = {
    {"header", COLOR_COMPOSE_HEADER},
    {"security_both", COLOR_COMPOSE_SECURITY_BOTH},
    {"security_encrypt", COLOR_COMPOSE_SECURITY_ENCRYPT},
    {"security_none", COLOR_COMPOSE_SECURITY_NONE},
    {"security_sign", COLOR_COMPOSE_SECURITY_SIGN},
};
/* clang-format on */

static void color_rule_free(struct color_rule *rule)
{
	if (!rule)
		return;
	g_free(rule->text);
	g_free(rule->place);
	regex_free(rule->re);
	g_free(rule);
}

void colors_init(struct conf *conf)
{
	for (guint mono = 0; mono < 2; mono++)
		for (guint o = 0; o < COLOR_N; o++)
			conf->color_rules[mono][o] =
			    g_ptr_array_new_with_free_func((GDestroyNotify)color_rule_free);
}

void colors_clear(struct conf *conf)
{
	for (guint mono = 0; mono < 2; mono++)
		for (guint o = 0; o < COLOR_N; o++) {
			color_rule_free(conf->colors[mono][o]);
			g_ptr_array_unref(conf->color_rules[mono][o]);
		}
}

const struct color_rule *conf_color(const struct conf *conf, enum color_object object)
{
	return conf->colors[0][object];
}

const struct color_rule *conf_mono(const struct conf *conf, enum color_object object)
{
	return conf->colors[1][object];
}

const GPtrArray *conf_color_rules(const struct conf *conf, enum color_object object)
{
	return conf->color_rules[conf->mono][object];
}

void conf_set_mono(struct conf *conf, gboolean mono)
{
	conf->mono = mono;
}

/* ---- words of colour --------------------------------------------------------------- */

/* A number beyond the palette is the terminal's own colour. */
static gboolean parse_number(const char *name, struct color *color)
{
	gint64 n;

	if (!g_ascii_string_to_signed(name, 10, 0, G_MAXINT, &n, NULL))
		return FALSE;
	color->kind = n > 255 ? COLOR_IS_DEFAULT : COLOR_IS_PALETTE;
	color->value = n > 255 ? 0 : n;
	return TRUE;
}

static gboolean parse_palette(const char *name, struct color *color)
{

	color->kind = COLOR_IS_PALETTE;
	for (guint i = 0; i < G_N_ELEMENTS(palette); i++)
		if (!g_ascii_strcasecmp(name, palette[i])) {
			color->value = i;
			return TRUE;
		}
	return !g_ascii_strncasecmp(name, "color", 5) && parse_number(name + 5, color);
}

static gboolean parse_rgb(const char *name, struct color *color)
{
	guint64 n;

	if (*name != '#' || strlen(name) != 7 ||
	    !g_ascii_string_to_unsigned(name + 1, 16, 0, 0xffffff, &n, NULL))
		return FALSE;
	color->kind = COLOR_IS_RGB;
	color->value = n;
	return TRUE;
}

static const char *take_prefix(const char *name, const char *prefix, gboolean *flag)
{
	gsize n = strlen(prefix);

	*flag = !g_ascii_strncasecmp(name, prefix, n);
	return *flag ? name + n : name;
}

static char *nearest_color(const char *name)
{
	const char *known[G_N_ELEMENTS(palette) + 2] = {NULL};

	memcpy(known, palette, sizeof(palette));
	known[G_N_ELEMENTS(palette)] = "default";
	return nearest_hint(name, known);
}

static gboolean parse_color(struct command *c, const char *name, struct color *color,
			    GError **error)
{
	const char *plain = name;
	g_autofree char *hint = NULL;

	memset(color, 0, sizeof(*color));
	plain = take_prefix(plain, "bright", &color->bright);
	plain = take_prefix(plain, "light", &color->light);
	plain = take_prefix(plain, "alert", &color->alert);
	if (!g_ascii_strcasecmp(plain, "default")) {
		color->kind = COLOR_IS_DEFAULT;
		return TRUE;
	}
	if (parse_palette(plain, color) || parse_rgb(plain, color)) {
		if (color->kind == COLOR_IS_DEFAULT)
			command_remark(c, CONF_WARNING, "'%s' is beyond 255: default", name);
		return TRUE;
	}
	hint = nearest_color(plain);
	return error_set(error, CUR_ERROR_USAGE, "unknown color '%s'%s", name, hint);
}

static gboolean unknown_attribute(const char *name, GError **error)
{
	const char *known[G_N_ELEMENTS(attributes) + 1] = {NULL};
	g_autofree char *hint = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(attributes); i++)
		known[i] = attributes[i].name;
	hint = nearest_hint(name, known);
	return error_set(error, CUR_ERROR_USAGE, "unknown attribute '%s'%s", name, hint);
}

static gboolean parse_attribute(const char *name, unsigned *bits)
{
	for (guint i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (!g_ascii_strcasecmp(name, attributes[i].name)) {
			*bits |= attributes[i].bit;
			return TRUE;
		}
	return FALSE;
}

/* ---- objects ----------------------------------------------------------------------- */

static enum color_object compose_object(const char *part)
{
	for (guint i = 0; i < G_N_ELEMENTS(compose_parts); i++)
		if (!g_ascii_strcasecmp(part, compose_parts[i].part))
			return compose_parts[i].object;
	return COLOR_N;
}

/* Levels of quotes have no end in mutt, nor has the sidebar as a whole a colour any more. */
static enum color_object find_object(const char *name)
{
	guint64 level;

	if (!g_ascii_strcasecmp(name, "sidebar"))
		return COLOR_SIDEBAR_ORDINARY;
	if (!g_ascii_strncasecmp(name, "quoted", 6) &&
	    g_ascii_string_to_unsigned(name + 6, 10, 10, 99, &level, NULL))
		return COLOR_QUOTED0 + level % 10;
	return color_find(name);
}

/* COLOR_N with *error. */
static enum color_object take_object(struct command *c, GError **error)
{
	g_autofree char *name = command_word(c, 0, error);
	enum color_object object = name ? find_object(name) : COLOR_N;
	const char *known[COLOR_N + 1] = {NULL};
	g_autofree char *hint = NULL;

	if (!name || object != COLOR_N)
		return object;
	if (!g_ascii_strcasecmp(name, "compose")) {
		g_autofree char *part = command_word(c, 0, error);

		object = part ? compose_object(part) : COLOR_N;
		if (part && object == COLOR_N)
			error_set(error, CUR_ERROR_USAGE, "unknown part of compose '%s'", part);
		return object;
	}
	for (guint o = 0; o < COLOR_N; o++)
		known[o] = color_name(o);
	hint = nearest_hint(name, known);
	error_set(error, CUR_ERROR_USAGE, "unknown object '%s'%s", name, hint);
	return COLOR_N;
}

/* ---- rules ------------------------------------------------------------------------- */

static gboolean has_color(struct command *c)
{
	const char *rest = words_rest(c->words);

	return !words_at_end(c->words) ||
	       (*rest == '#' && strspn(rest + 1, "0123456789abcdefABCDEF") == 6);
}

/* What is not said of a background, or of both colours after an attribute, is the terminal's. */
static gboolean take_background(struct command *c, struct color_rule *rule, GError **error)
{
	g_autofree char *word = NULL;

	if (!has_color(c)) {
		rule->bg = (struct color){.kind = COLOR_IS_DEFAULT};
		command_remark(c, CONF_WARNING, "no background: default");
		return TRUE;
	}
	word = command_word(c, WORDS_COMMENT, error);
	return word && parse_color(c, word, &rule->bg, error);
}

/* Attributes before the two colours; for mono the one word there is. */
static gboolean take_paint(struct command *c, gboolean mono, struct color_rule *rule,
			   GError **error)
{
	g_autofree char *word = command_word(c, WORDS_COMMENT, error);

	while (word && parse_attribute(word, &rule->attributes)) {
		if (mono)
			return TRUE;
		g_free(word);
		word = has_color(c) ? command_word(c, WORDS_COMMENT, error) : g_strdup("default");
	}
	if (!word)
		return FALSE;
	if (mono)
		return unknown_attribute(word, error);
	if (!parse_color(c, word, &rule->fg, error))
		return FALSE;
	return take_background(c, rule, error);
}

/* Header regexes ignore case; the rest look at the text. */
static gboolean compile_rule(struct color_rule *rule, GError **error)
{
	gboolean header = rule->object == COLOR_HEADER || rule->object == COLOR_ATTACH_HEADERS;
	enum regex_flags flags = header ? REGEX_IGNORE_CASE : REGEX_SMART_CASE;

	rule->re = regex_new(rule->text, flags | REGEX_NEWLINE, error);
	return rule->re != NULL;
}

static gboolean take_group(struct command *c, struct color_rule *rule, GError **error)
{
	g_autofree char *word = words_next(c->words, 0);
	gint64 n;

	if (!word)
		return TRUE;
	if (!g_ascii_string_to_signed(word, 10, 0, REGEX_GROUPS - 1, &n, NULL))
		return error_set(error, CUR_ERROR_USAGE, "'%s' is no group of a regex", word);
	rule->group = n;
	return TRUE;
}

static gboolean take_selector(struct command *c, struct color_rule *rule, GError **error)
{
	enum color_selector selector = color_selector(rule->object);

	if (selector == COLOR_SELECT_NONE)
		return TRUE;
	rule->text = words_next(c->words, 0);
	if (selector == COLOR_SELECT_PATTERN) {
		if (!rule->text)
			rule->text = g_strdup("~A");
		return TRUE;
	}
	if (!rule->text && rule->object == COLOR_STATUS)
		return TRUE;
	if (!rule->text)
		rule->text = g_strdup(".*");
	return compile_rule(rule, error) &&
	       (rule->object != COLOR_STATUS || take_group(c, rule, error));
}

/* The same text again is replaced where it stands. */
static void add_rule(struct conf *conf, gboolean mono, struct color_rule *rule)
{
	GPtrArray *list = conf->color_rules[mono][rule->object];

	for (guint i = 0; i < list->len; i++) {
		struct color_rule *old = g_ptr_array_index(list, i);

		if (!strcmp(old->text, rule->text) && old->group == rule->group) {
			color_rule_free(old);
			g_ptr_array_index(list, i) = rule;
			return;
		}
	}
	g_ptr_array_add(list, rule);
}

static gboolean run_color(struct command *c, GError **error)
{
	gboolean mono = c->data;
	gboolean about_all = c->asked && words_at_end(c->words);
	enum color_object object = COLOR_N;
	struct color_rule *rule;

	if (!about_all && (object = take_object(c, error)) == COLOR_N)
		return FALSE;
	if (c->asked && words_at_end(c->words)) {
		c->message = show_colors(c->conf, object, mono);
		return TRUE;
	}
	rule = g_new0(struct color_rule, 1);
	rule->object = object;
	rule->place = conf_user_place(c->conf);
	if (!take_paint(c, mono, rule, error) || !take_selector(c, rule, error)) {
		color_rule_free(rule);
		return FALSE;
	}
	if (rule->text) {
		add_rule(c->conf, mono, rule);
		return TRUE;
	}
	color_rule_free(c->conf->colors[mono][object]);
	c->conf->colors[mono][object] = rule;
	return TRUE;
}

static void clear_object(struct conf *conf, gboolean mono, enum color_object object)
{
	g_clear_pointer(&conf->colors[mono][object], color_rule_free);
	g_ptr_array_set_size(conf->color_rules[mono][object], 0);
}

static void remove_rule(GPtrArray *list, const char *text)
{
	for (guint i = list->len; i-- > 0;) {
		const struct color_rule *rule = g_ptr_array_index(list, i);

		if (!strcmp(rule->text, text))
			g_ptr_array_remove_index(list, i);
	}
}

static gboolean run_uncolor(struct command *c, GError **error)
{
	gboolean mono = c->data;
	enum color_object object;
	g_autoptr(GError) unknown = NULL;

	if (words_peek(c->words) == '*') {
		words_take(c->words, '*', TRUE);
		for (guint o = 0; o < COLOR_N; o++)
			clear_object(c->conf, mono, o);
		return TRUE;
	}
	object = take_object(c, &unknown);
	if (object == COLOR_N) {
		command_remark(c, CONF_WARNING, "%s", unknown->message);
		return command_skip_words(c);
	}
	if (words_at_end(c->words))
		clear_object(c->conf, mono, object);
	while (!words_at_end(c->words)) {
		g_autofree char *text = command_word(c, 0, error);

		if (!text)
			return FALSE;
		if (!strcmp(text, "*"))
			clear_object(c->conf, mono, object);
		else
			remove_rule(c->conf->color_rules[mono][object], text);
	}
	return TRUE;
}

const struct command_row color_commands[] = {
    {"color", run_color, FALSE},   {"mono", run_color, TRUE}, {"uncolor", run_uncolor, FALSE},
    {"unmono", run_uncolor, TRUE}, {NULL, NULL, 0},
};
