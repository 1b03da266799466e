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

enum {
	ERRORS_MAX = 128,
	SOURCES_MAX = 32,
	FILE_MAX_BYTES = 16 * 1024 * 1024,
	LINE_MAX_BYTES = 256 * 1024,
	SHELL_TIMEOUT_MS = 60000,
};

/* ---- lines --------------------------------------------------------------------- */

/* A reader of lines: `at` moves on, a line is joined with those it is continued on. */
struct lines {
	const char *at, *end;
	int number; /* of the line that take_line gave, its first one */
	int next_number;
};

/* One line as it stands, without its end; NULL behind the last. */
static const char *raw_line(struct lines *l, gsize *n)
{
	const char *start = l->at;
	const char *lf;

	if (start >= l->end)
		return NULL;
	lf = memchr(start, '\n', l->end - start);
	*n = (lf ? lf : l->end) - start;
	l->at = lf ? lf + 1 : l->end;
	l->next_number++;
	if (*n > 0 && start[*n - 1] == '\r')
		--*n;
	return start;
}

/* In characters, as columns are; what is not UTF-8 becomes a character a byte. */
static int columns_of(const char *raw, gsize n)
{
	return (int)(text_valid_utf8(raw, n) ? (gsize)g_utf8_strlen(raw, (gssize)n) : n);
}

static gboolean take_line(struct lines *l, GString *line, GArray *joints)
{
	const char *raw;
	gsize n;
	int joint = 1;

	g_string_truncate(line, 0);
	g_array_set_size(joints, 0);
	l->number = l->next_number;
	while ((raw = raw_line(l, &n))) {
		gboolean goes_on = n > 0 && raw[n - 1] == '\\';

		if (l->next_number > l->number + 1)
			g_array_append_val(joints, joint);
		g_string_append_len(line, raw, goes_on ? n - 1 : n);
		if (!goes_on)
			return TRUE;
		joint += columns_of(raw, n - 1);
	}
	return line->len > 0 || l->number != l->next_number;
}

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
	struct lines lines = {.at = bytes, .end = bytes + n, .next_number = 1};
	guint errors_before = conf->n_errors;

	if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		lines.at += 3;
	while (!conf->finish && take_line(&lines, line, conf->joints)) {
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
	const char *file = conf->file;
	int line = conf->line;

	conf->file = name;
	run_lines(conf, bytes, n);
	conf->finish = FALSE;
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

/* From the working folder as mutt does, else from beside the file that names it. */
static char *find_file(const struct conf *conf, const char *name)
{
	g_autofree char *path = path_home_expand(name);
	g_autofree char *dir = NULL;
	g_autofree char *beside = NULL;

	if (g_path_is_absolute(path) || !conf->file || access(path, F_OK) == 0)
		return g_steal_pointer(&path);
	dir = g_path_get_dirname(conf->file);
	beside = g_build_filename(dir, path, NULL);
	return access(beside, F_OK) == 0 ? g_steal_pointer(&beside) : g_steal_pointer(&path);
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
	return TRUE;
}
