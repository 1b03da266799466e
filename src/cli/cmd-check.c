/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur check: read a configuration without acting on it, and tell what it comes to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cur/cli/cli.h"

static void problem_free(void *data)
{
	struct conf_problem *problem = data;

	g_free(problem->file);
	g_free(problem->text);
	g_free(problem);
}

void check_add(struct check *check, enum conf_severity severity, const char *place,
	       const char *format, ...)
{
	struct conf_problem *problem = g_new0(struct conf_problem, 1);
	const char *colon = place ? strrchr(place, ':') : NULL;
	va_list args;

	va_start(args, format);
	problem->text = g_strdup_vprintf(format, args);
	va_end(args);
	problem->severity = severity;
	if (colon) {
		problem->file = g_strndup(place, colon - place);
		problem->line = atoi(colon + 1);
		problem->column = 1;
	}
	g_ptr_array_add(check->findings, problem);
}

/* ---- all of them ----------------------------------------------------------------------- */

/* Notes on the system's files, written for mutt and not by the user, only when asked for. */
static void take_problems(struct check *check, gboolean all)
{
	const GPtrArray *problems = conf_problems(check->conf);

	for (guint i = 0; i < problems->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(problems, i);
		struct conf_problem *copy;

		if (!all && problem->of_system && problem->severity != CONF_ERROR)
			continue;
		copy = g_memdup2(problem, sizeof(*problem));
		copy->file = g_strdup(problem->file);
		copy->text = g_strdup(problem->text);
		g_ptr_array_add(check->findings, copy);
	}
}

/* Files in the order they were met, in each line by line; what has no place comes last. */
static int compare_places(const void *a, const void *b, void *data)
{
	const struct conf_problem *x = *(struct conf_problem *const *)a;
	const struct conf_problem *y = *(struct conf_problem *const *)b;
	GHashTable *order = data;
	guint of_x = x->file ? GPOINTER_TO_UINT(g_hash_table_lookup(order, x->file)) : G_MAXUINT;
	guint of_y = y->file ? GPOINTER_TO_UINT(g_hash_table_lookup(order, y->file)) : G_MAXUINT;

	if (of_x != of_y)
		return of_x < of_y ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static void arrange(GPtrArray *findings)
{
	g_autoptr(GHashTable) order = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < findings->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(findings, i);

		if (problem->file && !g_hash_table_contains(order, problem->file))
			g_hash_table_insert(order, problem->file, GUINT_TO_POINTER(i));
	}
	g_ptr_array_sort_with_data(findings, compare_places, order);
}

static void say_counts(const guint *counts)
{
	static const char *const words[] = {
	    [CONF_ERROR] = "error", [CONF_WARNING] = "warning", [CONF_NOTE] = "note"};
	g_autoptr(GString) line = g_string_new(NULL);

	for (enum conf_severity s = CONF_ERROR; s <= CONF_NOTE; s++)
		g_string_append_printf(line, "%s%u %s%s", s ? ", " : "", counts[s], words[s],
				       counts[s] == 1 ? "" : "s");
	say("%s", line->str);
}

/* ---- dialects -------------------------------------------------------------------------- */

/* What was read in one of two ways, and what stands otherwise for the main file being NeoMutt's. */
static void take_dialects(struct check *check)
{
	const GPtrArray *uses = conf_dialect_uses(check->conf);
	g_autoptr(GPtrArray) changes = conf_dialect_changes(check->conf);

	for (guint i = 0; i < uses->len; i++) {
		const struct dialect_use *use = g_ptr_array_index(uses, i);
		g_autofree char *text = dialect_use_text(use);

		check_add(check, CONF_NOTE, use->place, "%s", text);
	}
	for (guint i = 0; i < changes->len; i++)
		check_add(check, CONF_NOTE, NULL, "%s", (char *)g_ptr_array_index(changes, i));
}

static void print_file(struct check *check, const struct conf_file *file)
{
	struct json *json = &check->run->json;
	g_autofree char *text = conf_file_text(file);

	if (!check->run->as_json) {
		say("%s", text);
		return;
	}
	json_object(json, NULL);
	json_string(json, "kind", "file");
	json_string(json, "file", file->name);
	json_string(json, "dialect", file->dialect == DIALECT_NEOMUTT ? "neomutt" : "mutt");
	json_string(json, "why", file->why);
	json_end_object(json);
	json_print(json);
}

static void print_files(struct check *check)
{
	const GPtrArray *files = conf_files(check->conf);

	for (guint i = 0; i < files->len; i++)
		print_file(check, g_ptr_array_index(files, i));
}

static int report(struct check *check, gboolean strict)
{
	guint counts[CONF_NOTE + 1] = {0};

	arrange(check->findings);
	for (guint i = 0; i < check->findings->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(check->findings, i);

		counts[problem->severity]++;
		check_print(check, problem);
	}
	print_files(check);
	check_print_accounts(check);
	if (!check->run->as_json)
		say_counts(counts);
	if (counts[CONF_ERROR])
		return CLI_USAGE;
	return strict && counts[CONF_WARNING] ? CLI_FAILED : CLI_OK;
}

int command_check(struct run *run)
{
	gboolean all = FALSE, strict = FALSE;
	const struct argument table[] = {
	    {"--all", .flag = &all}, {"-v", .flag = &all}, {"--strict", .flag = &strict}};
	const struct options *o = run->options;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) operands = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(problem_free);
	g_autoptr(GPtrArray) visits = g_ptr_array_new(), mailboxes = g_ptr_array_new();
	auto_ptr(conf) conf = conf_new(CONF_CHECK);
	struct check check = {run, conf, findings, visits, mailboxes};

	if (!operands)
		return cli_fail(error);
	const char *files[] = {operands->len ? operands->pdata[0] : o->muttrc, NULL};
	if (!conf_load(conf, files[0] ? files : NULL, o->no_system, &error))
		return cli_fail(error);
	/* What hooks would run, nobody asked for. */
	conf_set_flags(conf, CONF_DRY);
	take_problems(&check, all);
	if (all)
		take_dialects(&check);
	check_accounts(&check);
	check_hooks(&check);
	return report(&check, strict);
}
