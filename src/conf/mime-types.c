/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a file says about its type: mime.types files, and what everybody knows. */
#include "cur/conf/mime-types.h"

#include <string.h>

#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/lists.h"
#include "cur/mail/build.h"

enum { FILE_MAX = 4 << 20 };

static const char *const files[] = {"~/.mime.types", "/etc/mime.types"};

/* "type/subtype ending ending": the type when the ending is among them. Yours. */
static char *type_in_line(const char *line, const char *ending)
{
	g_auto(GStrv) words = NULL;

	if (*line == '#' || !strchr(line, '/'))
		return NULL;
	words = g_strsplit_set(line, " \t\r", -1);
	for (char **word = words + 1; *words && *word; word++)
		if (!g_ascii_strcasecmp(*word, ending))
			return g_strdup(*words);
	return NULL;
}

static char *type_in_file(const char *path, const char *ending)
{
	g_autofree char *full = path_home_expand(path);
	g_autofree char *text = file_read(full, FILE_MAX, FILE_READ_FOLLOW, NULL, NULL);
	char *type = NULL;

	for (char *line = text, *end; line && *line && !type; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		type = type_in_line(line, ending);
	}
	return type;
}

char *mime_type_of_name(const char *name)
{
	const char *dot = name ? strrchr(name, '.') : NULL;
	const char *known = dot ? build_type_of_ending(dot + 1) : NULL;
	char *type = NULL;

	for (gsize i = 0; dot && dot[1] && !type && i < G_N_ELEMENTS(files); i++)
		type = type_in_file(files[i], dot + 1);
	return type || !known ? type : g_strdup(known);
}

char *mime_type_meant(const struct conf *conf, const char *type, const char *name)
{
	char *meant = conf_mime_lookup(conf, type) ? mime_type_of_name(name) : NULL;

	return meant ? meant : g_strdup(type);
}
