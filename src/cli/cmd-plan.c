/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur sync --dry-run: an engine of its own works out the plan on a copy; we word it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"

/* What the engine calls it, and what it is for people. */
static const struct {
	const char *name, *text;
	gboolean counted;
} kinds[] = {
    {"make_here", "make here", FALSE},
    {"fetch", "fetch", TRUE},
    {"flags_here", "change flags here", TRUE},
    {"delete_here", "delete here", TRUE},
    {"make_there", "make there", FALSE},
    {"rename_there", "rename there", FALSE},
    {"remove_there", "remove there", FALSE},
    {"subscribe_there", "change subscription there", FALSE},
    {"append", "append there", TRUE},
    {"move", "move in there", TRUE},
    {"copy", "copy in there", TRUE},
    {"flags_there", "change flags there", TRUE},
    {"delete_there", "delete there", TRUE},
};

enum { ACCOUNT, FOLDER, NAME, WHAT, COUNT, N_FIELDS };

static void say_kind(GString *line, const char *name, const char *count)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		g_string_append_printf(line, "%s%s", line->len ? ", " : "", kinds[i].text);
		if (kinds[i].counted)
			g_string_append_printf(line, " %s", count);
	}
}

/* The rows [from, to) are of one folder. */
static void print_text(char ***rows, guint from, guint to)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = from; i < to; i++)
		say_kind(line, rows[i][WHAT], rows[i][COUNT]);
	say("%s %s: %s", rows[from][ACCOUNT], rows[from][FOLDER], line->str);
}

static void print_json(struct json *json, char ***rows, guint from, guint to)
{
	json_object(json, NULL);
	json_string(json, "account", rows[from][ACCOUNT]);
	json_string(json, "folder", rows[from][FOLDER]);
	json_string(json, "mailbox", rows[from][NAME]);
	for (guint i = from; i < to; i++)
		json_number(json, rows[i][WHAT], strtoll(rows[i][COUNT], NULL, 10));
	json_end_object(json);
	json_print(json);
}

static void strv_free(void *data)
{
	g_strfreev(data);
}

/* Lines of fields with TAB between; those that are none are left out. */
static GPtrArray *rows_of(GBytes *bytes)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(strv_free);
	gsize n;
	const char *data = g_bytes_get_data(bytes, &n);
	g_autofree char *text = g_strndup(n ? data : "", n);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char **fields = g_strsplit(*line, "\t", -1);

		if (g_strv_length(fields) == N_FIELDS)
			g_ptr_array_add(rows, fields);
		else
			g_strfreev(fields);
	}
	return rows;
}

static void print_plan(struct run *run, GBytes *out)
{
	g_autoptr(GPtrArray) lines = rows_of(out);
	char ***rows = (char ***)lines->pdata;

	for (guint from = 0, to; from < lines->len; from = to) {
		for (to = from; to < lines->len &&
				!strcmp(rows[to][ACCOUNT], rows[from][ACCOUNT]) &&
				!strcmp(rows[to][FOLDER], rows[from][FOLDER]);)
			to++;
		if (run->as_json)
			print_json(&run->json, rows, from, to);
		else
			print_text(rows, from, to);
	}
}

static void print_complaints(GBytes *err)
{
	gsize n;
	const char *data = g_bytes_get_data(err, &n);
	g_autofree char *text = g_strndup(n ? data : "", n);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		if (**line)
			complain("%s", *line);
}

int plan_print(struct run *run, char **targets)
{
	g_autofree char *engine = client_engine_path();
	g_auto(GStrv) args = options_engine_args(run->options);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct child_input input = {0};
	struct child_result result = {0};
	g_autoptr(GError) error = NULL;
	int status;

	g_ptr_array_add(argv, engine);
	g_ptr_array_add(argv, (char *)"--dry-run");
	for (char **arg = args; *arg; arg++)
		g_ptr_array_add(argv, *arg);
	g_ptr_array_add(argv, (char *)"--");
	for (char **target = targets; *target; target++)
		g_ptr_array_add(argv, *target);
	g_ptr_array_add(argv, NULL);
	input.argv = (const char *const *)argv->pdata;
	if (!child_run(&input, &result, &error))
		return cli_fail(error);
	print_complaints(result.err);
	print_plan(run, result.out);
	status = result.status;
	if (status == CLI_OK && !run->as_json && !g_bytes_get_size(result.out))
		say("nothing to do");
	child_result_clear(&result);
	return status > 128 ? CLI_FAILED : status;
}
