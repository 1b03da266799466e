/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur sync --dry-run: an engine of its own works out the plan on a copy; we word it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"
#include "engine-run.h"

/* What the engine calls it, and what it is for people. */
static const struct {
	const char *name, *text;
	gboolean counted;
} kinds[] = {
    {"make_here", "make here", FALSE},
    {"fetch", "fetch", TRUE},
    {"headers", "fetch headers", TRUE},
    {"texts", "fetch texts", TRUE},
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

static void print_plan(struct run *run, GBytes *out)
{
	g_autoptr(GPtrArray) lines = engine_rows(out, N_FIELDS);
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

int plan_print(struct run *run, char **targets)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	struct child_result result = {0};
	int status;

	g_ptr_array_add(words, (char *)"--dry-run");
	g_ptr_array_add(words, (char *)"--");
	for (char **target = targets; *target; target++)
		g_ptr_array_add(words, *target);
	status = run_engine(run, words, &result);
	if (!result.out)
		return status;
	print_plan(run, result.out);
	if (status == CLI_OK && !run->as_json && !g_bytes_get_size(result.out))
		say("nothing to do");
	child_result_clear(&result);
	return status;
}
