/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dlopen() and dlsym() for a table of functions. */
#include "cur/base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "cur/base/error.h"

static gboolean load(const struct library *l, GError **error)
{
	void *library = dlopen(l->soname, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return error_set(error, CUR_ERROR_IO, "cannot load a library: %s", dlerror());
	for (guint i = 0; i < l->n; i++) {
		void *function = dlsym(library, l->names[i]);

		if (!function)
			return error_set(error, CUR_ERROR_IO, "cannot use the library '%s': %s",
					 l->soname, dlerror());
		/* A pointer to a function has the size of one to data (POSIX, dlsym). */
		memcpy((char *)l->table + i * sizeof(function), &function, sizeof(function));
	}
	if (l->prepare)
		l->prepare();
	return TRUE;
}

gboolean library_use(struct library *library, GError **error)
{
	gboolean loaded = g_atomic_int_get(&library->loaded_);

	if (loaded)
		return TRUE;
	g_mutex_lock(&library->mutex_);
	loaded = library->loaded_ || load(library, error);
	g_atomic_int_set(&library->loaded_, loaded);
	g_mutex_unlock(&library->mutex_);
	return loaded;
}
