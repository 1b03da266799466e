/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where things lie (XDG), what "~" means, and names from the outside world as
 * file names that cannot leave their folder.
 */
#ifndef CUR_BASE_PATH_H
#define CUR_BASE_PATH_H

#include <glib.h>

/*
 * $XDG_DATA_HOME/cur and so on, absolute, without a slash at the end. The result
 * is yours; nothing is created.
 */
char *path_data_dir(void);
char *path_cache_dir(void);

/* Where the engine keeps the mail of accounts, below the data folder. Yours. */
char *path_mail_dir(void);
/*
 * Is `path` the folder `dir`, or something below it? Links are followed as far as there is
 * something; the rest is compared as text. Both absolute.
 */
gboolean path_lies_in(const char *path, const char *dir);

/*
 * Make `dir` and its parents (0700). Fails with DENIED when what is there
 * belongs to somebody else or is no folder; takes group and other permissions
 * away from `dir` itself.
 */
gboolean path_make_private(const char *dir, GError **error);

/* "~", "~/x" and "~user/x" become absolute; all else, and an unknown user, is copied. */
char *path_home_expand(const char *path);
/* The other way: "/home/me/x" becomes "~/x". */
char *path_home_shorten(const char *path);

/*
 * `path` made absolute against the working folder, with "." and ".." taken out
 * by text alone (no links followed), no double or trailing slash.
 */
char *path_absolute(const char *path);

enum { PATH_NAME_MAX = 200 };

/*
 * Any n bytes as one path component that is never "", ".", "..", hidden, "cur",
 * "new" or "tmp", has no slash or control byte and at most PATH_NAME_MAX bytes:
 * what is dangerous becomes %XX (and so does '%'). Different inputs give
 * different names; one that would be too long ends in "%~" and a hash.
 */
char *path_safe_name(const char *text, gssize n);

/*
 * What path_safe_name was given, for a name that it made in full; NULL for a
 * shortened one or one that it would not have made.
 */
char *path_unsafe_name(const char *name);

#endif
