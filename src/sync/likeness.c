/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message-IDs and texts, compared byte for byte. */
#include "likeness.h"

#include <string.h>

#include "cur/mail/partial.h"
#include "cur/mail/scan.h"

static gboolean same_id(const char *path_a, const char *path_b)
{
	g_autofree char *a = scan_file_id(path_a), *b = scan_file_id(path_b);

	return a && b && !strcmp(a, b);
}

/* What follows the header; it may be empty. FALSE when the file cannot be read. Unmap *map. */
static gboolean text_of(const char *path, GMappedFile **map, const char **text, gsize *n)
{
	const char *bytes, *empty_line;

	*map = g_mapped_file_new(path, FALSE, NULL);
	if (!*map)
		return FALSE;
	*n = g_mapped_file_get_length(*map);
	*text = bytes = g_mapped_file_get_contents(*map);
	empty_line = *n ? memmem(bytes, *n, "\n\n", 2) : NULL;
	*text = empty_line ? empty_line + 2 : bytes + *n;
	*n -= (gsize)(*text - bytes);
	return TRUE;
}

static gboolean same_text(const char *path_a, const char *path_b)
{
	g_autoptr(GMappedFile) x = NULL;
	g_autoptr(GMappedFile) y = NULL;
	const char *a, *b;
	gsize n_a, n_b;

	return text_of(path_a, &x, &a, &n_a) && text_of(path_b, &y, &b, &n_b) && n_a == n_b &&
	       (!n_a || !memcmp(a, b, n_a));
}

gboolean likeness(const char *path_a, const char *path_b)
{
	return same_id(path_a, path_b) && (partial_read(path_a, NULL) ||
					   partial_read(path_b, NULL) || same_text(path_a, path_b));
}
