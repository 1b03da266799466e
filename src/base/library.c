/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dlopen() and dlsym() for a table of functions. */
#include "cur/base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "cur/base/error.h"

gboolean library_load(const char *soname, const char *const *names, guint n, void *table,
		      GError **error)
{
	void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return error_set(error, CUR_ERROR_IO, "cannot load a library: %s", dlerror());
	for (guint i = 0; i < n; i++) {
		void *function = dlsym(library, names[i]);

		if (!function)
			return error_set(error, CUR_ERROR_IO, "cannot use the library '%s': %s",
					 soname, dlerror());
		/* A pointer to a function has the size of one to data (POSIX, dlsym). */
		memcpy((char *)table + i * sizeof(function), &function, sizeof(function));
	}
	return TRUE;
}
