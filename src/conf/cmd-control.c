/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that steer reading: source, ifdef, ifndef, finish, echo, cd, setenv, version. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "inside.h"

/*
 * A muttrc goes on without a file that is not there or a program that fails: what it names may
 * be on another of the user's machines.
 */
static gboolean source_one(struct command *c, const char *name, GError **error)
{
	g_autoptr(GError) missing = NULL;

	if (!c->conf->file)
		return conf_source(c->conf, name, error);
	if (conf_source(c->conf, name, &missing))
		return TRUE;
	if (error_is(missing, CUR_ERROR_USAGE)) {
		g_propagate_error(error, g_steal_pointer(&missing));
		return FALSE;
	}
	command_missing(c, missing->message)->lacks = TRUE;
	return TRUE;
}

static gboolean run_source(struct command *c, GError **error)
{
	do {
		g_autofree char *name = command_value(c);

		if (!name)
			return error_set(error, CUR_ERROR_USAGE, "source: %s",
					 words_error(c->words) ? words_error(c->words)
							       : "too few arguments");
		if (!source_one(c, name, error))
			return FALSE;
	} while (!words_at_end(c->words));
	return TRUE;
}

/* clang-format off */
/*
 * What a muttrc may ask for with ifdef and that is there, under the names both
 * programs ever had for it.
 */
static const char *const features[] = {
    "attach_headers_color", "compose_to_sender", "cond_date", "cur", "fcntl", "flock",
    "forgotten_attachments", "getaddrinfo", "gnutls", "gsasl", "hcache", "idn", "ifdef", "imap",
    "index_color", "initials", "inotify", "limit_current_thread", "lmdb", "maildir",
    "multiple_fcc", "nested_if", "new_mail", "nls", "notmuch", "pcre2", "pop", "progress",
    "quasi_delete", "regex", "reply_with_xorig", "sasl", "sidebar", "skip_quoted", "smtp",
    "sqlite", "status_color", "timeout", "tls_sni", "trash", "truecolor",
};
/* clang-format on */

static gboolean is_feature(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(features); i++)
		if (!g_ascii_strcasecmp(features[i], name))
			return TRUE;
	return FALSE;
}

static gboolean is_defined(const struct conf *conf, const char *name)
{
	return variable_find(name) || conf_my_variable(conf, name) || command_is_known(name) ||
	       function_find(name) != FN_N || color_find(name) != COLOR_N || is_feature(name) ||
	       g_getenv(name);
}

static gboolean run_ifdef(struct command *c, GError **error)
{
	g_autofree char *name = command_word(c, 0, error);
	g_autofree char *line = name ? command_word(c, WORDS_SPACE, error) : NULL;

	if (!line)
		return FALSE;
	if (is_defined(c->conf, name) != c->data)
		return TRUE;
	return conf_run_line(c->conf, line, &c->message, NULL, error);
}

static gboolean run_finish(struct command *c, GError **error)
{
	c->conf->finish = c->conf->file != NULL;
	return TRUE;
}

static gboolean run_echo(struct command *c, GError **error)
{
	c->message = command_word(c, 0, error);
	return c->message != NULL;
}

static gboolean run_cd(struct command *c, GError **error)
{
	g_autofree char *word = words_next(c->words, 0);
	g_autofree char *dir = path_home_expand(word ? word : "~");

	if (c->conf->flags & CONF_NO_SHELL)
		return TRUE;
	if (g_chdir(dir) < 0)
		return error_from_errno(error, errno, "cannot change to '%s'", dir);
	return TRUE;
}

/* Lua's own semicolons end nothing. */
static gboolean skip_lua(struct command *c, GError **error)
{
	g_free(words_next(c->words, WORDS_SPACE | WORDS_SEMICOLON | WORDS_COMMENT | WORDS_QUOTES |
					WORDS_NO_DOLLAR));
	return TRUE;
}

static gboolean run_version(struct command *c, GError **error)
{
	c->message = g_strdup("cur " CUR_VERSION);
	return TRUE;
}

/* ---- environment of children ----------------------------------------------------------- */

static gboolean query_environment(struct command *c, const char *name, GError **error)
{
	const char *value = g_getenv(name);

	if (!value)
		return error_set(error, CUR_ERROR_USAGE, "'%s' is not set", name);
	c->message = g_strdup_printf("%s=%s", name, value);
	return TRUE;
}

/* A configuration that may run nothing may not steer what others run either. */
static gboolean may_change_environment(const struct conf *conf, const char *name)
{
	return !(conf->flags & CONF_NO_SHELL) && *name && !strchr(name, '=');
}

static gboolean run_setenv(struct command *c, GError **error)
{
	gboolean query = words_take(c->words, '?', TRUE);
	g_autofree char *name = command_word(c, WORDS_EQUAL, error);
	g_autofree char *value = NULL;

	if (!name)
		return FALSE;
	if (query || words_take(c->words, '?', FALSE))
		return query_environment(c, name, error);
	words_take(c->words, '=', TRUE);
	value = command_word(c, 0, error);
	if (!value)
		return FALSE;
	if (may_change_environment(c->conf, name))
		g_setenv(name, value, TRUE);
	return TRUE;
}

static gboolean run_unsetenv(struct command *c, GError **error)
{
	g_autofree char *name = command_word(c, 0, error);

	if (!name)
		return FALSE;
	if (may_change_environment(c->conf, name))
		g_unsetenv(name);
	return TRUE;
}

const struct command_row control_commands[] = {
    {"source", run_source, 0},
    {"ifdef", run_ifdef, TRUE},
    {"ifndef", run_ifdef, FALSE},
    {"finish", run_finish, 0},
    {"echo", run_echo, 0},
    {"cd", run_cd, 0},
    {"lua", skip_lua, 0},
    {"version", run_version, 0},
    {"setenv", run_setenv, 0},
    {"unsetenv", run_unsetenv, 0},
    {NULL, NULL, 0},
};
