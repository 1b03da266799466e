/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailcap (RFC 1524). The file is the user's, the values are the message's:
 * they reach a command only as "$1" or cut to harmless characters.
 */
#include "cur/conf/mailcap.h"

#include <string.h>

#include "cur/base/child.h"
#include "cur/base/file.h"
#include "cur/base/path.h"

enum {
	MAILCAP_MAX_BYTES = 1024 * 1024,
	VALUE_MAX = 100,
	TEST_TIMEOUT_MS = 10000,
};

void mailcap_entry_free(struct mailcap_entry *e)
{
	if (!e)
		return;
	g_free(e->type);
	g_free(e->command);
	g_free(e->name_template);
	g_free(e);
}

/* ---- a line into fields -------------------------------------------------------------------- */

/* Fields are parted by ';'; a backslash takes its meaning from it, and from '%' and '\'. */
static GPtrArray *split_fields(const char *line)
{
	GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
	GString *field = g_string_new(NULL);

	for (const char *p = line; *p; p++) {
		if (*p == '\\' && p[1]) {
			/* "\%" stays escaped until %s and %t are looked for. */
			if (p[1] == '%')
				g_string_append_c(field, '\\');
			g_string_append_c(field, *++p);
		} else if (*p == ';') {
			g_ptr_array_add(fields, g_strstrip(g_strdup(field->str)));
			g_string_truncate(field, 0);
		} else {
			g_string_append_c(field, *p);
		}
	}
	g_ptr_array_add(fields, g_strstrip(g_string_free(field, FALSE)));
	return fields;
}

/* "name = value" of the fields after the first two; "" for a bare flag, NULL for none. */
static const char *named_field(const GPtrArray *fields, const char *name)
{
	gsize n = strlen(name);

	for (guint i = 2; i < fields->len; i++) {
		const char *field = g_ptr_array_index(fields, i);
		const char *p = field + n;

		if (g_ascii_strncasecmp(field, name, n))
			continue;
		while (*p == ' ' || *p == '\t')
			p++;
		if (!*p)
			return p;
		if (*p != '=')
			continue;
		for (p++; *p == ' ' || *p == '\t'; p++)
			;
		return p;
	}
	return NULL;
}

static gboolean is_for(const char *pattern, const char *type)
{
	gsize major = strcspn(pattern, "/");

	if (g_ascii_strncasecmp(pattern, type, major) || strcspn(type, "/") != major)
		return FALSE;
	return !pattern[major] || !strcmp(pattern + major, "/*") ||
	       !g_ascii_strcasecmp(pattern, type);
}

/* ---- commands ---------------------------------------------------- */

/* C15: what a message says is cut to letters, digits and these; an option it cannot be (C14). */
static void append_value(GString *out, const char *value, const char *marks)
{
	for (guint n = 0; value && *value && n < VALUE_MAX; value++, n++) {
		gboolean harmless = g_ascii_isalnum(*value) || strchr(marks, *value);

		g_string_append_c(out, harmless && (n || *value != '-') ? *value : '_');
	}
}

/* "{name}" after a '%'; moves *p to its '}'. */
static void append_parameter(GString *out, const char **p, mailcap_parameter_fn parameter,
			     void *data)
{
	const char *end = strchr(*p, '}');
	g_autofree char *name = NULL;

	if (!end)
		return;
	name = g_strndup(*p + 1, end - *p - 1);
	append_value(out, parameter ? parameter(data, name) : NULL, "._-");
	*p = end;
}

/* %s in any quotes becomes "$1": close the user's quote, say it, open it again. */
static void append_file(GString *out, char quote)
{
	if (quote == '"')
		g_string_append(out, "$1");
	else if (quote == '\'')
		g_string_append(out, "'\"$1\"'");
	else
		g_string_append(out, "\"$1\"");
}

static char *expand(const char *command, const char *type, mailcap_parameter_fn parameter,
		    void *data)
{
	GString *out = g_string_new(NULL);
	char quote = 0;

	for (const char *p = command; *p; p++) {
		if (*p == '\\' && p[1] == '%') {
			g_string_append_c(out, *++p);
		} else if (*p == '%' && p[1] == 's') {
			append_file(out, quote);
			p++;
		} else if (*p == '%' && p[1] == 't') {
			append_value(out, type, "._-+/");
			p++;
		} else if (*p == '%' && p[1] == '{') {
			p++;
			append_parameter(out, &p, parameter, data);
		} else {
			if (*p == quote)
				quote = 0;
			else if (!quote && (*p == '"' || *p == '\''))
				quote = *p;
			g_string_append_c(out, *p);
		}
	}
	return g_string_free(out, FALSE);
}

char *mailcap_command(const struct mailcap_entry *entry, const char *type,
		      mailcap_parameter_fn parameter, void *data)
{
	return expand(entry->command, type, parameter, data);
}

static gboolean test_succeeds(const char *test, const char *type, const char *file,
			      mailcap_parameter_fn parameter, void *data)
{
	g_autofree char *line = expand(test, type, parameter, data);
	struct child_input input = {.timeout_ms = TEST_TIMEOUT_MS, .limit = 4096};
	struct child_result result;
	gboolean ok;

	if (!child_shell(line, (const char *const[]){file ? file : "/dev/null", NULL}, &input,
			 &result, NULL))
		return FALSE;
	ok = result.status == 0;
	child_result_clear(&result);
	return ok;
}

/* ---- files
 * ---------------------------------------------------------------------------------------- */

struct search {
	const char *type, *file;
	enum mailcap_want want;
	mailcap_parameter_fn parameter;
	void *data;
};

static struct mailcap_entry *entry_from(const GPtrArray *fields, const char *command)
{
	struct mailcap_entry *e = g_new0(struct mailcap_entry, 1);

	e->type = g_strdup(g_ptr_array_index(fields, 0));
	e->command = g_strdup(command);
	e->name_template = g_strdup(named_field(fields, "nametemplate"));
	e->needs_terminal = named_field(fields, "needsterminal") != NULL;
	e->copious_output = named_field(fields, "copiousoutput") != NULL;
	e->keep = named_field(fields, "x-neomutt-keep") != NULL;
	e->no_wrap = named_field(fields, "x-neomutt-nowrap") != NULL;
	e->uses_file = strstr(command, "%s") != NULL;
	return e;
}

/* The command of an entry that does what is wanted; NULL: it has none. */
static const char *wanted_command(const GPtrArray *fields, enum mailcap_want want)
{
	const char *command = want == MAILCAP_EDIT	? named_field(fields, "edit")
			      : want == MAILCAP_COMPOSE ? named_field(fields, "compose")
			      : want == MAILCAP_PRINT	? named_field(fields, "print")
							: g_ptr_array_index(fields, 1);

	if (want == MAILCAP_AUTOVIEW && !named_field(fields, "copiousoutput"))
		return NULL;
	return command && *command ? command : NULL;
}

static struct mailcap_entry *try_line(const struct search *s, const char *line)
{
	g_autoptr(GPtrArray) fields = split_fields(line);
	const char *command, *test;

	if (fields->len < 2 || !is_for(g_ptr_array_index(fields, 0), s->type))
		return NULL;
	command = wanted_command(fields, s->want);
	if (!command)
		return NULL;
	test = named_field(fields, "test");
	if (test && *test && !test_succeeds(test, s->type, s->file, s->parameter, s->data))
		return NULL;
	return entry_from(fields, command);
}

static struct mailcap_entry *search_file(const struct search *s, const char *path)
{
	g_autofree char *text = file_read(path, MAILCAP_MAX_BYTES, FILE_READ_FOLLOW, NULL, NULL);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
	g_autoptr(GString) line = g_string_new(NULL);
	struct mailcap_entry *e = NULL;

	for (char **l = lines; l && *l && !e; l++) {
		gboolean goes_on = g_str_has_suffix(*l, "\\");

		if (line->len == 0 && **l == '#')
			continue;
		g_string_append_len(line, *l, strlen(*l) - goes_on);
		if (goes_on)
			continue;
		e = try_line(s, line->str);
		g_string_truncate(line, 0);
	}
	return e;
}

struct mailcap_entry *mailcap_find(const struct conf *conf, const char *type,
				   enum mailcap_want want, const char *file,
				   mailcap_parameter_fn parameter, void *data)
{
	const struct search search = {type, file, want, parameter, data};
	g_auto(GStrv) paths = g_strsplit(conf_settings(conf)->mailcap_path, ":", -1);
	struct mailcap_entry *e = NULL;

	for (char **p = paths; *p && !e; p++) {
		g_autofree char *path = path_home_expand(*p);

		if (*path)
			e = search_file(&search, path);
	}
	return e;
}

char *mailcap_file_name(const struct mailcap_entry *entry, const char *name)
{
	const char *template = entry && entry->name_template ? entry->name_template : "%s";
	const char *at = strstr(template, "%s");
	const char *plain = name && *name ? name : "part";
	g_autofree char *full = NULL;

	if (!at || g_str_has_suffix(plain, at + 2))
		return path_safe_name(plain, -1);
	full = g_strdup_printf("%.*s%s%s", (int)(at - template), template, plain, at + 2);
	return path_safe_name(full, -1);
}
