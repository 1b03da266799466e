/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a line to the handlers of its commands. */
#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "inside.h"
#include "shells-private.h"
#include "show.h"

enum { DEPTH_MAX = 32, SHELL_TIMEOUT_MS = 60000, SHELL_LIMIT = 1024 * 1024 };

static const struct conf_command_info infos[] = {
#define COMMAND(id, name, arguments, origin, state, help)                                          \
	{name, arguments, ORIGIN_##origin, STATE_##state, help},
#include "cur/commands.def"
#undef COMMAND
};

static const struct command_row *const tables[] = {
    set_commands,	 key_commands,	   color_commands,   hook_commands, list_commands,
    address_commands,	 mailbox_commands, control_commands, misc_commands, keep_commands,
    attachment_commands, account_commands, spam_commands,
};

const struct conf_command_info *conf_command_at(guint i)
{
	return i < G_N_ELEMENTS(infos) ? &infos[i] : NULL;
}

static const struct conf_command_info *find_info(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(infos); i++)
		if (!strcmp(infos[i].name, name))
			return &infos[i];
	return NULL;
}

gboolean command_is_known(const char *name)
{
	return find_info(name) != NULL;
}

enum conf_origin command_origin(const char *name)
{
	const struct conf_command_info *info = find_info(name);

	return info ? info->origin : ORIGIN_BOTH;
}

static const struct command_row *find_row(const char *name)
{
	for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
		for (const struct command_row *row = tables[t]; row->name; row++)
			if (!strcmp(row->name, name))
				return row;
	return NULL;
}

static char *nearest_command(const char *name)
{
	const char *names[G_N_ELEMENTS(infos) + 1] = {NULL};

	for (guint i = 0; i < G_N_ELEMENTS(infos); i++)
		names[i] = infos[i].name;
	return nearest_hint(name, names);
}

/* ---- help for handlers --------------------------------------------------------- */

char *command_word(struct command *c, enum words_flags flags, GError **error)
{
	char *word = words_next(c->words, flags);

	if (!word)
		error_set(error, CUR_ERROR_USAGE, "%s: %s", c->name,
			  words_error(c->words) ? words_error(c->words) : "too few arguments");
	return word;
}

char *command_value(struct command *c)
{
	gboolean before = c->conf->in_value;
	char *value;

	c->conf->in_value = TRUE;
	value = words_next(c->words, 0);
	c->conf->in_value = before;
	return value;
}

/* What a handler left is too much: nothing on a line is dropped in silence. */
static gboolean check_end(const struct command *c, GError **error)
{
	if (words_at_end(c->words))
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "%s: too many arguments", c->name);
}

void command_remark(struct command *c, enum conf_severity severity, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	conf_add_problem(c->conf, c->column ? c->column : words_column(c->words), severity,
			 g_strdup_vprintf(format, args));
	va_end(args);
}

void command_remark_state(struct command *c, const char *name, enum conf_state state,
			  const char *help)
{
	g_autofree char *words = show_state(state, help);

	if (words)
		command_remark(c, CONF_NOTE, "%s %s %s", name,
			       state == STATE_REPLACED ? "is" : "has", words);
}

struct conf_problem *command_missing(struct command *c, const char *text)
{
	struct conf_problem *problem =
	    conf_add_problem(c->conf, words_column(c->words), CONF_WARNING, g_strdup(text));

	problem->missing = TRUE;
	return problem;
}

gboolean command_names_nothing(struct command *c)
{
	if (!words_at_end(c->words))
		return FALSE;
	command_remark(c, CONF_WARNING, "%s names nothing", c->name);
	return TRUE;
}

/* ---- lines --------------------------------------------------------------------- */

static gboolean is_setting(const struct conf *conf, const char *name)
{
	return variable_find(name) || conf_my_variable(conf, name);
}

static char *source_variable(void *data, const char *name)
{
	const char *exported = g_getenv(name);
	struct conf *conf = data;
	char *value;

	if (exported && is_setting(conf, name) && !dialect_is_neomutt(conf, RULE_ENVIRONMENT))
		return g_strdup(exported);
	value = conf_lookup(conf, name);
	if (!value && dialect_is_neomutt(conf, RULE_UNKNOWN_NAME))
		return g_strconcat("$", name, NULL);
	return value;
}

static char *run_shell(const char *command)
{
	struct child_input input = {.timeout_ms = SHELL_TIMEOUT_MS, .limit = SHELL_LIMIT};
	struct child_result result;
	g_autofree char *output = NULL;
	gsize n;
	const char *bytes;

	if (!child_shell(command, NULL, &input, &result, NULL))
		return NULL;
	bytes = g_bytes_get_data(result.out, &n);
	output = g_strndup(bytes ? bytes : "", n);
	child_result_clear(&result);
	return g_steal_pointer(&output);
}

/* The length of "$name" or "${name}" where that is a setting, with its value; else 0. */
static gsize take_setting(const struct conf *conf, const char *at, char **value)
{
	gboolean braced = *at == '$' && at[1] == '{';
	const char *start = at + 1 + braced;
	gsize n = 0;
	g_autofree char *name = NULL;

	if (*at != '$')
		return 0;
	while (g_ascii_isalnum(start[n]) || start[n] == '_')
		n++;
	name = g_strndup(start, n);
	if ((braced && start[n] != '}') || !is_setting(conf, name))
		return 0;
	*value = conf_lookup(conf, name);
	return (gsize)(start - at) + n + braced;
}

/* NeoMutt puts settings into the command; what is none, the shell knows. Yours. */
static char *with_settings(struct conf *conf, const char *command)
{
	GString *out = g_string_new(NULL);

	while (*command) {
		g_autofree char *value = NULL;
		gsize n = take_setting(conf, command, &value);

		if (n && dialect_is_neomutt(conf, RULE_BACKTICKS)) {
			g_string_append(out, value);
			command += n;
		} else {
			g_string_append_c(out, *command++);
		}
	}
	return g_string_free(out, FALSE);
}

static char *source_shell(void *data, const char *text)
{
	struct conf *conf = data;
	g_autofree char *command = NULL;
	char *output = NULL;

	if (conf->flags & CONF_NO_SHELL)
		return NULL;
	command = conf->in_value ? with_settings(conf, text) : g_strdup(text);
	if (conf->flags & CONF_DRY)
		return g_strdup("0");
	if (conf->shells)
		output = shells_hear(conf->shells, command, SHELL_TIMEOUT_MS);
	if (output)
		return output;
	output = run_shell(command);
	if (conf->shells)
		shells_tell(conf->shells, command, output);
	return output;
}

gboolean command_skip_words(struct command *c)
{
	g_autofree char *word = NULL;

	while ((word = words_next(c->words, WORDS_NO_DOLLAR)))
		g_clear_pointer(&word, g_free);
	return TRUE;
}

static gboolean run_command(struct conf *conf, struct words *w, char **message, GError **error)
{
	g_autofree char *name = words_next(w, 0);
	const struct conf_command_info *info = name ? find_info(name) : NULL;
	const struct command_row *row = info ? find_row(name) : NULL;
	struct command c = {.conf = conf, .words = w, .asked = message && !conf->file};
	gboolean ok;

	if (!name)
		return words_error(w) ? error_set(error, CUR_ERROR_USAGE, "%s", words_error(w))
				      : TRUE;
	if (!info) {
		g_autofree char *hint = nearest_command(name);

		return error_set(error, CUR_ERROR_USAGE, "unknown command '%s'%s", name, hint);
	}
	c.name = info->name;
	c.data = row ? row->data : 0;
	/* What nothing stands behind yet is never silent. */
	command_remark_state(&c, c.name, info->state, info->help);
	ok = (row ? row->run(&c, error) : command_skip_words(&c)) && check_end(&c, error);
	conf->generation++;
	if (c.message && message) {
		g_free(*message);
		*message = g_steal_pointer(&c.message);
	}
	g_free(c.message);
	return ok;
}

gboolean conf_run_line(struct conf *conf, const char *line, char **message, int *column,
		       GError **error)
{
	const struct words_source source = {source_variable, source_shell, conf};
	auto_ptr(words) w = NULL;
	gboolean ok = TRUE;

	if (conf->command_depth >= DEPTH_MAX)
		return error_set(error, CUR_ERROR_USAGE, "commands are nested too deeply");
	conf->command_depth++;
	w = words_new(line, &source);
	do
		ok = run_command(conf, w, message, error);
	while (ok && !conf->finish && words_next_command(w));
	conf->command_depth--;
	if (column)
		*column = words_column(w);
	return ok;
}

gboolean conf_command(struct conf *conf, const char *line, char **message, GError **error)
{
	gboolean ok;

	if (message)
		*message = NULL;
	ok = conf_run_line(conf, line, message, NULL, error);
	if (conf->command_depth == 0 && !conf->file)
		conf->finish = FALSE;
	return ok;
}
