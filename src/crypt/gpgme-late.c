/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes first loads and prepares it, who comes meanwhile waits. */
#include "gpgme-late.h"

static struct {
	GMutex mutex;
	gboolean loaded;
	struct gpgme functions;
} late;

gboolean gpgme_load(GError **error)
{
	static const char *const names[] = LIBRARY_NAMES(GPGME_FUNCTIONS);
	gboolean loaded;

	g_mutex_lock(&late.mutex);
	if (!late.loaded) {
		late.loaded =
		    library_load(GPGME_SONAME, names, G_N_ELEMENTS(names), &late.functions, error);
		/* What has no version cannot be used: GPGME wants to be asked before all else. */
		if (late.loaded)
			late.functions.check_version(NULL);
	}
	loaded = late.loaded;
	g_mutex_unlock(&late.mutex);
	return loaded;
}

const struct gpgme *gpgme(void)
{
	return &late.functions;
}
