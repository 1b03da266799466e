/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XDG folders, "~", and names from the outside world as path components. */
#include "cur/base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"

/* XDG: a relative value is to be ignored. */
static char *xdg_dir(const char *variable, const char *under_home)
{
	const char *base = g_getenv(variable);

	if (base && g_path_is_absolute(base))
		return g_build_filename(base, "cur", NULL);
	return g_build_filename(g_get_home_dir(), under_home, "cur", NULL);
}

char *path_data_dir(void)
{
	return xdg_dir("XDG_DATA_HOME", ".local/share");
}

char *path_cache_dir(void)
{
	return xdg_dir("XDG_CACHE_HOME", ".cache");
}

char *path_mail_dir(void)
{
	g_autofree char *data = path_data_dir();

	return g_build_filename(data, "mail", NULL);
}

/* Without links where there is something, as it is written behind that. Yours. */
static char *real_path(const char *path)
{
	g_autofree char *real = realpath(path, NULL);
	g_autofree char *parent = NULL, *base = NULL, *above = NULL;

	if (real)
		return g_strdup(real);
	parent = g_path_get_dirname(path);
	if (!strcmp(parent, path))
		return g_strdup(path);
	base = g_path_get_basename(path);
	above = real_path(parent);
	return g_build_filename(above, base, NULL);
}

gboolean path_lies_in(const char *path, const char *dir)
{
	g_autofree char *absolute = path_absolute(path);
	g_autofree char *real = real_path(absolute);
	g_autofree char *real_dir = real_path(dir);
	gsize n = strlen(real_dir);

	return !strncmp(real, real_dir, n) && (!real[n] || real[n] == '/');
}

static gboolean check_private(int fd, const char *dir, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_from_errno(error, errno, "cannot look at '%s'", dir);
	if (st.st_uid != geteuid())
		return error_set(error, CUR_ERROR_DENIED, "'%s' belongs to somebody else", dir);
	if ((st.st_mode & 077) && fchmod(fd, 0700) < 0)
		return error_from_errno(error, errno, "cannot make '%s' private", dir);
	return TRUE;
}

gboolean path_make_private(const char *dir, GError **error)
{
	gboolean ok;
	int fd;

	if (g_mkdir_with_parents(dir, 0700) < 0)
		return error_from_errno(error, errno, "cannot make '%s'", dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", dir);
	ok = check_private(fd, dir, error);
	close(fd);
	return ok;
}

static char *home_of(const char *user)
{
	struct passwd pw, *found = NULL;
	char buffer[4096];

	if (!*user)
		return g_strdup(g_get_home_dir());
	if (getpwnam_r(user, &pw, buffer, sizeof(buffer), &found) != 0 || !found)
		return NULL;
	return g_strdup(found->pw_dir);
}

char *path_home_expand(const char *path)
{
	g_autofree char *user = NULL;
	g_autofree char *home = NULL;
	const char *rest;

	if (*path != '~')
		return g_strdup(path);
	rest = path + strcspn(path, "/");
	user = g_strndup(path + 1, rest - path - 1);
	home = home_of(user);
	return home ? g_strconcat(home, rest, NULL) : g_strdup(path);
}

char *path_home_shorten(const char *path)
{
	const char *home = g_get_home_dir();
	gsize n = strlen(home);

	if (n > 1 && g_str_has_prefix(path, home) && (path[n] == '/' || !path[n]))
		return g_strconcat("~", path + n, NULL);
	return g_strdup(path);
}

char *path_absolute(const char *path)
{
	return g_canonicalize_filename(path, NULL);
}

/* ---- names ------------------------------------------------------------- */

enum { HASH_CHARS = 32 };

/* What may not stand first: hidden files, options, home folders, invisible blanks. */
static gboolean is_bad_first(char c)
{
	return c == '.' || c == '-' || c == '~' || c == ' ';
}

static gboolean is_bad_byte(guchar c)
{
	return c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == '%';
}

static gboolean is_maildir_word(const char *text, gsize n)
{
	return n == 3 &&
	       (!memcmp(text, "cur", 3) || !memcmp(text, "new", 3) || !memcmp(text, "tmp", 3));
}

/* Bytes of the UTF-8 character at `text` that can stand as it is; 0 when it is to be escaped. */
static gsize plain_length(const char *text, gsize n)
{
	gunichar c = g_utf8_get_char_validated(text, n);

	if (c == (gunichar)-1 || c == (gunichar)-2 || (c >= 0x80 && c < 0xa0))
		return 0;
	if (c < 0x80)
		return is_bad_byte(c) ? 0 : 1;
	return g_utf8_skip[(guchar)*text];
}

/* Cut before `limit` bytes, not inside an escape or a character. */
static void cut_escaped(GString *name, gsize limit)
{
	gsize at = limit;

	while (at > 0 && ((guchar)name->str[at] & 0xc0) == 0x80)
		at--;
	for (int back = 1; back <= 2 && (gsize)back <= at; back++)
		if (name->str[at - back] == '%') {
			at -= back;
			break;
		}
	g_string_truncate(name, at);
}

static void shorten(GString *name, const char *text, gsize n)
{
	g_autofree char *hash =
	    g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, n);

	cut_escaped(name, PATH_NAME_MAX - 2 - HASH_CHARS);
	g_string_append(name, "%~");
	g_string_append_len(name, hash, HASH_CHARS);
}

char *path_safe_name(const char *text, gssize n_or_all)
{
	gsize n = n_or_all < 0 ? strlen(text) : (gsize)n_or_all;
	GString *name = g_string_sized_new(MIN(n, PATH_NAME_MAX) + 8);
	gboolean escape_first = n > 0 && (is_bad_first(text[0]) || is_maildir_word(text, n));

	for (gsize at = 0; at < n && name->len <= PATH_NAME_MAX;) {
		gsize plain = at == 0 && escape_first ? 0 : plain_length(text + at, n - at);

		if (plain == 0)
			g_string_append_printf(name, "%%%02X", (guchar)text[at++]);
		else {
			g_string_append_len(name, text + at, plain);
			at += plain;
		}
	}
	if (name->len == 0)
		g_string_append_c(name, '%');
	if (name->len > PATH_NAME_MAX)
		shorten(name, text, n);
	return g_string_free(name, FALSE);
}

char *path_unsafe_name(const char *name)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *again = NULL;

	for (const char *p = name; *p; p++) {
		if (*p != '%' || !g_ascii_isxdigit(p[1]) || !g_ascii_isxdigit(p[2])) {
			g_string_append_c(text, *p);
			continue;
		}
		g_string_append_c(text,
				  g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]));
		p += 2;
	}
	if (!strcmp(name, "%"))
		g_string_truncate(text, 0);
	again = path_safe_name(text->str, text->len);
	if (strcmp(again, name) || strlen(text->str) != text->len)
		return NULL;
	return g_strndup(text->str, text->len);
}
