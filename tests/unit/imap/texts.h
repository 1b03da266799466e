/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dialogue's fetch brings: each text as it comes, then a word about it in `out`. */
#ifndef CUR_TESTS_TEXTS_H
#define CUR_TESTS_TEXTS_H

#include <glib.h>

struct texts {
	GString *out, *text;
};

static void texts_begin(struct texts *t)
{
	g_string_truncate(t->text, 0);
}

static gboolean texts_bytes(const char *bytes, gsize n, void *data, GError **error)
{
	struct texts *t = data;

	g_string_append_len(t->text, bytes, (gssize)n);
	return TRUE;
}

#endif
