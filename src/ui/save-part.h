/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts as files on the disk: 0600, never through a link, never over something else unasked. */
#ifndef UI_SAVE_PART_H
#define UI_SAVE_PART_H

#include <glib.h>

#include "cur/mail/message.h"

enum save_how {
	SAVE_NEW,	/* fails with EXISTS when anything is there */
	SAVE_OVERWRITE, /* replaces a regular file; a link or folder is refused */
	SAVE_APPEND,	/* to a regular file */
};

/* Write the decoded content to `path`, a text in UTF-8 when `as_utf8`. Nothing partial is left on
 * failure but by SAVE_APPEND. */
gboolean save_part(struct part *part, const char *path, enum save_how how, gboolean as_utf8,
		   GError **error);

/*
 * What a user typed as a path: ~ expanded; a folder means `name` in it. Yours.
 */
char *save_path(const char *typed, const char *name);

/* `path`, or with -1, -2 … before its extension the first that is not there. Yours. */
char *save_free_path(const char *path);

#endif
