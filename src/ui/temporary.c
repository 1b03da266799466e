/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private files for other programs. */
#include "temporary.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cur/base/error.h"

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
	g_clear_pointer(&file->path, g_free);
	g_clear_pointer(&file->folder, g_free);
}
