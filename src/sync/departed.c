/* SPDX-License-Identifier: GPL-3.0-or-later */
/* departed/<checksum of account and id>: hard links, dated by when they were made. */
#include "departed.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/clock.h"
#include "cur/base/log.h"

enum { KEPT_S = 15 * 60 };

static char *folder_of(struct store *store)
{
	return g_build_filename(store_data_dir(store), "departed", NULL);
}

static char *path_of(struct store *store, const char *account, const char *object)
{
	g_autofree char *folder = folder_of(store);
	g_autofree char *key = g_strconcat(account, "\n", object, NULL);
	g_autofree char *name = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);

	return g_build_filename(folder, name, NULL);
}

/* Those that were kept for longer than that. */
static void sweep(struct store *store, gint64 seconds)
{
	g_autofree char *folder = folder_of(store);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	gint64 now = clock_now_s();
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat st;

		/* A clock that went back keeps nothing for long, either. */
		if (lstat(path, &st) == 0 && ABS(now - (gint64)st.st_ctime) >= seconds)
			unlink(path);
	}
}

void departed_keep(struct store *store, const char *account, const char *object, const char *path)
{
	g_autofree char *folder = folder_of(store);
	g_autofree char *to = path_of(store, account, object);

	mkdir(folder, 0700);
	unlink(to);
	if (link(path, to) < 0)
		log_event(LOG_LEVEL_DEBUG, "'%s' is not kept: %s", path, g_strerror(errno));
}

char *departed_find(struct store *store, const char *account, const char *object)
{
	g_autofree char *path = path_of(store, account, object);
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? g_steal_pointer(&path) : NULL;
}

void departed_sweep(struct store *store)
{
	sweep(store, KEPT_S);
}

void departed_clear(struct store *store)
{
	sweep(store, 0);
}
