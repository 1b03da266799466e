/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that are close to a mistyped one. */
#include "cur/base/nearest.h"

#include <string.h>

enum { NAME_MAX_CHARS = 63 };

/* Levenshtein's distance, two neighbours swapped counting as one. */
static guint distance(const char *a, const char *b)
{
	guint rows[3][NAME_MAX_CHARS + 1];
	gsize n = strlen(a), m = strlen(b);

	if (n > NAME_MAX_CHARS || m > NAME_MAX_CHARS)
		return G_MAXUINT;
	for (gsize j = 0; j <= m; j++)
		rows[0][j] = j;
	for (gsize i = 1; i <= n; i++) {
		guint *row = rows[i % 3];
		const guint *above = rows[(i + 2) % 3];
		const guint *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (gsize j = 1; j <= m; j++) {
			guint cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			cost = MIN(cost, MIN(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost = MIN(cost, above2[j - 2] + 1);
			row[j] = cost;
		}
	}
	return rows[n % 3][m];
}

/* It is at least by how much one is longer. */
static gboolean may_be_within(const char *a, const char *b, guint limit)
{
	gsize n = strlen(a), m = strlen(b);

	return (n > m ? n - m : m - n) < limit;
}

/* Names that are close to a mistyped one, or NULL. Borrowed: static text. */
static const char *find_nearest(const char *name, const char *const *names)
{
	guint best = MAX(1, strlen(name) / 3) + 1;
	const char *nearest = NULL;

	for (; *names; names++) {
		guint d = may_be_within(name, *names, best) ? distance(name, *names) : best;

		if (d < best) {
			best = d;
			nearest = *names;
		}
	}
	return nearest;
}

char *nearest_hint(const char *name, const char *const *names)
{
	const char *nearest = find_nearest(name, names);

	return nearest ? g_strdup_printf(" (did you mean '%s'?)", nearest) : g_strdup("");
}
