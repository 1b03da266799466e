/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set, unset, toggle, reset: prefixes, operators, my_ variables. */
#include <string.h>
#include <sys/stat.h>

#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "cur/base/path.h"
#include "cur/conf/dump.h"
#include "inside.h"
#include "show.h"

enum act { ACT_SET, ACT_UNSET, ACT_TOGGLE, ACT_RESET, ACT_QUERY };
enum operator{ OPERATOR_NONE, OPERATOR_ASSIGN, OPERATOR_APPEND, OPERATOR_REMOVE, OPERATOR_QUERY };

/* What nothing reads, or what something else does: said once where it is set. */
static void remark_state(struct command *c, const struct variable *v)
{
	command_remark_state(c, v->name, v->state, v->help);
}

/* Values that ask for what cur does in one way only. */
static void remark_value(struct command *c, const struct variable *v)
{
	const struct settings *s = conf_settings(c->conf);
	g_autofree char *value = NULL;

	if (v->offset != G_STRUCT_OFFSET(struct settings, mbox_type) ||
	    s->mbox_type == MBOX_TYPE_MAILDIR || s->mbox_type == MBOX_TYPE_MAILDIR_LOWER)
		return;
	value = settings_text(s, v);
	command_remark(c, CONF_NOTE, "mbox_type=%s has no effect: new mailboxes are Maildirs",
		       value);
}

char *nearest_variable(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const struct variable *v;
	const char *synonym;

	for (guint i = 0; (v = variable_at(i)); i++)
		g_ptr_array_add(names, (char *)v->name);
	for (guint i = 0; (synonym = variable_synonym_at(i, NULL)); i++)
		g_ptr_array_add(names, (char *)synonym);
	g_ptr_array_add(names, NULL);
	return nearest_hint(name, (const char *const *)names->pdata);
}

static gboolean unknown_variable(const char *name, GError **error)
{
	g_autofree char *hint = nearest_variable(name);

	return error_set(error, CUR_ERROR_USAGE, "unknown variable '%s'%s", name, hint);
}

/* no, inv, & and ? in front of the name; they hold for `set` only. */
static enum act take_prefix(struct command *c)
{
	const char *rest = words_rest(c->words);

	if (words_take(c->words, '?', FALSE))
		return ACT_QUERY;
	if (words_take(c->words, '&', FALSE))
		return ACT_RESET;
	if (g_str_has_prefix(rest, "no") && words_take(c->words, 'n', FALSE))
		return words_take(c->words, 'o', FALSE) ? ACT_UNSET : ACT_SET;
	if (g_str_has_prefix(rest, "inv")) {
		for (const char *p = "inv"; *p; p++)
			words_take(c->words, *p, FALSE);
		return ACT_TOGGLE;
	}
	return ACT_SET;
}

static enum operator take_operator(struct command *c)
{
	const char *rest = words_rest(c->words);

	if (words_take(c->words, '=', FALSE))
		return OPERATOR_ASSIGN;
	if (words_take(c->words, '?', FALSE))
		return OPERATOR_QUERY;
	if ((*rest == '+' || *rest == '-') && rest[1] == '=') {
		enum operator op = * rest == '+' ? OPERATOR_APPEND : OPERATOR_REMOVE;

		words_take(c->words, *rest, FALSE);
		words_take(c->words, '=', FALSE);
		return op;
	}
	return OPERATOR_NONE;
}

/* The word after an operator; nothing is an empty value. */
static char *take_value(struct command *c, GError **error)
{
	char *value = command_value(c);

	if (!value && words_error(c->words))
		error_set(error, CUR_ERROR_USAGE, "%s", words_error(c->words));
	else if (!value)
		value = g_strdup("");
	return value;
}

/* ---- my_ variables --------------------------------------------------------------- */

static void change_my(struct command *c, const char *name, enum operator op, const char *value)
{
	const char *old = conf_my_variable(c->conf, name);

	g_hash_table_replace(c->conf->my, g_strdup(name),
			     op == OPERATOR_APPEND ? g_strconcat(old ? old : "", value, NULL)
						   : g_strdup(value));
}

static gboolean query_my(struct command *c, const char *name, GError **error)
{
	const char *value = conf_my_variable(c->conf, name);
	g_autofree char *quoted = value ? words_quote(value) : NULL;

	if (!value)
		return error_set(error, CUR_ERROR_USAGE, "unknown variable '%s'", name);
	c->message = g_strconcat(name, "=", quoted, NULL);
	return TRUE;
}

static gboolean set_my(struct command *c, const char *name, enum act act, GError **error)
{
	enum operator op = take_operator(c);
	g_autofree char *value = NULL;

	if (act == ACT_UNSET || act == ACT_RESET) {
		g_hash_table_remove(c->conf->my, name);
		return TRUE;
	}
	if (act == ACT_TOGGLE || op == OPERATOR_REMOVE)
		return error_set(error, CUR_ERROR_USAGE, "%s is text", name);
	if (act == ACT_QUERY || op == OPERATOR_QUERY || op == OPERATOR_NONE)
		return query_my(c, name, error);
	value = take_value(c, error);
	if (value)
		change_my(c, name, op, value);
	return value != NULL;
}

/* ---- variables ------------------------------------------------------------------- */

static gboolean is_switch(const struct variable *v)
{
	return v->kind == VARIABLE_BOOL || v->kind == VARIABLE_QUAD;
}

static gboolean is_path(const struct variable *v)
{
	return v->kind == VARIABLE_PATH || v->kind == VARIABLE_MAILBOX;
}

/* $spoolfile may be what named-mailboxes calls one, now or later in the file. */
static gboolean is_label(const struct variable *v, const char *value)
{
	return v->offset == G_STRUCT_OFFSET(struct settings, spoolfile) &&
	       !strpbrk(value, "/=+~<>@^!|") && !g_file_test(value, G_FILE_TEST_EXISTS);
}

/*
 * Paths are expanded here and now, as mutt does; a command only at its "~". A
 * relative path becomes absolute, so that a later `cd` does not change what it means.
 */
static char *expand_value(struct command *c, const struct variable *v, char *value)
{
	g_autofree char *taken = value;
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	if (v->kind == VARIABLE_COMMAND)
		return path_home_expand(value);
	if (!is_path(v) || !*value)
		return g_steal_pointer(&taken);
	if (is_label(v, value))
		return g_steal_pointer(&taken);
	path = conf_expand_path(c->conf, value, &error);
	if (!path) {
		command_remark(c, CONF_WARNING, "%s", error->message);
		return g_steal_pointer(&taken);
	}
	if (strstr(path, "://") || g_str_has_suffix(path, "|"))
		return g_steal_pointer(&path);
	return path_absolute(path);
}

/* What stands there in full, in a file that others can read. */
void conf_remark_password(struct command *c)
{
	const char *value = words_rest(c->words);
	struct stat st;

	value += *value == '"' || *value == '\'';
	if (strchr("`$\"'; \t", *value))
		return;
	if (c->conf->file && stat(c->conf->file, &st) == 0 && (st.st_mode & 077))
		command_remark(c, CONF_WARNING,
			       "a password in a file that others can read (chmod 600 it)");
}

/* Words of a boolean for a quad and of a quad for a boolean: what they mean is plain. */
static char *translate_switch(struct command *c, const struct variable *v, char *value)
{
	static const struct {
		const char *word, *means;
		enum variable_kind kind;
	} words[] = {
	    {"ask-yes", "yes", VARIABLE_BOOL}, {"ask-no", "no", VARIABLE_BOOL},
	    {"true", "yes", VARIABLE_QUAD},    {"false", "no", VARIABLE_QUAD},
	    {"on", "yes", VARIABLE_QUAD},      {"off", "no", VARIABLE_QUAD},
	    {"1", "yes", VARIABLE_QUAD},       {"0", "no", VARIABLE_QUAD},
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (v->kind == words[i].kind && !g_ascii_strcasecmp(value, words[i].word)) {
			command_remark(c, CONF_WARNING, "'%s' is no value for %s: '%s'", value,
				       v->name, words[i].means);
			g_free(value);
			return g_strdup(words[i].means);
		}
	return value;
}

/* A program in backticks that is not here has left nothing: the value stays what it was. */
static gboolean lacks_value(struct command *c, const struct variable *v, const char *value)
{
	if (*value || (!is_switch(v) && v->kind != VARIABLE_NUMBER && v->kind != VARIABLE_SORT &&
		       v->kind != VARIABLE_ENUM))
		return FALSE;
	command_remark(c, CONF_WARNING, "no value: %s stays as it was", v->name);
	return TRUE;
}

static gboolean assign(struct command *c, const struct variable *v, enum operator op,
		       GError **error)
{
	struct settings *s = c->conf->settings;
	g_autofree char *value = NULL;

	if (g_str_has_suffix(v->name, "_pass"))
		conf_remark_password(c);
	value = take_value(c, error);
	if (!value)
		return FALSE;
	if (lacks_value(c, v, value))
		return TRUE;
	if (op == OPERATOR_APPEND)
		return settings_append(s, v, value, error);
	if (op == OPERATOR_REMOVE)
		return settings_remove(s, v, value, error);
	value = translate_switch(c, v, g_steal_pointer(&value));
	value = expand_value(c, v, g_steal_pointer(&value));
	if (is_path(v))
		conf_note_place(c->conf, value);
	if (!settings_set(s, v, value, error))
		return FALSE;
	remark_value(c, v);
	return TRUE;
}

static gboolean query(struct command *c, const struct variable *v)
{
	c->message = show_variable(c->conf, v);
	return TRUE;
}

/* `set name …` */
static gboolean set_plain(struct command *c, const struct variable *v, GError **error)
{
	enum operator op = take_operator(c);

	if (op == OPERATOR_QUERY || (op == OPERATOR_NONE && !is_switch(v)))
		return query(c, v);
	remark_state(c, v);
	if (op == OPERATOR_NONE)
		return settings_enable(c->conf->settings, v, error);
	return assign(c, v, op, error);
}

static gboolean act_on(struct command *c, const struct variable *v, enum act act, GError **error)
{
	switch (act) {
	case ACT_SET:
		return set_plain(c, v, error);
	case ACT_QUERY:
		return query(c, v);
	case ACT_UNSET:
		if (v->kind != VARIABLE_NUMBER || dialect_is_neomutt(c->conf, RULE_UNSET_NUMBER))
			settings_unset(c->conf->settings, v);
		return TRUE;
	case ACT_TOGGLE:
		settings_toggle(c->conf->settings, v);
		return TRUE;
	default:
		settings_reset(c->conf->settings, v);
		return TRUE;
	}
}

static void reset_all(struct conf *conf)
{
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++)
		settings_reset(conf->settings, v);
}

/* `set ?word` at the prompt, where no variable is called so. */
static gboolean search(struct command *c, const char *word)
{
	if (c->asked)
		c->message = show_variables_about(c->conf, word);
	return c->message != NULL;
}

/* One name of the command. Sets *done when the command ends here (a question does that). */
static gboolean one_name(struct command *c, gboolean *done, GError **error)
{
	enum act act = c->data == ACT_SET ? take_prefix(c) : (enum act)c->data;
	g_autofree char *name = command_word(c, WORDS_EQUAL, error);
	const struct variable *v;
	gboolean ok;

	if (!name)
		return FALSE;
	if (act == ACT_RESET && !strcmp(name, "all")) {
		reset_all(c->conf);
		return TRUE;
	}
	v = variable_find(name);
	if (g_str_has_prefix(name, "my_"))
		ok = set_my(c, name, act, error);
	else if (!v && act == ACT_QUERY && search(c, name))
		ok = TRUE;
	else if (!v)
		return unknown_variable(name, error);
	else
		ok = act_on(c, v, act, error);
	if (ok && act != ACT_SET && strchr("=+-", words_peek(c->words)) && words_peek(c->words))
		return error_set(error, CUR_ERROR_USAGE, "%s takes no value here", name);
	*done = c->message != NULL;
	return ok;
}

/* `set`, `set all`, `set ?`: what differs from the defaults, all values, all explanations. */
static gboolean show_many(struct command *c)
{
	const char *rest = words_rest(c->words);
	gboolean alone = words_at_end(c->words);

	if (c->data != ACT_SET || (!alone && strcmp(rest, "all") && strcmp(rest, "?")))
		return FALSE;
	if (!c->asked) {
		command_remark(c, CONF_WARNING, "set shows nothing here");
		return command_skip_words(c);
	}
	c->message = !strcmp(rest, "?")
			 ? show_variables_about(c->conf, "")
			 : conf_dump(c->conf, DUMP_HIDE_SECRETS | (alone ? DUMP_CHANGED : 0));
	if (words_take(c->words, '?', TRUE))
		return TRUE;
	g_free(words_next(c->words, 0));
	return TRUE;
}

static gboolean run_set(struct command *c, GError **error)
{
	gboolean done = FALSE;

	if (show_many(c))
		return TRUE;
	if (words_at_end(c->words))
		return error_set(error, CUR_ERROR_USAGE, "%s: too few arguments", c->name);
	while (!done && !words_at_end(c->words))
		if (!one_name(c, &done, error))
			return FALSE;
	return TRUE;
}

const struct command_row set_commands[] = {
    {"set", run_set, ACT_SET},
    {"unset", run_set, ACT_UNSET},
    {"toggle", run_set, ACT_TOGGLE},
    {"reset", run_set, ACT_RESET},
    {NULL, NULL, 0},
};
