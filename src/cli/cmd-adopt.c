/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur adopt: from another program's Maildirs to ours. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"
#include "engine-run.h"

enum { FOLDER, WHAT, COUNT, N_FIELDS };

static void print_folder(struct run *run, char **row)
{
	gboolean taken = !strcmp(row[WHAT], "taken");

	if (run->as_json) {
		json_object(&run->json, NULL);
		json_string(&run->json, "folder", row[FOLDER]);
		json_boolean(&run->json, "taken", taken);
		json_number(&run->json, "count", strtoll(row[COUNT], NULL, 10));
		json_end_object(&run->json);
		json_print(&run->json);
	} else if (taken) {
		say("%s: %s messages", row[FOLDER], row[COUNT]);
	} else if (!strcmp(row[WHAT], "odd")) {
		say("%s: left alone, this cannot be a folder's name here", row[FOLDER]);
	} else {
		say("%s: left alone, there are messages in it already", row[FOLDER]);
	}
}

static int adopt(struct run *run, const char *dir, const char *account, const char *separator)
{
	g_autofree char *path = g_canonicalize_filename(dir, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new(), rows = NULL;
	struct child_result result = {0};
	int status;

	g_ptr_array_add(words, (char *)"--adopt");
	g_ptr_array_add(words, path);
	if (account) {
		g_ptr_array_add(words, (char *)"--account");
		g_ptr_array_add(words, (char *)account);
	}
	if (separator) {
		g_ptr_array_add(words, (char *)"--separator");
		g_ptr_array_add(words, (char *)separator);
	}
	status = run_engine(run, words, &result);
	if (!result.out)
		return status;
	rows = engine_rows(result.out, N_FIELDS);
	for (guint i = 0; i < rows->len; i++)
		print_folder(run, rows->pdata[i]);
	child_result_clear(&result);
	if (status == CLI_OK && !run->as_json)
		say("'%s' stays as it is; cur sync --dry-run tells what is next", path);
	return status;
}

int command_adopt(struct run *run)
{
	const char *account = NULL, *separator = NULL;
	const struct argument table[] = {{"--account", .text = &account},
					 {"--separator", .text = &separator}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);

	if (words && words->len == 1)
		return adopt(run, words->pdata[0], account, separator);
	if (words)
		error_set(&error, CUR_ERROR_USAGE, "which folder holds the Maildirs? (one)");
	return cli_fail(error);
}
