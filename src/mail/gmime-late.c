/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes first loads and prepares it, who comes meanwhile waits. */
#include "gmime-late.h"

const struct gmime *gmime(void)
{
	static const char *const names[] = LIBRARY_NAMES(GMIME_FUNCTIONS);
	static struct gmime functions;
	static gsize once;

	if (g_once_init_enter(&once)) {
		g_autoptr(GError) error = NULL;

		if (!library_load(GMIME_SONAME, names, G_N_ELEMENTS(names), &functions, &error))
			g_error("%s", error->message);
		functions.init();
		g_once_init_leave(&once, 1);
	}
	return &functions;
}
