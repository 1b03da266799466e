/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of commands: where they lie, their lines, what `source` refuses. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/base/text.h"
#include "inside.h"
#include "lines.h"

enum {
	ERRORS_MAX = 128,
	SOURCES_MAX = 32,
	FILE_MAX_BYTES = 16 * 1024 * 1024,
	SHELL_TIMEOUT_MS = 60000,
};

/* ---- lines --------------------------------------------------------------------- */

/* UTF-8 from $config_charset, else UTF-8 as it should be, else Latin-1 with a warning. */
static char *decode_line(struct conf *conf, const GString *line)
{
	const char *charset = conf->settings->config_charset;
	char *text = NULL;

	if (*charset && g_ascii_strcasecmp(charset, "utf-8"))
		text = g_convert(line->str, line->len, "UTF-8", charset, NULL, NULL, NULL);
	if (text)
		return text;
	if (text_valid_utf8(line->str, line->len))
		return g_strdup(line->str);
	conf_add_problem(conf, 1, CONF_WARNING,
			 g_strdup("not UTF-8: read as ISO-8859-1 (set config_charset)"));
	return g_convert(line->str, line->len, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static void run_one(struct conf *conf, const GString *line)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	int column = 1;

	if (line->len > LINE_MAX_BYTES) {
		conf_add_problem(conf, 1, CONF_ERROR,
				 g_strdup_printf("line is longer than %d bytes", LINE_MAX_BYTES));
		return;
	}
	if (memchr(line->str, 0, line->len)) {
		conf_add_problem(conf, strlen(line->str) + 1, CONF_ERROR, g_strdup("NUL byte"));
		return;
	}
	text = decode_line(conf, line);
	if (text && !conf_run_line(conf, text, NULL, &column, &error))
		conf_add_problem(conf, column, CONF_ERROR, g_strdup(error->message));
}

static void run_lines(struct conf *conf, const char *bytes, gsize n)
{
	g_autoptr(GString) line = g_string_new(NULL);
	guint errors_before = conf->n_errors;
	struct lines lines;

	lines_init(&lines, bytes, n);
	while (!conf->finish && lines_take(&lines, line, conf->joints)) {
		conf->line = lines.number;
		run_one(conf, line);
		if (conf->n_errors - errors_before >= ERRORS_MAX) {
			conf_add_problem(conf, 1, CONF_ERROR,
					 g_strdup("too many errors: the rest is not read"));
			return;
		}
	}
}

/* Read `bytes` as the file `name`, then be where we were. */
static void run_source(struct conf *conf, const char *name, const char *bytes, gsize n)
{
	enum dialect dialect = conf->dialect;
	const char *file = conf->file;
	int line = conf->line;

	conf->dialect = dialect_of_file(conf, name, bytes, n);
	if (conf->awaits_main)
		dialect_follow(conf, conf->dialect);
	conf->awaits_main = FALSE;
	conf->file = name;
	run_lines(conf, bytes, n);
	conf->finish = FALSE;
	conf->dialect = dialect;
	conf->file = file;
	conf->line = line;
	g_array_set_size(conf->joints, 0);
}

/* ---- source -------------------------------------------------------------------- */

static gboolean source_command(struct conf *conf, const char *name, GError **error)
{
	g_autofree char *line = g_strndup(name, strlen(name) - 1);
	struct child_input input = {.timeout_ms = SHELL_TIMEOUT_MS, .limit = FILE_MAX_BYTES};
	struct child_result result;
	const char *bytes;
	gsize n;

	if (conf->flags & CONF_NO_SHELL)
		return error_set(error, CUR_ERROR_REFUSED, "commands are not run here");
	if (conf->flags & CONF_DRY)
		return TRUE;
	if (!child_shell(line, NULL, &input, &result, error))
		return FALSE;
	bytes = g_bytes_get_data(result.out, &n);
	if (bytes && !result.timed_out)
		run_source(conf, name, bytes, n);
	if (result.timed_out)
		error_set(error, CUR_ERROR_IO, "'%s' took too long", line);
	else if (result.status != 0)
		error_set(error, CUR_ERROR_IO, "'%s' failed with status %d", line, result.status);
	n = !result.timed_out && result.status == 0;
	child_result_clear(&result);
	return n;
}

static gboolean is_same_file(const char *a, const char *b)
{
	g_autofree char *of_a = realpath(a, NULL);
	g_autofree char *of_b = realpath(b, NULL);

	return !g_strcmp0(of_a, of_b);
}

/* In the working folder and beside the file that names it; where there are two, they differ. */
static char *find_file(struct conf *conf, const char *name)
{
	g_autofree char *path = path_home_expand(name);
	g_autofree char *dir = NULL;
	g_autofree char *beside = NULL;
	gboolean is_here, is_beside;

	if (g_path_is_absolute(path) || !conf->file)
		return g_steal_pointer(&path);
	dir = g_path_get_dirname(conf->file);
	beside = g_build_filename(dir, path, NULL);
	is_here = access(path, F_OK) == 0;
	is_beside = access(beside, F_OK) == 0;
	if (is_here && is_beside && !is_same_file(path, beside))
		is_here = !dialect_is_neomutt(conf, RULE_SOURCE);
	return is_here || !is_beside ? g_steal_pointer(&path) : g_steal_pointer(&beside);
}

static gboolean check_loop(const struct conf *conf, const char *path, GError **error)
{
	if (conf->sources->len >= SOURCES_MAX)
		return error_set(error, CUR_ERROR_USAGE, "files are nested too deeply");
	for (guint i = 0; i < conf->sources->len; i++)
		if (!strcmp(g_ptr_array_index(conf->sources, i), path))
			return error_set(error, CUR_ERROR_USAGE, "'%s' sources itself", path);
	return TRUE;
}

gboolean conf_source(struct conf *conf, const char *name, GError **error)
{
	g_autofree char *path = NULL;
	g_autofree char *real = NULL;
	g_autofree char *bytes = NULL;
	gsize n;

	if (g_str_has_suffix(name, "|"))
		return source_command(conf, name, error);
	if (conf->flags & CONF_NO_SHELL)
		return error_set(error, CUR_ERROR_REFUSED, "files are not read here");
	path = find_file(conf, name);
	real = realpath(path, NULL);
	if (real && !check_loop(conf, real, error))
		return FALSE;
	if (!strcmp(path, "/dev/null"))
		return TRUE;
	bytes = file_read(path, FILE_MAX_BYTES, FILE_READ_FOLLOW, &n, error);
	if (!bytes)
		return FALSE;
	g_ptr_array_add(conf->sources, g_strdup(real ? real : path));
	run_source(conf, path, bytes, n);
	g_ptr_array_remove_index(conf->sources, conf->sources->len - 1);
	return TRUE;
}

/* ---- the usual files ----------------------------------------------------------- */

static const char *const system_files[] = {"/etc/cur/muttrc",
					   CUR_PREFIX "/etc/cur/muttrc",
					   "/etc/Muttrc",
					   "/etc/mutt/Muttrc",
					   "/etc/neomuttrc",
					   "/etc/neomutt/neomuttrc",
					   "/usr/local/etc/Muttrc",
					   "/etc/muttrc",
					   NULL};

/* Below $XDG_CONFIG_HOME and below ~, in the order they are tried. */
static const char *const personal_files[] = {
    "$/cur/muttrc",	   "~/.muttrc",		"~/.mutt/muttrc",   "$/mutt/muttrc",
    "$/neomutt/neomuttrc", "$/neomutt/muttrc",	"$/mutt/neomuttrc", "~/.neomutt/neomuttrc",
    "~/.neomutt/muttrc",   "~/.mutt/neomuttrc", "~/.neomuttrc",	    NULL};

char **conf_search_path(void)
{
	GPtrArray *paths = g_ptr_array_new();

	for (const char *const *f = personal_files; *f; f++) {
		const char *base = **f == '$' ? g_get_user_config_dir() : g_get_home_dir();

		g_ptr_array_add(paths, g_build_filename(base, *f + 2, NULL));
	}
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

/* The first that can be read is read; one that is there and cannot be is an error. */
static char *first_existing(const char *const *paths)
{
	for (; *paths; paths++)
		if (access(*paths, F_OK) == 0)
			return g_strdup(*paths);
	return NULL;
}

static void load_found(struct conf *conf, const char *path)
{
	g_autoptr(GError) error = NULL;

	if (!conf_source(conf, path, &error))
		conf_add_problem(conf, 0, CONF_ERROR, g_strdup(error->message));
}

static void set_personal(struct conf *conf, const char *path)
{
	const struct variable *alias_file = variable_find("alias_file");

	g_free(conf->personal_file);
	conf->personal_file = path_absolute(path);
	settings_set(conf->settings, alias_file, conf->personal_file, NULL);
}

gboolean conf_load(struct conf *conf, const char *const *files, gboolean no_system, GError **error)
{
	g_auto(GStrv) search = conf_search_path();
	g_autofree char *system = no_system ? NULL : first_existing(system_files);
	g_autofree char *personal = files ? NULL : first_existing((const char *const *)search);

	if (system) {
		conf->in_system = TRUE;
		load_found(conf, system);
		conf->in_system = FALSE;
	}
	conf->awaits_main = TRUE;
	if (personal) {
		set_personal(conf, personal);
		load_found(conf, personal);
	}
	for (; files && *files; files++) {
		g_autofree char *path = path_home_expand(*files);

		if (!conf->personal_file)
			set_personal(conf, path);
		/* -F /dev/null is the way to have no file at all. */
		if (strcmp(path, "/dev/null") && !conf_source(conf, path, error))
			return FALSE;
	}
	conf->awaits_main = FALSE;
	return TRUE;
}
