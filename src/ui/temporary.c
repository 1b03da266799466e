/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private files for other programs. */
#include "temporary.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cur/base/error.h"

enum { FILES_KEPT = 8 };

gboolean temporary_begin(struct temporary *file, const char *tmpdir, const char *name,
			 GError **error)
{
	char *folder = g_build_filename(*tmpdir ? tmpdir : g_get_tmp_dir(), "cur-XXXXXX", NULL);

	*file = (struct temporary){0};
	if (!mkdtemp(folder)) {
		error_from_errno(error, errno, "cannot make a folder '%s'", folder);
		g_free(folder);
		return FALSE;
	}
	file->folder = folder;
	file->path = g_build_filename(folder, name, NULL);
	return TRUE;
}

void temporary_end(struct temporary *file)
{
	if (file->path)
		unlink(file->path);
	if (file->folder)
		rmdir(file->folder);
	temporary_leave(file);
}

void temporary_leave(struct temporary *file)
{
	g_clear_pointer(&file->path, g_free);
	g_clear_pointer(&file->folder, g_free);
}

static void end_oldest(GQueue *files)
{
	struct temporary *oldest = g_queue_pop_head(files);

	temporary_end(oldest);
	g_free(oldest);
}

void temporaries_add(GQueue *files, struct temporary *file)
{
	g_queue_push_tail(files, g_memdup2(file, sizeof(*file)));
	*file = (struct temporary){0};
	while (files->length > FILES_KEPT)
		end_oldest(files);
}

void temporaries_end(GQueue *files)
{
	while (files->length)
		end_oldest(files);
	g_queue_free(files);
}
