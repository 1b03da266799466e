/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of mail/ share: the corpus, hostile texts, and a limit on time. */
#ifndef MAIL_MATERIAL_H
#define MAIL_MATERIAL_H

#include <glib.h>
#include <time.h>

/* Hostile input must be linear: a second of processor time is far more than that needs. */
#ifdef __SANITIZE_ADDRESS__
#define QUICK_SECONDS 12
#else
#define QUICK_SECONDS 1
#endif
#define assert_quick(start) assert_true(clock() - (start) < QUICK_SECONDS * CLOCKS_PER_SEC)

static inline char *corpus_path(const char *name)
{
	const char *source = g_getenv("CUR_TEST_SOURCE");
	return g_build_filename(source ? source : ".", "tests", "corpus", name, NULL);
}

static inline GBytes *corpus_read(const char *name)
{
	char *text;
	gsize n;
	g_autofree char *path = corpus_path(name);
	g_autoptr(GError) error = NULL;
	if (!g_file_get_contents(path, &text, &n, &error))
		g_error("%s", error->message);
	return g_bytes_new_take(text, n);
}

static inline int compare_names(const void *a, const void *b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* All names of the corpus, sorted, so that a seed always meets the same message. */
static inline GPtrArray *corpus_names(void)
{
	g_autofree char *path = corpus_path("");
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(path, 0, NULL);
	for (const char *name; dir && (name = g_dir_read_name(dir));)
		if (g_str_has_suffix(name, ".eml"))
			g_ptr_array_add(names, g_strdup(name));
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(names, compare_names);
	return names;
}

/* `times` copies of `piece`. Yours. */
static inline char *repeat(const char *piece, gsize times)
{
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < times; i++)
		g_string_append(out, piece);
	return g_string_free(out, FALSE);
}

#endif
