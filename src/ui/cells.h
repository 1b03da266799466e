/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of characters ($to_chars, $status_chars …) as arrays of texts. */
#ifndef UI_CELLS_H
#define UI_CELLS_H

/* One text for each cluster, NULL at the end. Yours: g_strfreev. */
char **cells_new(const char *table);

#endif
