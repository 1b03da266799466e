/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting the engine: the one that was installed with us, else the one in PATH. */
#include <unistd.h>

#include "cur/base/child.h"
#include "cur/model/client.h"

/* "curd" in the folder of the running program; yours. */
static char *engine_path(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = self ? g_path_get_dirname(self) : NULL;
	g_autofree char *beside = dir ? g_build_filename(dir, "curd", NULL) : NULL;

	if (beside && access(beside, X_OK) == 0)
		return g_steal_pointer(&beside);
	return g_strdup("curd");
}

gboolean client_start_engine(const char *const *args, GError **error)
{
	g_autofree char *engine = engine_path();
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	g_ptr_array_add(argv, engine);
	for (; args && *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	if (child_detach((const char *const *)argv->pdata, error))
		return TRUE;
	g_prefix_error(error, "cannot start the engine: ");
	return FALSE;
}
