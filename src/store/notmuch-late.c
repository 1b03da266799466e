/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes first loads it, who comes meanwhile waits. */
#include "notmuch-late.h"

static struct {
	GMutex mutex;
	gboolean loaded;
	struct notmuch functions;
} late;

gboolean notmuch_load(GError **error)
{
	static const char *const names[] = LIBRARY_NAMES(NOTMUCH_FUNCTIONS);
	gboolean loaded;

	g_mutex_lock(&late.mutex);
	if (!late.loaded)
		late.loaded = library_load(NOTMUCH_SONAME, names, G_N_ELEMENTS(names),
					   &late.functions, error);
	loaded = late.loaded;
	g_mutex_unlock(&late.mutex);
	return loaded;
}

const struct notmuch *notmuch(void)
{
	return &late.functions;
}
