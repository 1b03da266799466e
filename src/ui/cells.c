/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cells.h"

#include "cur/base/text.h"

char **cells_new(const char *table)
{
	GPtrArray *cells = g_ptr_array_new();
	struct text_iter it;

	text_iter_init(&it, table, -1);
	while (text_iter_next(&it))
		g_ptr_array_add(cells, g_strndup(it.start, it.n));
	g_ptr_array_add(cells, NULL);
	return (char **)g_ptr_array_free(cells, FALSE);
}
