/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private file for another program: alone in a folder, so that it can have the name it needs. */
#ifndef UI_TEMPORARY_H
#define UI_TEMPORARY_H

#include <glib.h>

struct temporary {
	char *folder;
	char *path; /* of the file, which is not there yet */
};

/*
 * A folder (0700) below `tmpdir` ("": the system's), and a path in it; `name` is one component.
 * End it in any case.
 */
gboolean temporary_begin(struct temporary *file, const char *tmpdir, const char *name,
			 GError **error);
/* Remove both, and free. */
void temporary_end(struct temporary *file);

#endif
