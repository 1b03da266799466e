/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of conf share: a configuration from text, its problems as text. */
#ifndef TEST_MUTTRC_H
#define TEST_MUTTRC_H

#include <glib.h>
#include <glib/gstdio.h>

#include "cur/conf/conf.h"

/* Lines run one by one; a failing one stops the test. */
static inline struct conf *conf_of(const char *text)
{
	struct conf *conf = conf_new(0);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l; l++) {
		g_autoptr(GError) error = NULL;

		if (!conf_command(conf, *l, NULL, &error))
			g_error("'%s': %s", *l, error->message);
	}
	return conf;
}

/* Bytes as a file that is read; the problems without the notes, a line each, file as "F". */
static inline char *problems_of(struct conf *conf, const char *bytes, gssize n)
{
	g_autofree char *dir = g_dir_make_tmp("conf-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "muttrc", NULL);
	GString *out = g_string_new(NULL);
	const GPtrArray *problems = conf_problems(conf);

	g_file_set_contents(path, bytes, n, NULL);
	if (!conf_source(conf, path, NULL))
		g_string_append(out, "not read\n");
	for (guint i = 0; i < problems->len; i++) {
		const struct conf_problem *p = g_ptr_array_index(problems, i);
		g_autofree char *text = conf_problem_format(p);

		if (p->severity == CONF_NOTE)
			continue;
		g_string_append_printf(out, "%s%s\n", p->file ? "" : "F", text);
	}
	g_string_replace(out, path, "F", 0);
	g_unlink(path);
	g_rmdir(dir);
	return g_string_free(out, FALSE);
}

#endif
