/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct conf: made, freed, asked; its list of problems. */
#include "cur/conf/conf.h"

#include <string.h>

#include "cur/conf/shells.h"
#include "inside.h"
#include "shells-private.h"

static void problem_free(struct conf_problem *problem)
{
	g_free(problem->file);
	g_free(problem->text);
	g_free(problem);
}

struct conf *conf_new(enum conf_flags flags)
{
	struct conf *conf = g_new0(struct conf, 1);

	conf->flags = flags;
	conf->settings = settings_new();
	conf->my = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	conf->problems = g_ptr_array_new_with_free_func((GDestroyNotify)problem_free);
	conf->sources = g_ptr_array_new_with_free_func(g_free);
	conf->joints = g_array_new(FALSE, FALSE, sizeof(int));
	conf->pushed = g_ptr_array_new_with_free_func(g_free);
	dialects_init(conf);
	bindings_init(conf);
	colors_init(conf);
	hooks_init(conf);
	lists_init(conf);
	addresses_init(conf);
	mailboxes_init(conf);
	misc_init(conf);
	keep_init(conf);
	attachments_init(conf);
	spam_init(conf);
	blocks_init(conf);
	return conf;
}

void conf_set_flags(struct conf *conf, enum conf_flags flags)
{
	conf->flags = flags;
}

void conf_free(struct conf *conf)
{
	if (!conf)
		return;
	dialects_clear(conf);
	bindings_clear(conf);
	colors_clear(conf);
	hooks_clear(conf);
	lists_clear(conf);
	addresses_clear(conf);
	mailboxes_clear(conf);
	misc_clear(conf);
	keep_clear(conf);
	attachments_clear(conf);
	spam_clear(conf);
	blocks_clear(conf);
	settings_free(conf->settings);
	g_hash_table_unref(conf->my);
	g_ptr_array_unref(conf->problems);
	g_ptr_array_unref(conf->sources);
	g_array_unref(conf->joints);
	g_ptr_array_unref(conf->pushed);
	g_free(conf->personal_file);
	shells_free(conf->shells);
	g_free(conf);
}

const struct settings *conf_settings(const struct conf *conf)
{
	return conf->settings;
}

guint64 conf_generation(const struct conf *conf)
{
	return conf->generation;
}

const char *conf_my_variable(const struct conf *conf, const char *name)
{
	return g_hash_table_lookup(conf->my, name);
}

char **conf_my_names(const struct conf *conf)
{
	return (char **)g_hash_table_get_keys_as_array(conf->my, NULL);
}

/*
 * The environment comes last: a variable of ours must not change because the
 * shell exported one of that name.
 */
char *conf_lookup(const struct conf *conf, const char *name)
{
	const struct variable *v = variable_find(name);
	const char *text = conf_my_variable(conf, name);

	if (text)
		return g_strdup(text);
	if (v)
		return settings_text(conf->settings, v);
	return g_strdup(g_getenv(name));
}

void conf_tell_shells(struct conf *conf, int fd)
{
	conf_end_shells(conf);
	conf->shells = shells_new(fd, FALSE);
}

void conf_hear_shells(struct conf *conf, int fd)
{
	conf_end_shells(conf);
	conf->shells = shells_new(fd, TRUE);
}

void conf_end_shells(struct conf *conf)
{
	g_clear_pointer(&conf->shells, shells_free);
}

GPtrArray *conf_take_pushed(struct conf *conf)
{
	GPtrArray *pushed = conf->pushed;

	if (pushed->len == 0)
		return NULL;
	conf->pushed = g_ptr_array_new_with_free_func(g_free);
	return pushed;
}

/* ---- problems --------------------------------------------------------------- */

/* A hook that runs for each folder must not say the same for ever. */
static struct conf_problem *known_problem(const struct conf *conf, enum conf_severity severity,
					  const char *text)
{
	for (guint i = 0; !conf->file && i < conf->problems->len; i++) {
		struct conf_problem *p = g_ptr_array_index(conf->problems, i);

		if (p->severity == severity && !p->file && !strcmp(p->text, text))
			return p;
	}
	return NULL;
}

char *conf_place(const struct conf *conf)
{
	return conf->file ? g_strdup_printf("%s:%d", conf->file, conf->line) : NULL;
}

char *conf_user_place(const struct conf *conf)
{
	return conf->in_system ? NULL : conf_place(conf);
}

/* From a place in a joined line to the one in the file. */
static void set_place(const struct conf *conf, struct conf_problem *problem, int column)
{
	int start = 1;

	problem->line = conf->line;
	for (guint i = 0; conf->file && i < conf->joints->len; i++) {
		int joint = g_array_index(conf->joints, int, i);

		if (joint > column)
			break;
		start = joint;
		problem->line++;
	}
	problem->column = column - start + 1;
}

struct conf_problem *conf_add_problem(struct conf *conf, int column, enum conf_severity severity,
				      char *text)
{
	struct conf_problem *problem = known_problem(conf, severity, text);

	if (problem) {
		g_free(text);
		return problem;
	}
	problem = g_new0(struct conf_problem, 1);
	problem->file = g_strdup(conf->file);
	set_place(conf, problem, column);
	problem->severity = severity;
	problem->of_system = conf->in_system;
	problem->text = text;
	g_ptr_array_add(conf->problems, problem);
	if (severity == CONF_ERROR)
		conf->n_errors++;
	return problem;
}

const GPtrArray *conf_problems(const struct conf *conf)
{
	return conf->problems;
}

guint conf_n_errors(const struct conf *conf)
{
	return conf->n_errors;
}

char *conf_problem_format(const struct conf_problem *problem)
{
	static const char *const words[] = {
	    [CONF_ERROR] = "", [CONF_WARNING] = "warning: ", [CONF_NOTE] = "note: "};
	const char *word = words[problem->severity];

	if (!problem->file)
		return g_strconcat(word, problem->text, NULL);
	return g_strdup_printf("%s:%d:%d: %s%s", problem->file, problem->line, problem->column,
			       word, problem->text);
}
