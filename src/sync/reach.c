/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links to Maildirs that are not below mail/. */
#include "reach.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/path.h"

static char *links_dir(struct store *store)
{
	return g_build_filename(store_mail_dir(store), ".local", NULL);
}

char *reach_into(struct store *store, const struct state_mailbox *mb, GError **error)
{
	g_autofree char *dir = links_dir(store), *number = g_strdup_printf("%u", mb->number);
	g_autofree char *link = g_build_filename(dir, number, NULL), *there = NULL;

	if (*mb->account)
		return g_strdup(mb->path);
	there = g_file_read_link(link, NULL);
	if (there && g_str_equal(there, mb->path))
		return g_steal_pointer(&link);
	if (!path_make_private(dir, error))
		return NULL;
	/* A state.db that was made anew counts anew. */
	if ((there && unlink(link) < 0) || symlink(mb->path, link) < 0) {
		error_from_errno(error, errno, "cannot make the link '%s'", link);
		return NULL;
	}
	return g_steal_pointer(&link);
}

char *reach_out(struct store *store, const char *path)
{
	g_autofree char *dir = links_dir(store), *link = NULL, *there = NULL;
	gsize n = strlen(dir);
	const char *rest;

	if (strncmp(path, dir, n) != 0 || path[n] != '/')
		return g_strdup(path);
	rest = path + n + 1 + strcspn(path + n + 1, "/");
	link = g_strndup(path, (gsize)(rest - path));
	there = g_file_read_link(link, NULL);
	return there ? g_strconcat(there, rest, NULL) : g_strdup(path);
}
