/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Engines that do one thing. */
#include "engine-run.h"

#include "cur/cli/cli.h"

static void strv_free(void *data)
{
	g_strfreev(data);
}

GPtrArray *engine_rows(GBytes *bytes, guint n_fields)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(strv_free);
	gsize n;
	const char *data = g_bytes_get_data(bytes, &n);
	g_autofree char *text = g_strndup(n ? data : "", n);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char **fields = g_strsplit(*line, "\t", -1);

		if (g_strv_length(fields) == n_fields)
			g_ptr_array_add(rows, fields);
		else
			g_strfreev(fields);
	}
	return rows;
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

int run_engine(struct run *run, const GPtrArray *words, struct child_result *result)
{
	g_autofree char *engine = client_engine_path();
	g_auto(GStrv) args = options_engine_args(run->options);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct child_input input = {0};
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(argv, engine);
	for (char **arg = args; *arg; arg++)
		g_ptr_array_add(argv, *arg);
	for (guint i = 0; i < words->len; i++)
		g_ptr_array_add(argv, words->pdata[i]);
	g_ptr_array_add(argv, NULL);
	input.argv = (const char *const *)argv->pdata;
	if (!child_run(&input, result, &error))
		return cli_fail(error);
	print_complaints(result->err);
	return result->status > 128 ? CLI_FAILED : result->status;
}
