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
/* Free, but leave the file where it is. */
void temporary_leave(struct temporary *file);

/* Keep a file for a program that nobody waits for: the last few are there. Empties `file`. */
void temporaries_add(GQueue *files, struct temporary *file);
/* Remove all; frees the queue. */
void temporaries_end(GQueue *files);

#endif
