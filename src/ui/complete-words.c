/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand in an argument of a command: names, values, colours, keys. */
#include <string.h>

#include "complete-private.h"
#include "cur/conf/accounts.h"
#include "cur/conf/colors.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"

/* Only the part from here on is completed. */
static void complete_from(struct completion *c, const char *part)
{
	gsize skipped = part - c->typed;
	char *head = g_strdup_printf("%s%.*s", c->head, (int)skipped, c->typed);
	char *typed = g_strdup(part);

	g_free(c->head);
	g_free(c->typed);
	c->head = head;
	c->typed = typed;
}

static void offer_words(struct completion *c, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	for (char **word = list; *word; word++)
		complete_offer(c, *word);
}

static void offer_commands(struct completion *c)
{
	for (guint i = 0; conf_command_at(i); i++)
		complete_offer(c, conf_command_at(i)->name);
}

static void offer_variables(struct completion *c)
{
	g_autofree char **names = conf_my_names(c->app->conf);
	const struct variable *target;
	const char *name;

	for (guint i = 0; variable_at(i); i++)
		complete_offer(c, variable_at(i)->name);
	for (guint i = 0; (name = variable_synonym_at(i, &target)); i++)
		complete_offer(c, name);
	for (char **my = names; *my; my++)
		complete_offer(c, *my);
}

static void offer_functions(struct completion *c)
{
	for (enum function fn = 0; fn < FN_N; fn++)
		complete_offer(c, function_name(fn));
}

/* "index,pa": the last of them. */
static void offer_menus(struct completion *c)
{
	const char *comma = strrchr(c->typed, ',');

	if (comma)
		complete_from(c, comma + 1);
	for (enum menu menu = 0; menu < MENU_N; menu++)
		complete_offer(c, menu_name(menu));
}

/* "<limit>~F<ent": the last function, up to its bracket. */
static void offer_sequence(struct completion *c)
{
	const char *open = strrchr(c->typed, '<');

	if (!open || strchr(open, '>'))
		return;
	complete_from(c, open + 1);
	for (enum function fn = 0; fn < FN_N; fn++) {
		g_autofree char *name = g_strconcat(function_name(fn), ">", NULL);

		complete_offer(c, name);
	}
	offer_words(c, "enter> esc> tab> space> backspace> up> down> left> right> pageup> "
		       "pagedown> home> end>");
}

static void offer_objects(struct completion *c)
{
	for (enum color_object object = 0; object < COLOR_N; object++)
		complete_offer(c, color_name(object));
}

static void offer_attributes(struct completion *c)
{
	offer_words(c, "none bold underline reverse blink standout italic");
}

static void offer_paint(struct completion *c)
{
	static const char *const prefixes[] = {"", "bright", "light", "alert"};
	static const char *const names[] = {"black",   "red",  "green", "yellow", "blue",
					    "magenta", "cyan", "white", "default"};

	offer_attributes(c);
	for (guint p = 0; p < G_N_ELEMENTS(prefixes); p++)
		for (guint n = 0; n < G_N_ELEMENTS(names); n++) {
			g_autofree char *color = g_strconcat(prefixes[p], names[n], NULL);

			/* Nobody wants forty colours before a letter is typed. */
			if (!*prefixes[p] || g_str_has_prefix(c->typed, prefixes[p]) ||
			    (*c->typed && g_str_has_prefix(prefixes[p], c->typed)))
				complete_offer(c, color);
		}
	if (g_str_has_prefix(c->typed, "color"))
		for (guint i = 0; i < 256; i++) {
			g_autofree char *color = g_strdup_printf("color%u", i);

			complete_offer(c, color);
		}
}

static void offer_rules(struct completion *c, const char *object_name)
{
	enum color_object object = color_find(object_name);
	const GPtrArray *rules = object == COLOR_N ? NULL : conf_color_rules(c->app->conf, object);

	complete_offer(c, "*");
	for (guint i = 0; rules && i < rules->len; i++)
		complete_offer(c, ((struct color_rule *)g_ptr_array_index(rules, i))->text);
}

static void offer_hooks(struct completion *c)
{
	complete_offer(c, "*");
	for (enum hook_type type = 0; type < HOOK_N; type++)
		complete_offer(c, hook_name(type));
}

static void offer_names(struct completion *c)
{
	offer_variables(c);
	offer_commands(c);
	offer_functions(c);
	offer_objects(c);
}

static void offer_scores(struct completion *c)
{
	const GPtrArray *scores = conf_scores(c->app->conf);

	complete_offer(c, "*");
	for (guint i = 0; i < scores->len; i++)
		complete_offer(c, ((struct score_entry *)g_ptr_array_index(scores, i))->pattern);
}

static void offer_headers(struct completion *c)
{
	const GPtrArray *headers = conf_my_headers(c->app->conf);

	complete_offer(c, "*");
	for (guint i = 0; i < headers->len; i++) {
		const char *line = g_ptr_array_index(headers, i);
		g_autofree char *name = g_strndup(line, strcspn(line, ":"));

		complete_offer(c, name);
	}
}

/* ---- settings -------------------------------------------------------------------------- */

/* The value as it is, ready to be edited: the first Tab behind the "=". */
static void offer_current(struct completion *c, const struct variable *v)
{
	g_autofree char *line = settings_format(app_settings(c->app), v);

	if (g_str_has_suffix(v->name, "_pass"))
		return;
	complete_offer(c, strchr(line, '=') + 1);
	c->whole = TRUE;
}

static void offer_values(struct completion *c, const struct variable *v)
{
	switch (v->kind) {
	case VARIABLE_BOOL:
		offer_words(c, "yes no");
		break;
	case VARIABLE_QUAD:
		offer_words(c, "yes no ask-yes ask-no");
		break;
	case VARIABLE_SORT:
		if (g_str_has_prefix(c->typed, "reverse-"))
			complete_from(c, c->typed + strlen("reverse-"));
		if (g_str_has_prefix(c->typed, "last-"))
			complete_from(c, c->typed + strlen("last-"));
		offer_words(c, v->values);
		offer_words(c, "reverse- last-");
		break;
	case VARIABLE_ENUM:
		offer_words(c, v->values);
		break;
	case VARIABLE_MAILBOX:
		if (*c->typed)
			complete_offer_mailboxes(c);
		break;
	case VARIABLE_PATH:
		if (*c->typed)
			complete_offer_files(c);
		break;
	default:
		break;
	}
}

static void offer_value_of(struct completion *c, const char *equals)
{
	g_autofree char *name = g_strchomp(g_strndup(c->typed, equals - c->typed));
	gsize n = strlen(name);
	const struct variable *v;

	if (n > 0 && strchr("+-", name[n - 1]))
		name[n - 1] = '\0';
	v = variable_find(name);
	complete_from(c, equals + 1 + strspn(equals + 1, " \t"));
	if (v && (!*c->typed || g_str_equal(c->typed, "\"")))
		offer_current(c, v);
	else if (strchr("\"'", *c->typed))
		complete_from(c, c->typed + 1);
	if (v)
		offer_values(c, v);
}

static void offer_setting(struct completion *c)
{
	static const char *const prefixes[] = {"no", "inv", "&", "?"};
	const char *equals = strchr(c->typed, '=');

	if (equals) {
		offer_value_of(c, equals);
		return;
	}
	offer_variables(c);
	complete_offer(c, "all");
	for (guint i = 0; !c->candidates->len && i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(c->typed, prefixes[i])) {
			complete_from(c, c->typed + strlen(prefixes[i]));
			offer_variables(c);
			return;
		}
}

/* "sent==Se": a folder; else the keys. */
static void offer_account(struct completion *c)
{
	const char *equals = strchr(c->typed, '=');

	if (equals) {
		complete_from(c, equals + 1);
		complete_offer_mailboxes(c);
		return;
	}
	for (guint i = 0; conf_account_key_at(i); i++) {
		g_autofree char *key = g_strconcat(conf_account_key_at(i), "=", NULL);

		complete_offer(c, key);
	}
}

void complete_offer_argument(struct completion *c, enum argument argument, const GPtrArray *words)
{
	/* clang-format off */
	static void (*const offers[])(struct completion *c) = {
	    [ARG_COMMAND] = offer_commands,	 [ARG_SETTING] = offer_setting,	 [ARG_VARIABLE] = offer_variables,
	    [ARG_MENU] = offer_menus,		 [ARG_FUNCTION] = offer_functions,
	    [ARG_SEQUENCE] = offer_sequence,	 [ARG_OBJECT] = offer_objects,
	    [ARG_PAINT] = offer_paint,		 [ARG_ATTRIBUTE] = offer_attributes,
	    [ARG_FILE] = complete_offer_files,	 [ARG_MAILBOX] = complete_offer_mailboxes,
	    [ARG_HOOK] = offer_hooks,		 [ARG_ALIAS] = complete_offer_aliases,
	    [ARG_NAME] = offer_names,		 [ARG_SCORE] = offer_scores,
	    [ARG_HEADER] = offer_headers,	 [ARG_ACCOUNT] = offer_account,
	};
	/* clang-format on */

	if (argument == ARG_RULE)
		offer_rules(c, g_ptr_array_index(words, 1));
	else if (argument < G_N_ELEMENTS(offers) && offers[argument])
		offers[argument](c);
	if (argument == ARG_VARIABLE && !strcmp(g_ptr_array_index(words, 0), "reset"))
		complete_offer(c, "all");
	if (argument == ARG_MENU && g_str_has_prefix(g_ptr_array_index(words, 0), "un"))
		complete_offer(c, "*");
}
