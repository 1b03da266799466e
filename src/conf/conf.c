/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct conf: made, freed, asked; its list of problems. */
#include "cur/conf/conf.h"

#include <string.h>

#include "inside.h"

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
	conf->pushed = g_ptr_array_new_with_free_func(g_free);
	bindings_init(conf);
	colors_init(conf);
	hooks_init(conf);
	lists_init(conf);
	addresses_init(conf);
	mailboxes_init(conf);
	misc_init(conf);
	return conf;
}

void conf_free(struct conf *conf)
{
	if (!conf)
		return;
	bindings_clear(conf);
	colors_clear(conf);
	hooks_clear(conf);
	lists_clear(conf);
	addresses_clear(conf);
	mailboxes_clear(conf);
	misc_clear(conf);
	settings_free(conf->settings);
	g_hash_table_unref(conf->my);
	g_ptr_array_unref(conf->problems);
	g_ptr_array_unref(conf->sources);
	g_ptr_array_unref(conf->pushed);
	g_free(conf->personal_file);
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
static gboolean is_known_problem(const struct conf *conf, enum conf_severity severity,
				 const char *text)
{
	for (guint i = 0; i < conf->problems->len; i++) {
		const struct conf_problem *p = g_ptr_array_index(conf->problems, i);

		if (p->severity == severity && !p->file && !strcmp(p->text, text))
			return TRUE;
	}
	return FALSE;
}

void conf_add_problem(struct conf *conf, int column, enum conf_severity severity, char *text)
{
	struct conf_problem *problem;

	if (!conf->file && is_known_problem(conf, severity, text)) {
		g_free(text);
		return;
	}
	problem = g_new0(struct conf_problem, 1);
	problem->file = g_strdup(conf->file);
	problem->line = conf->line;
	problem->column = column;
	problem->severity = severity;
	problem->of_system = conf->in_system;
	problem->text = text;
	g_ptr_array_add(conf->problems, problem);
	if (severity == CONF_ERROR)
		conf->n_errors++;
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

/* ---- names that are close ------------------------------------------------------ */

enum { NAME_MAX_CHARS = 63 };

/* Levenshtein's distance, two neighbours swapped counting as one. */
static guint distance(const char *a, const char *b)
{
	guint rows[3][NAME_MAX_CHARS + 1];
	gsize n = strlen(a), m = strlen(b);

	if (n > NAME_MAX_CHARS || m > NAME_MAX_CHARS)
		return G_MAXUINT;
	for (gsize j = 0; j <= m; j++)
		rows[0][j] = j;
	for (gsize i = 1; i <= n; i++) {
		guint *row = rows[i % 3];
		const guint *above = rows[(i + 2) % 3];
		const guint *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (gsize j = 1; j <= m; j++) {
			guint cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			cost = MIN(cost, MIN(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost = MIN(cost, above2[j - 2] + 1);
			row[j] = cost;
		}
	}
	return rows[n % 3][m];
}

/* Names that are close to a mistyped one, or NULL. Borrowed: static text. */
static const char *conf_nearest(const char *name, const char *const *names)
{
	guint best = MAX(1, strlen(name) / 3) + 1;
	const char *nearest = NULL;

	for (; *names; names++) {
		guint d = distance(name, *names);

		if (d < best) {
			best = d;
			nearest = *names;
		}
	}
	return nearest;
}

char *nearest_hint(const char *name, const char *const *names)
{
	const char *nearest = conf_nearest(name, names);

	return nearest ? g_strdup_printf(" (did you mean '%s'?)", nearest) : g_strdup("");
}
