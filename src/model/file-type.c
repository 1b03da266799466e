/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The type of a file to attach: by its name, by $mime_type_query_command. */
#include "cur/model/file-type.h"

#include <string.h>

#include "cur/base/child.h"
#include "cur/conf/mime-types.h"

enum { QUERY_MS = 10000, QUERY_BYTES = 4096 };

/* "type/subtype" at the begin of what a program said ("text/plain; charset=us-ascii"). Yours. */
static char *type_said(const char *said)
{
	gsize n = strcspn(said, "; \t\r\n");
	g_autofree char *type = g_strndup(said, n);
	const char *slash = strchr(type, '/');

	for (const char *p = type; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("/-+._", *p))
			return NULL;
	return slash && slash > type && slash[1] ? g_steal_pointer(&type) : NULL;
}

/* The name goes as an argument, for %s or behind the command. */
static char *ask_program(const char *command, const char *path)
{
	const char *const values[] = {path, NULL};
	struct child_input input = {.timeout_ms = QUERY_MS, .limit = QUERY_BYTES};
	struct child_result result = {0};
	g_autoptr(GString) line = g_string_new(command);
	g_autofree char *said = NULL;
	gsize n;

	if (!g_string_replace(line, "%s", "\"$1\"", 0))
		g_string_append(line, " \"$1\"");
	if (!child_shell(line->str, values, &input, &result, NULL))
		return NULL;
	said = g_strndup(g_bytes_get_data(result.out, &n), g_bytes_get_size(result.out));
	child_result_clear(&result);
	return type_said(said);
}

char *file_type(const char *path, const void *data)
{
	const struct settings *s = conf_settings(data);
	const char *command = s->mime_type_query_command;
	char *type = *command && s->mime_type_query_first ? ask_program(command, path) : NULL;

	if (!type)
		type = mime_type_of_name(path);
	if (!type && *command && !s->mime_type_query_first)
		type = ask_program(command, path);
	return type;
}
