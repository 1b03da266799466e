/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is who: mailing lists, alternates, groups, aliases. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/lists.h"
#include "inside.h"

/* A named group of addresses: exact ones and expressions. */
struct group {
	GHashTable *addresses; /* lower case */
	GPtrArray *regexes;
};

static void group_free(struct group *g)
{
	g_hash_table_unref(g->addresses);
	g_ptr_array_unref(g->regexes);
	g_free(g);
}

static GPtrArray *regexes_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)regex_free);
}

static void alias_free(struct alias *a)
{
	g_free(a->key);
	g_free(a->addresses);
	g_free(a->comment);
	g_free(a);
}

void addresses_init(struct conf *conf)
{
	for (guint i = 0; i < LIST_N; i++)
		conf->lists[i] = (struct address_list){
		    .yes = regexes_new(),
		    .no = regexes_new(),
		    .met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	conf->groups =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)group_free);
	conf->aliases = g_ptr_array_new_with_free_func((GDestroyNotify)alias_free);
}

void addresses_clear(struct conf *conf)
{
	for (guint i = 0; i < LIST_N; i++) {
		g_ptr_array_unref(conf->lists[i].yes);
		g_ptr_array_unref(conf->lists[i].no);
		g_hash_table_unref(conf->lists[i].met);
	}
	g_hash_table_unref(conf->groups);
	g_ptr_array_unref(conf->aliases);
}

/* ---- questions ------------------------------------------------------------------------ */

static gboolean any_matches(const GPtrArray *regexes, const char *text)
{
	for (guint i = 0; i < regexes->len; i++)
		if (regex_match(g_ptr_array_index(regexes, i), text, -1))
			return TRUE;
	return FALSE;
}

static gboolean was_met(const struct address_list *list, const char *address)
{
	g_autofree char *folded =
	    g_hash_table_size(list->met) ? g_ascii_strdown(address, -1) : NULL;

	return folded && g_hash_table_contains(list->met, folded);
}

static gboolean in_list(const struct address_list *list, const char *address)
{
	return (any_matches(list->yes, address) || was_met(list, address)) &&
	       !any_matches(list->no, address);
}

gboolean conf_is_alternate(const struct conf *conf, const char *address)
{
	return in_list(&conf->lists[LIST_ALTERNATES], address);
}

gboolean conf_is_list(const struct conf *conf, const char *address)
{
	return in_list(&conf->lists[LIST_KNOWN], address);
}

gboolean conf_is_subscribed(const struct conf *conf, const char *address)
{
	return in_list(&conf->lists[LIST_SUBSCRIBED], address);
}

gboolean conf_in_group(const struct conf *conf, const char *name, const char *address)
{
	const struct group *g = g_hash_table_lookup(conf->groups, name);
	g_autofree char *folded = g_ascii_strdown(address, -1);

	return g &&
	       (g_hash_table_contains(g->addresses, folded) || any_matches(g->regexes, address));
}

void conf_meet_list(struct conf *conf, const char *address)
{
	static const int lists[] = {LIST_KNOWN, LIST_SUBSCRIBED};

	if (was_met(&conf->lists[LIST_SUBSCRIBED], address))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		g_hash_table_add(conf->lists[lists[i]].met, g_ascii_strdown(address, -1));
	conf->generation++;
}

/* ---- lists, subscribe, alternates --------------------------------------------------------- */

static void remove_regex(GPtrArray *list, const char *text)
{
	for (guint i = list->len; i-- > 0;)
		if (!g_ascii_strcasecmp(regex_text(g_ptr_array_index(list, i)), text))
			g_ptr_array_remove_index(list, i);
}

static gboolean has_regex(const GPtrArray *list, const char *text)
{
	for (guint i = 0; i < list->len; i++)
		if (!g_ascii_strcasecmp(regex_text(g_ptr_array_index(list, i)), text))
			return TRUE;
	return FALSE;
}

static gboolean add_regex(GPtrArray *list, const char *text, GError **error)
{
	struct regex *re;

	if (has_regex(list, text))
		return TRUE;
	re = regex_new(text, REGEX_IGNORE_CASE, error);
	if (re)
		g_ptr_array_add(list, re);
	return re != NULL;
}

static struct group *group_named(struct conf *conf, const char *name)
{
	struct group *g = g_hash_table_lookup(conf->groups, name);

	if (g)
		return g;
	g = g_new0(struct group, 1);
	g->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g->regexes = regexes_new();
	g_hash_table_insert(conf->groups, g_strdup(name), g);
	return g;
}

/* The words after "-group NAME"s; the groups named there in *groups. */
static char *take_groups(struct command *c, GPtrArray *groups, GError **error)
{
	char *word = command_word(c, 0, error);

	while (word && !strcmp(word, "-group")) {
		g_autofree char *name = command_word(c, 0, error);

		g_clear_pointer(&word, g_free);
		if (!name)
			return NULL;
		g_ptr_array_add(groups, group_named(c->conf, name));
		word = command_word(c, 0, error);
	}
	return word;
}

static gboolean add_to_list(struct conf *conf, int list, const char *text, GError **error)
{
	remove_regex(conf->lists[list].no, text);
	if (!add_regex(conf->lists[list].yes, text, error))
		return FALSE;
	return list != LIST_SUBSCRIBED || add_to_list(conf, LIST_KNOWN, text, error);
}

static gboolean run_add_addresses(struct command *c, GError **error)
{
	g_autoptr(GPtrArray) groups = g_ptr_array_new();
	g_autofree char *word = take_groups(c, groups, error);

	while (word) {
		if (!add_to_list(c->conf, c->data, word, error))
			return FALSE;
		for (guint i = 0; i < groups->len; i++) {
			struct group *g = g_ptr_array_index(groups, i);

			if (!add_regex(g->regexes, word, error))
				return FALSE;
		}
		g_free(word);
		word = words_at_end(c->words) ? NULL : command_word(c, 0, error);
		if (!word)
			return words_at_end(c->words);
	}
	return FALSE;
}

/* A text that was never listed becomes an exception; `unsubscribe` leaves a known list known. */
static gboolean remove_from_list(struct address_list *list, const char *text, GError **error)
{
	if (!strcmp(text, "*")) {
		g_ptr_array_set_size(list->yes, 0);
		g_ptr_array_set_size(list->no, 0);
		g_hash_table_remove_all(list->met);
		return TRUE;
	}
	remove_regex(list->yes, text);
	return add_regex(list->no, text, error);
}

static gboolean run_remove_addresses(struct command *c, GError **error)
{
	do {
		g_autofree char *word = command_word(c, 0, error);

		if (!word || !remove_from_list(&c->conf->lists[c->data], word, error))
			return FALSE;
		if (c->data == LIST_KNOWN &&
		    !remove_from_list(&c->conf->lists[LIST_SUBSCRIBED], word, error))
			return FALSE;
	} while (!words_at_end(c->words));
	return TRUE;
}

/* ---- group, ungroup ------------------------------------------------------------------------ */

enum group_mode { GROUP_UNSAID, GROUP_RX, GROUP_ADDR };

static gboolean group_change(struct group *g, enum group_mode mode, gboolean add, const char *text,
			     GError **error)
{
	if (mode == GROUP_RX) {
		if (add)
			return add_regex(g->regexes, text, error);
		remove_regex(g->regexes, text);
	} else if (add) {
		g_hash_table_add(g->addresses, g_ascii_strdown(text, -1));
	} else {
		g_autofree char *folded = g_ascii_strdown(text, -1);

		g_hash_table_remove(g->addresses, folded);
	}
	return TRUE;
}

/* The bare address of a word: "<a@b>", "a@b,". */
static char *bare_address(const char *word)
{
	const char *start = strchr(word, '<');

	start = start ? start + 1 : word;
	return g_strndup(start, strcspn(start, ">,"));
}

static gboolean groups_change(struct command *c, const GPtrArray *groups, enum group_mode mode,
			      const char *word, GError **error)
{
	g_autofree char *text = mode == GROUP_ADDR ? bare_address(word) : g_strdup(word);

	for (guint i = 0; i < groups->len; i++) {
		struct group *g = g_ptr_array_index(groups, i);

		if (!c->data && !strcmp(word, "*")) {
			g_hash_table_remove_all(g->addresses);
			g_ptr_array_set_size(g->regexes, 0);
		} else if (mode == GROUP_UNSAID) {
			return error_set(error, CUR_ERROR_USAGE, "%s: -rx or -addr is missing",
					 c->name);
		} else if (!group_change(g, mode, c->data, text, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean run_group(struct command *c, GError **error)
{
	g_autoptr(GPtrArray) groups = g_ptr_array_new();
	g_autofree char *word = take_groups(c, groups, error);
	enum group_mode mode = GROUP_UNSAID;

	while (word) {
		if (!g_ascii_strcasecmp(word, "-rx"))
			mode = GROUP_RX;
		else if (!g_ascii_strcasecmp(word, "-addr"))
			mode = GROUP_ADDR;
		else if (!groups_change(c, groups, mode, word, error))
			return FALSE;
		g_free(word);
		word = NULL;
		if (words_at_end(c->words))
			return TRUE;
		word = command_word(c, 0, error);
	}
	return FALSE;
}

/* ---- alias ------------------------------------------------------------------------------ */

const GPtrArray *conf_aliases(const struct conf *conf)
{
	return conf->aliases;
}

static struct alias *find_alias(const struct conf *conf, const char *key)
{
	for (guint i = 0; i < conf->aliases->len; i++) {
		struct alias *a = g_ptr_array_index(conf->aliases, i);

		if (!g_ascii_strcasecmp(a->key, key))
			return a;
	}
	return NULL;
}

const struct alias *conf_alias(const struct conf *conf, const char *key)
{
	return find_alias(conf, key);
}

static struct alias *put_alias(struct conf *conf, const char *key, const char *addresses)
{
	struct alias *a = find_alias(conf, key);

	if (!a) {
		a = g_new0(struct alias, 1);
		a->key = g_strdup(key);
		g_ptr_array_add(conf->aliases, a);
	}
	g_free(a->addresses);
	a->addresses = g_strdup(addresses);
	g_clear_pointer(&a->comment, g_free);
	return a;
}

void conf_add_alias(struct conf *conf, const char *key, const char *addresses)
{
	put_alias(conf, key, addresses);
	conf->generation++;
}

void conf_remove_alias(struct conf *conf, const char *key)
{
	struct alias *a = find_alias(conf, key);

	if (!a)
		return;
	g_ptr_array_remove(conf->aliases, a);
	conf->generation++;
}

static gboolean run_alias(struct command *c, GError **error)
{
	const enum words_flags text = WORDS_SPACE | WORDS_QUOTES | WORDS_SEMICOLON;
	g_autoptr(GPtrArray) groups = g_ptr_array_new();
	g_autofree char *key = take_groups(c, groups, error);
	g_autofree char *addresses = NULL;
	struct alias *a;

	if (!key)
		return FALSE;
	if (command_names_nothing(c))
		return TRUE;
	addresses = command_word(c, text, error);
	if (!addresses)
		return FALSE;
	a = put_alias(c->conf, key, g_strchomp(addresses));
	if (words_peek(c->words) == '#')
		a->comment = g_strstrip(g_strdup(words_rest(c->words) + 1));
	return groups_change(c, groups, GROUP_ADDR, addresses, error);
}

static gboolean run_unalias(struct command *c, GError **error)
{
	do {
		g_autofree char *key = command_word(c, 0, error);
		struct alias *a;

		if (!key)
			return FALSE;
		if (!strcmp(key, "*"))
			g_ptr_array_set_size(c->conf->aliases, 0);
		else if ((a = find_alias(c->conf, key)))
			g_ptr_array_remove(c->conf->aliases, a);
	} while (!words_at_end(c->words));
	return TRUE;
}

const struct command_row address_commands[] = {
    {"alias", run_alias, TRUE},
    {"unalias", run_unalias, 0},
    {"alternates", run_add_addresses, LIST_ALTERNATES},
    {"unalternates", run_remove_addresses, LIST_ALTERNATES},
    {"lists", run_add_addresses, LIST_KNOWN},
    {"unlists", run_remove_addresses, LIST_KNOWN},
    {"subscribe", run_add_addresses, LIST_SUBSCRIBED},
    {"unsubscribe", run_remove_addresses, LIST_SUBSCRIBED},
    {"group", run_group, TRUE},
    {"ungroup", run_group, FALSE},
    {NULL, NULL, 0},
};
