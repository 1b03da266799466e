/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a finding of `cur check` looks: a line as compilers write it, what stands there, a caret. */
#include <string.h>

#include "check.h"
#include "cur/base/text.h"

enum { INDENT = 4, COLUMNS_MAX = 76, FILE_MAX_BYTES = 16 << 20 };

/* ---- for programs ---------------------------------------------------------------------- */

static void print_as_json(struct json *json, const struct conf_problem *problem)
{
	static const char *const words[] = {
	    [CONF_ERROR] = "error", [CONF_WARNING] = "warning", [CONF_NOTE] = "note"};

	json_object(json, NULL);
	json_string(json, "kind", "finding");
	json_string(json, "file", problem->file);
	json_number(json, "line", problem->line);
	json_number(json, "column", problem->column);
	json_string(json, "severity", words[problem->severity]);
	json_boolean(json, "system", problem->of_system);
	json_string(json, "text", problem->text);
	json_end_object(json);
	json_print(json);
}

/* ---- for people ------------------------------------------------------------------------ */

/* Line `number` of a file, UTF-8; NULL when it cannot be had. Yours. */
static char *line_of(const char *file, int number)
{
	g_autofree char *bytes = NULL;
	const char *at, *end;
	gsize n;

	if (g_str_has_suffix(file, "|") || !g_file_get_contents(file, &bytes, &n, NULL) ||
	    n > FILE_MAX_BYTES)
		return NULL;
	end = bytes + n;
	for (at = bytes; at && number > 1; number--) {
		at = memchr(at, '\n', end - at);
		at = at ? at + 1 : NULL;
	}
	if (!at || at >= end)
		return NULL;
	n = strcspn(at, "\r\n");
	if (g_utf8_validate(at, (gssize)n, NULL))
		return g_strndup(at, n);
	return g_convert(at, (gssize)n, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

/* A password may stand in it: such a line is not shown. */
static gboolean may_be_secret(const char *line)
{
	g_autofree char *lower = g_ascii_strdown(line, -1);
	const char *url = strstr(line, "://");
	const char *at = url ? strchr(url, '@') : NULL;
	const char *colon = url ? strchr(url + 3, ':') : NULL;

	return strstr(lower, "pass") || strstr(lower, "secret") || strstr(lower, "token") ||
	       (colon && at && colon < at);
}

/* So much of the line that the column is in sight, and a caret below it. */
static void show_place(const char *line, int column)
{
	gsize chars = g_utf8_strlen(line, -1);
	const char *at = g_utf8_offset_to_pointer(line, MIN((gsize)column - 1, chars));
	const char *from = line;
	g_autofree char *before = NULL, *shown = NULL;

	while (g_utf8_strlen(from, at - from) > COLUMNS_MAX * 2 / 3)
		from = g_utf8_next_char(from);
	if (from == line)
		from += strspn(from, " \t") <= (gsize)(at - from) ? strspn(from, " \t") : 0;
	before = g_strndup(from, at - from);
	g_strdelimit(before, "\t", ' ');
	shown = g_strdup(from);
	g_strdelimit(shown, "\t", ' ');
	shown[text_cut(shown, -1, COLUMNS_MAX, NULL)] = '\0';
	say("%*s%s", INDENT, "", shown);
	say("%*s^", INDENT + text_width(before, -1), "");
}

void check_point(struct check *check, const char *word, int skip)
{
	struct conf_problem *last = g_ptr_array_index(check->findings, check->findings->len - 1);
	g_autofree char *line = last->file ? line_of(last->file, last->line) : NULL;
	const char *at = line ? strstr(line, word) : NULL;

	if (at)
		last->column = (int)g_utf8_strlen(line, at - line) + skip + 1;
}

void check_print(struct check *check, const struct conf_problem *problem)
{
	g_autofree char *text = NULL, *line = NULL, *safe = NULL;

	if (check->run->as_json) {
		print_as_json(&check->run->json, problem);
		return;
	}
	text = conf_problem_format(problem);
	say("%s", text);
	line = problem->file && problem->column > 0 ? line_of(problem->file, problem->line) : NULL;
	if (!line || !*line || may_be_secret(line))
		return;
	safe = text_safe(line, -1, TEXT_SAFE_TABS);
	show_place(safe, problem->column);
}
