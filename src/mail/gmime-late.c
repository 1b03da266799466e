/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GMime, when a message is first taken apart. Without it there is no mail: it is installed. */
#include "gmime-late.h"

static const char *const names[] = LIBRARY_NAMES(GMIME_FUNCTIONS);
static struct gmime functions;

static void begin(void)
{
	functions.init();
}

static struct library library = {GMIME_SONAME, names, G_N_ELEMENTS(names), &functions, begin};

const struct gmime *gmime(void)
{
	g_autoptr(GError) error = NULL;

	if (!library_use(&library, &error))
		g_error("%s", error->message);
	return &functions;
}
