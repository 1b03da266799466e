/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Defaults that no table can hold: editor, shell, charset, who and where we are.
 * Each row names the variable and a function that answers; NULL leaves the
 * table's default.
 */
#include "defaults.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/path.h"

static char *first_of_environment(const char *const *names)
{
	for (; *names; names++) {
		const char *value = g_getenv(*names);

		if (value && *value)
			return g_strdup(value);
	}
	return NULL;
}

static char *default_editor(void)
{
	char *editor = first_of_environment((const char *const[]){"VISUAL", "EDITOR", NULL});

	return editor ? editor : g_strdup("vi");
}

static char *default_from(void)
{
	return first_of_environment((const char *const[]){"EMAIL", NULL});
}

static char *default_tmpdir(void)
{
	char *dir = first_of_environment((const char *const[]){"TMPDIR", NULL});

	return dir ? dir : g_strdup("/tmp");
}

static char *default_spoolfile(void)
{
	char *path = first_of_environment((const char *const[]){"MAIL", "MAILDIR", NULL});

	return path ? path : g_build_filename("/var/mail", g_get_user_name(), NULL);
}

static char *default_shell(void)
{
	char *shell = first_of_environment((const char *const[]){"SHELL", NULL});

	return shell ? shell : g_strdup("/bin/sh");
}

static char *default_charset(void)
{
	const char *charset;

	g_get_charset(&charset);
	return g_ascii_strdown(charset, -1);
}

static char *default_hostname(void)
{
	return g_strdup(g_get_host_name());
}

static char *default_mailcap_path(void)
{
	char *path = first_of_environment((const char *const[]){"MAILCAPS", NULL});

	return path ? path
		    : g_strdup("~/.mailcap:/etc/mailcap:/usr/etc/mailcap:/usr/local/etc/mailcap");
}

/* The GECOS field up to its first comma; "&" in it is the login name with a capital. */
static char *default_realname(void)
{
	struct passwd pw, *found = NULL;
	char buffer[4096];
	g_autofree char *name = NULL;
	g_auto(GStrv) around = NULL;
	g_autofree char *login = NULL;

	if (getpwuid_r(getuid(), &pw, buffer, sizeof(buffer), &found) != 0 || !found ||
	    !pw.pw_gecos)
		return NULL;
	name = g_strndup(pw.pw_gecos, strcspn(pw.pw_gecos, ","));
	around = g_strsplit(name, "&", -1);
	login = g_strdup(pw.pw_name);
	login[0] = g_ascii_toupper(login[0]);
	return g_strjoinv(login, around);
}

/* clang-format off */
static const struct {
	gsize offset;
	char *(*text)(void);
} runtime[] = {
    {offsetof(struct settings, charset), default_charset},
    {offsetof(struct settings, editor), default_editor},
    {offsetof(struct settings, from), default_from},
    {offsetof(struct settings, hostname), default_hostname},
    {offsetof(struct settings, mailcap_path), default_mailcap_path},
    {offsetof(struct settings, realname), default_realname},
    {offsetof(struct settings, shell), default_shell},
    {offsetof(struct settings, spoolfile), default_spoolfile},
    {offsetof(struct settings, tmpdir), default_tmpdir},
    {offsetof(struct settings, visual), default_editor},
};
/* clang-format on */

char *default_text(const struct variable *v, enum dialect dialect)
{
	const char *theirs = dialect == DIALECT_NEOMUTT ? dialect_default(v) : NULL;

	if (theirs)
		return g_strdup(theirs);
	for (guint i = 0; i < G_N_ELEMENTS(runtime); i++)
		if (runtime[i].offset == v->offset) {
			char *text = runtime[i].text();

			if (text)
				return text;
		}
	if (v->kind == VARIABLE_PATH || v->kind == VARIABLE_MAILBOX)
		return path_home_expand(v->text);
	return g_strdup(v->text);
}
