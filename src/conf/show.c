/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands show of what is set, as lines of muttrc: bind, macro, color, mono, set. */
#include "show.h"

#include <string.h>

#include "cur/base/error.h"

/* ---- keys ------------------------------------------------------------------------------ */

/* Keys as `bind` takes them: ^X is \Cx there, and what ends a word is escaped. Yours. */
static char *keys_written(const struct binding *b)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < b->n_keys; i++) {
		g_autofree char *name = keys_name(&b->keys[i], 1);

		if (b->keys[i] == 0x7f)
			g_string_append(out, "\\177");
		else if (b->keys[i] < 0x20 && *name == '^')
			g_string_append_printf(out, "\\C%c", g_ascii_tolower(name[1]));
		else
			g_string_append_printf(
			    out, "%s%s", name[1] || !strchr(";#'\"`$\\", *name) ? "" : "\\", name);
	}
	return g_string_free(out, FALSE);
}

static void append_binding(GString *out, const struct binding *b)
{
	g_autofree char *keys = keys_written(b);
	g_autofree char *sequence = NULL, *text = NULL;

	if (!b->macro) {
		g_string_append_printf(out, "bind %s %s %s\n", menu_name(b->menu), keys,
				       function_name(b->function));
		return;
	}
	sequence = words_quote(b->macro);
	text = b->text ? words_quote(b->text) : NULL;
	g_string_append_printf(out, "macro %s %s %s%s%s\n", menu_name(b->menu), keys, sequence,
			       text ? " " : "", text ? text : "");
}

/* The bindings, or the macros, of the menus whose bits are set. Yours. */
char *show_bindings(const struct conf *conf, guint32 menus, gboolean macros)
{
	GString *out = g_string_new(NULL);

	for (guint m = 0; m < MENU_N; m++) {
		const GPtrArray *list = conf->bindings[m];

		for (guint i = 0; menus & 1u << m && i < list->len; i++) {
			const struct binding *b = g_ptr_array_index(list, i);

			if ((b->macro != NULL) == macros)
				append_binding(out, b);
		}
	}
	if (!out->len)
		g_string_append(out, macros ? "There are no macros." : "No key is bound.");
	return g_string_free(out, FALSE);
}

/* ---- colours --------------------------------------------------------------------------- */

/* clang-format off */
static const char *const palette[] = {"black", "red", "green", "yellow",
				      "blue", "magenta", "cyan", "white"};
static const struct {
	unsigned bit;
	const char *name;
} attributes[] = {
    {ATTRIBUTE_BOLD, "bold"},
    {ATTRIBUTE_UNDERLINED, "underline"},
    {ATTRIBUTE_REVERSE, "reverse"},
    {ATTRIBUTE_BLINK, "blink"},
    {ATTRIBUTE_STANDOUT, "standout"},
    {ATTRIBUTE_ITALICS, "italic"},
};
/* clang-format on */

static void append_color(GString *out, const struct color *color)
{
	g_string_append_c(out, ' ');
	if (color->bright)
		g_string_append(out, "bright");
	if (color->light)
		g_string_append(out, "light");
	if (color->alert)
		g_string_append(out, "alert");
	if (color->kind == COLOR_IS_DEFAULT)
		g_string_append(out, "default");
	else if (color->kind == COLOR_IS_RGB)
		g_string_append_printf(out, "#%06x", color->value);
	else if (color->value < G_N_ELEMENTS(palette))
		g_string_append(out, palette[color->value]);
	else
		g_string_append_printf(out, "color%u", color->value);
}

static void append_rule(GString *out, const struct color_rule *rule, gboolean mono)
{
	const char *name = color_name(rule->object);
	gboolean is_part = g_str_has_prefix(name, "compose_");
	g_autofree char *text = rule->text ? words_quote(rule->text) : NULL;

	g_string_append_printf(out, "%s %s%s", mono ? "mono" : "color", is_part ? "compose " : "",
			       is_part ? name + strlen("compose_") : name);
	for (guint i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (rule->attributes & attributes[i].bit)
			g_string_append_printf(out, " %s", attributes[i].name);
	if (mono && !rule->attributes)
		g_string_append(out, " none");
	if (!mono) {
		append_color(out, &rule->fg);
		append_color(out, &rule->bg);
	}
	if (text)
		g_string_append_printf(out, " %s", text);
	if (rule->group)
		g_string_append_printf(out, " %d", rule->group);
	g_string_append_c(out, '\n');
}

/* Of one object, or with COLOR_N of all. Yours. */
char *show_colors(const struct conf *conf, enum color_object only, gboolean mono)
{
	GString *out = g_string_new(NULL);

	for (enum color_object o = 0; o < COLOR_N; o++) {
		const GPtrArray *rules = conf->color_rules[mono][o];

		if (only != COLOR_N && only != o)
			continue;
		if (conf->colors[mono][o])
			append_rule(out, conf->colors[mono][o], mono);
		for (guint i = 0; i < rules->len; i++)
			append_rule(out, g_ptr_array_index(rules, i), mono);
	}
	if (!out->len)
		g_string_append(out, "No colour is set.");
	return g_string_free(out, FALSE);
}

/* ---- variables ------------------------------------------------------------------------- */

char *show_state(enum conf_state state, const char *help)
{
	switch (state) {
	case STATE_LATER:
		return g_strdup("no effect yet");
	case STATE_REPLACED:
		return g_strconcat("replaced ", help, NULL);
	case STATE_MEANINGLESS:
		return g_strconcat("no effect: ", help, NULL);
	default:
		return NULL;
	}
}

static void append_variable(GString *out, const struct settings *s, const struct variable *v)
{
	g_autofree char *line = settings_show(s, v);
	g_autofree char *state = v->state == STATE_LATER ? NULL : show_state(v->state, v->help);

	g_string_append_printf(out, "%s\n    %s%s\n", line,
			       v->state == STATE_LATER ? "no effect yet: " : "",
			       state ? state : v->help);
}

/* A question for one variable: its value, and why it does nothing where that is so. Yours. */
char *show_variable(const struct conf *conf, const struct variable *v)
{
	g_autofree char *line = settings_show(conf->settings, v);

	g_autofree char *state = show_state(v->state, v->help);

	return state ? g_strdup_printf("%s  # %s", line, state) : g_steal_pointer(&line);
}

static gboolean is_about(const struct variable *v, const char *word)
{
	g_autofree char *help = g_utf8_casefold(v->help, -1);
	g_autofree char *folded = g_utf8_casefold(word, -1);

	return strstr(v->name, word) || strstr(help, folded);
}

/* Those whose name or explanation has the word, "" for all; NULL when there is none. Yours. */
char *show_variables_about(const struct conf *conf, const char *word)
{
	GString *out = g_string_new(NULL);
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++)
		if (is_about(v, word))
			append_variable(out, conf->settings, v);
	if (out->len)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}
