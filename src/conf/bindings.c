/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bind, unbind, macro, unmacro, push, exec; the defaults of bindings.def. */
#include "cur/conf/bindings.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "inside.h"
#include "show.h"

static void binding_free(struct binding *b)
{
	g_free(b->macro);
	g_free(b->text);
	g_free(b->place);
	g_free(b);
}

static gboolean falls_back(enum menu menu)
{
	return menu != MENU_GENERIC && menu != MENU_PAGER && menu != MENU_EDITOR;
}

/* TRUE when one sequence begins with the other: they cannot both be typed. */
static gboolean keys_clash(const struct binding *b, const int *keys, guint n)
{
	return !memcmp(b->keys, keys, MIN(b->n_keys, n) * sizeof(*keys));
}

static int compare_keys(const struct binding *a, const struct binding *b)
{
	for (guint i = 0; i < MIN(a->n_keys, b->n_keys); i++)
		if (a->keys[i] != b->keys[i])
			return a->keys[i] < b->keys[i] ? -1 : 1;
	return (int)a->n_keys - (int)b->n_keys;
}

static void insert_sorted(GPtrArray *list, struct binding *b)
{
	guint at = list->len;

	while (at > 0 && compare_keys(b, g_ptr_array_index(list, at - 1)) < 0)
		at--;
	g_ptr_array_insert(list, at, b);
}

/* ---- defaults ---------------------------------------------------------------------- */

static const struct {
	enum menu menu;
	enum function function;
	const char *mutt, *neomutt;
	enum conf_origin origin;
} defaults[] = {
#define BINDING(menu, function, mutt, neomutt, origin)                                             \
	{MENU_##menu, FN_##function, mutt, neomutt, ORIGIN_##origin},
#include "cur/bindings.def"
#undef BINDING
};

/* Keys of a table: only backslashes mean something. Returns how many there are. */
static guint default_keys(const char *text, int keys[KEYS_MAX])
{
	auto_ptr(words) w = words_new(text, NULL);
	g_autofree char *word =
	    words_next(w, WORDS_SEMICOLON | WORDS_COMMENT | WORDS_QUOTES | WORDS_NO_DOLLAR);

	return keys_parse(word, keys, NULL);
}

static void add_default(struct conf *conf, enum menu menu, enum function fn, const char *text)
{
	struct binding *b = g_new0(struct binding, 1);

	b->menu = menu;
	b->function = fn;
	b->is_default = TRUE;
	b->n_keys = default_keys(text, b->keys);
	insert_sorted(conf->bindings[menu], b);
}

static gboolean is_taken(const struct conf *conf, enum menu menu, enum function fn,
			 const char *text)
{
	int keys[KEYS_MAX];
	guint n = default_keys(text, keys);
	const GPtrArray *list = conf->bindings[menu];

	for (guint i = 0; i < list->len; i++)
		if (keys_clash(g_ptr_array_index(list, i), keys, n))
			return TRUE;
	list = conf->bindings[MENU_GENERIC];
	for (guint i = 0; falls_back(menu) && i < list->len; i++) {
		const struct binding *b = g_ptr_array_index(list, i);

		if (b->function != fn && keys_clash(b, keys, n))
			return TRUE;
	}
	return FALSE;
}

/* mutt's keys first; a function that only NeoMutt has gets what is left. */
static void add_defaults(struct conf *conf, gboolean neomutt)
{
	for (guint i = 0; i < G_N_ELEMENTS(defaults); i++) {
		const char *text = neomutt ? defaults[i].neomutt : defaults[i].mutt;
		g_auto(GStrv) keys = g_strsplit(text, " ", -1);

		if (neomutt != (defaults[i].origin == ORIGIN_NEOMUTT))
			continue;
		for (char **k = keys; *k; k++)
			if (**k && (!neomutt ||
				    !is_taken(conf, defaults[i].menu, defaults[i].function, *k)))
				add_default(conf, defaults[i].menu, defaults[i].function, *k);
	}
}

void bindings_init(struct conf *conf)
{
	for (guint m = 0; m < MENU_N; m++)
		conf->bindings[m] = g_ptr_array_new_with_free_func((GDestroyNotify)binding_free);
	add_defaults(conf, FALSE);
	add_defaults(conf, TRUE);
}

void bindings_clear(struct conf *conf)
{
	for (guint m = 0; m < MENU_N; m++)
		g_ptr_array_unref(conf->bindings[m]);
}

/* ---- NeoMutt's ------------------------------------------------------------------------ */

static const struct {
	enum menu menu;
	const char *key;
	enum function function;
} neomutt_keys[] = {
#define DEFAULT(...)
#define KEY(menu, key, mutt, neomutt, note) {MENU_##menu, key, FN_##neomutt},
#define RULE(...)
#include "cur/dialects.def"
#undef DEFAULT
#undef KEY
#undef RULE
};

/* The binding of exactly these keys, NULL when there is none. */
static struct binding *find_exact(const GPtrArray *list, const int *keys, guint n)
{
	for (guint i = 0; i < list->len; i++) {
		struct binding *b = g_ptr_array_index(list, i);

		if (b->n_keys == n && keys_clash(b, keys, n))
			return b;
	}
	return NULL;
}

void bindings_follow(struct conf *conf)
{
	for (guint i = 0; i < G_N_ELEMENTS(neomutt_keys); i++) {
		GPtrArray *list = conf->bindings[neomutt_keys[i].menu];
		int keys[KEYS_MAX];
		guint n = default_keys(neomutt_keys[i].key, keys);
		struct binding *old = find_exact(list, keys, n);

		if (old && !old->is_default)
			continue;
		if (old)
			g_ptr_array_remove(list, old);
		add_default(conf, neomutt_keys[i].menu, neomutt_keys[i].function,
			    neomutt_keys[i].key);
	}
}

void bindings_changes(const struct conf *conf, GPtrArray *changes)
{
	for (guint i = 0; i < G_N_ELEMENTS(neomutt_keys); i++) {
		enum menu menu = neomutt_keys[i].menu;
		int keys[KEYS_MAX];
		guint n = default_keys(neomutt_keys[i].key, keys);
		const struct binding *b = find_exact(conf->bindings[menu], keys, n);
		g_autofree char *name = keys_name(keys, n);

		if (b && b->is_default && b->function == neomutt_keys[i].function)
			g_ptr_array_add(changes, g_strdup_printf("'%s' in %s runs %s, as NeoMutt's "
								 "keys have it",
								 name, menu_name(menu),
								 function_name(b->function)));
	}
}

/* ---- questions ----------------------------------------------------------------------- */

const GPtrArray *conf_bindings(const struct conf *conf, enum menu menu)
{
	return conf->bindings[menu];
}

static const struct binding *find_in(const GPtrArray *list, const int *keys, guint n,
				     gboolean *partial)
{
	for (guint i = 0; i < list->len; i++) {
		const struct binding *b = g_ptr_array_index(list, i);

		if (b->n_keys < n || !keys_clash(b, keys, n))
			continue;
		if (b->n_keys == n)
			return b;
		*partial = TRUE;
	}
	return NULL;
}

const struct binding *conf_binding_find(const struct conf *conf, enum menu menu, const int *keys,
					guint n, gboolean *partial)
{
	const struct binding *b;

	*partial = FALSE;
	b = find_in(conf->bindings[menu], keys, n, partial);
	if (!b && !*partial && falls_back(menu))
		b = find_in(conf->bindings[MENU_GENERIC], keys, n, partial);
	return b && b->function == FN_NOOP ? NULL : b;
}

const struct binding *conf_binding_of(const struct conf *conf, enum menu menu,
				      enum function function)
{
	const GPtrArray *list = conf->bindings[menu];

	for (guint i = 0; i < list->len; i++) {
		const struct binding *b = g_ptr_array_index(list, i);

		if (b->function == function)
			return b;
	}
	return falls_back(menu) ? conf_binding_of(conf, MENU_GENERIC, function) : NULL;
}

/* ---- commands ------------------------------------------------------------------------ */

/* "index,pager" as a bit for each menu; 0 with *error. */
static guint32 parse_menus(const char *text, GError **error)
{
	g_auto(GStrv) names = g_strsplit(text, ",", -1);
	guint32 menus = 0;

	for (char **n = names; *n; n++) {
		enum menu menu = menu_find(*n);
		const char *known[MENU_N + 1] = {NULL};
		g_autofree char *hint = NULL;

		if (menu != MENU_N) {
			menus |= 1u << menu;
			continue;
		}
		for (guint m = 0; m < MENU_N; m++)
			known[m] = menu_name(m);
		hint = nearest_hint(*n, known);
		error_set(error, CUR_ERROR_USAGE, "unknown menu '%s'%s", *n, hint);
		return 0;
	}
	if (!menus)
		error_set(error, CUR_ERROR_USAGE, "a menu without a name");
	return menus;
}

/* What mutt takes in silence and nobody can have meant. */
static void remark_keys(struct command *c, const char *text, guint n_keys)
{
	g_autofree char *odd = keys_odd_name(text);

	if (n_keys > KEYS_MAX)
		command_remark(c, CONF_WARNING, "'%s' is longer than %d keys: not bound", text,
			       KEYS_MAX);
	else if (odd)
		command_remark(c, CONF_WARNING, "no key is called '%s': taken letter by letter",
			       odd);
}

static gboolean take_menus_and_keys(struct command *c, guint32 *menus, struct binding *b,
				    GError **error)
{
	g_autofree char *menu_text = command_word(c, 0, error);
	g_autofree char *key_text = NULL;

	if (!menu_text)
		return FALSE;
	*menus = parse_menus(menu_text, error);
	key_text = *menus ? command_word(c, 0, error) : NULL;
	if (!key_text)
		return FALSE;
	c->column = words_column(c->words);
	b->n_keys = keys_parse(key_text, b->keys, error);
	if (b->n_keys > KEYS_MAX)
		*menus = 0;
	remark_keys(c, key_text, b->n_keys);
	return b->n_keys > 0;
}

/* A binding that goes was the user's own, and it is not the same line again. */
static void remark_clash(struct command *c, enum menu menu, const struct binding *old,
			 const struct binding *b)
{
	g_autofree char *old_name = keys_name(old->keys, old->n_keys);
	g_autofree char *name = keys_name(b->keys, b->n_keys);
	g_autofree char *place = conf_place(c->conf);

	if (old->is_default || old->function == FN_NOOP || !g_strcmp0(place, old->place))
		return;
	if (old->n_keys != b->n_keys)
		command_remark(c, CONF_WARNING, "'%s' takes the place of '%s' in %s%s%s%s", name,
			       old_name, menu_name(menu), old->place ? " (" : "",
			       old->place ? old->place : "", old->place ? ")" : "");
	else if (old->place && place)
		command_remark(c, CONF_WARNING, "'%s' in %s is bound twice: before at %s", name,
			       menu_name(menu), old->place);
}

/* TRUE where `noop` takes the binding of the menu away, so that the generic one holds. */
static gboolean shows_generic(struct command *c, enum menu menu, const struct binding *b)
{
	return b->function == FN_NOOP && falls_back(menu) &&
	       find_exact(c->conf->bindings[MENU_GENERIC], b->keys, b->n_keys) &&
	       dialect_is_neomutt(c->conf, RULE_NOOP);
}

/* The new binding takes the place of those it clashes with; `c` (or NULL) is told of them. */
static void put_binding(struct conf *conf, struct command *c, enum menu menu,
			const struct binding *b)
{
	GPtrArray *list = conf->bindings[menu];
	struct binding *copy;

	for (guint i = list->len; i-- > 0;) {
		const struct binding *old = g_ptr_array_index(list, i);

		if (!keys_clash(old, b->keys, b->n_keys))
			continue;
		if (c)
			remark_clash(c, menu, old, b);
		g_ptr_array_remove_index(list, i);
	}
	if (c && shows_generic(c, menu, b))
		return;
	copy = g_memdup2(b, sizeof(*b));
	copy->menu = menu;
	copy->macro = g_strdup(b->macro);
	copy->text = g_strdup(b->text);
	copy->place = conf_user_place(conf);
	insert_sorted(list, copy);
}

static gboolean unknown_function(const char *name, GError **error)
{
	const char *known[FN_N + 1] = {NULL};
	g_autofree char *hint = NULL;

	for (guint f = 0; f < FN_N; f++)
		known[f] = function_name(f);
	hint = nearest_hint(name, known);
	return error_set(error, CUR_ERROR_USAGE, "unknown function '%s'%s", name, hint);
}

static void remark_state(struct command *c, enum function fn)
{
	g_autofree char *name = g_strconcat("function ", function_name(fn), NULL);

	command_remark_state(c, name, function_state(fn), function_help(fn));
}

/* Those of the menus that offer the function. */
static guint32 menus_with(struct command *c, enum function fn, guint32 menus)
{
	guint32 with = 0;

	for (guint m = 0; m < MENU_N; m++) {
		if (!(menus & 1u << m))
			continue;
		if (function_in_menu(fn, m) ||
		    (falls_back(m) && function_in_menu(fn, MENU_GENERIC)))
			with |= 1u << m;
		else
			command_remark(c, CONF_WARNING, "menu %s has no function '%s': not bound",
				       menu_name(m), function_name(fn));
	}
	return with;
}

/* TRUE when no key was named: then what is bound is shown. */
static gboolean show_if_asked(struct command *c, gboolean macros)
{
	const char *rest = words_rest(c->words);
	guint32 menus = (1u << MENU_N) - 1;
	g_autofree char *word = NULL;

	if (!c->asked || strpbrk(rest, " \t"))
		return FALSE;
	if (*rest && strcmp(rest, "*")) {
		menus = parse_menus(rest, NULL);
		if (!menus)
			return FALSE;
	}
	word = words_next(c->words, 0);
	c->message = show_bindings(c->conf, menus, macros);
	return TRUE;
}

static gboolean run_bind(struct command *c, GError **error)
{
	struct binding b = {0};
	g_autofree char *name = NULL;
	guint32 menus;
	int keys_column;

	if (show_if_asked(c, FALSE))
		return TRUE;
	if (!take_menus_and_keys(c, &menus, &b, error))
		return FALSE;
	name = command_word(c, 0, error);
	if (!name)
		return FALSE;
	b.function = g_ascii_strcasecmp(name, "noop") ? function_find(name) : FN_NOOP;
	if (b.function == FN_N)
		return unknown_function(name, error);
	keys_column = c->column;
	c->column = 0;
	menus = menus_with(c, b.function, menus);
	remark_state(c, b.function);
	c->column = keys_column;
	for (guint m = 0; m < MENU_N; m++)
		if (menus & 1u << m)
			put_binding(c->conf, c, m, &b);
	return TRUE;
}

static gboolean run_macro(struct command *c, GError **error)
{
	struct binding b = {.function = FN_N};
	g_autofree char *sequence = NULL;
	g_autofree char *text = NULL;
	guint32 menus;

	if (show_if_asked(c, TRUE))
		return TRUE;
	if (!take_menus_and_keys(c, &menus, &b, error))
		return FALSE;
	sequence = command_word(c, WORDS_CONTROL, error);
	if (!sequence)
		return FALSE;
	text = words_next(c->words, WORDS_CONTROL);
	b.macro = sequence;
	b.text = text;
	for (guint m = 0; m < MENU_N; m++)
		if (menus & 1u << m)
			put_binding(c->conf, c, m, &b);
	return TRUE;
}

gboolean conf_add_macro(struct conf *conf, enum menu menu, const char *keys, const char *sequence,
			const char *text, GError **error)
{
	struct binding b = {.function = FN_N};

	b.n_keys = keys_parse(keys, b.keys, error);
	if (!b.n_keys)
		return FALSE;
	b.macro = (char *)sequence;
	b.text = (char *)text;
	put_binding(conf, NULL, menu, &b);
	return TRUE;
}

static gboolean is_kind(const struct binding *b, gboolean macros)
{
	return (b->macro != NULL) == macros;
}

static void remove_bindings(GPtrArray *list, const struct binding *pattern, gboolean macros)
{
	for (guint i = list->len; i-- > 0;) {
		const struct binding *b = g_ptr_array_index(list, i);
		gboolean same =
		    pattern->n_keys == 0 ||
		    (b->n_keys == pattern->n_keys && keys_clash(b, pattern->keys, pattern->n_keys));

		if (same && is_kind(b, macros))
			g_ptr_array_remove_index(list, i);
	}
}

/* Without these nobody could leave a menu or mend the bindings. */
static void keep_vital(struct conf *conf, enum menu menu)
{
	static const struct {
		const char *key;
		enum function function;
	} vital[] = {
	    {"?", FN_HELP}, {":", FN_ENTER_COMMAND}, {"q", FN_EXIT}, {"<Enter>", FN_SELECT_ENTRY}};
	gboolean partial;

	for (guint i = 0; menu != MENU_EDITOR && i < G_N_ELEMENTS(vital); i++) {
		int keys[KEYS_MAX];
		guint n = keys_parse(vital[i].key, keys, NULL);

		if (!function_in_menu(vital[i].function, menu) &&
		    !(falls_back(menu) && function_in_menu(vital[i].function, MENU_GENERIC)))
			continue;
		if (!conf_binding_of(conf, menu, vital[i].function) &&
		    !find_in(conf->bindings[menu], keys, n, &partial))
			add_default(conf, menu, vital[i].function, vital[i].key);
	}
}

static gboolean run_unbind(struct command *c, GError **error)
{
	g_autofree char *menu_text = command_word(c, 0, error);
	g_autofree char *key_text = NULL;
	struct binding pattern = {0};
	guint32 menus;

	if (!menu_text)
		return FALSE;
	menus = strcmp(menu_text, "*") ? parse_menus(menu_text, error) : (1u << MENU_N) - 1;
	if (!menus)
		return FALSE;
	key_text = words_next(c->words, 0);
	if (key_text && !(pattern.n_keys = keys_parse(key_text, pattern.keys, error)))
		return FALSE;
	for (guint m = 0; m < MENU_N; m++)
		if (menus & 1u << m) {
			remove_bindings(c->conf->bindings[m], &pattern, c->data);
			if (!key_text && !c->data)
				keep_vital(c->conf, m);
		}
	return TRUE;
}

static gboolean run_push(struct command *c, GError **error)
{
	char *keys;

	if (command_names_nothing(c))
		return TRUE;
	keys = command_word(c, WORDS_CONTROL, error);
	if (!keys)
		return FALSE;
	g_ptr_array_add(c->conf->pushed, keys);
	return TRUE;
}

static gboolean run_exec(struct command *c, GError **error)
{
	do {
		g_autofree char *name = command_word(c, 0, error);

		if (!name)
			return FALSE;
		if (function_find(name) == FN_N)
			return unknown_function(name, error);
		g_ptr_array_add(c->conf->pushed, g_strdup_printf("<%s>", name));
	} while (!words_at_end(c->words));
	return TRUE;
}

const struct command_row key_commands[] = {
    {"bind", run_bind, 0},
    {"macro", run_macro, 0},
    {"unbind", run_unbind, FALSE},
    {"unmacro", run_unbind, TRUE},
    {"push", run_push, 0},
    {"exec", run_exec, 0},
    {NULL, NULL, 0},
};
