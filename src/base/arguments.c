/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel shows the bytes of argv as they are now, not as they were at the start. */
#include "cur/base/arguments.h"

#include <string.h>

void arguments_hide(int argc, char *const argv[], const char *const *secrets)
{
	for (; secrets && *secrets; secrets++)
		for (int i = 1; i < argc; i++) {
			gsize n = strlen(*secrets);

			if (n && g_str_has_suffix(argv[i], *secrets))
				memset(argv[i] + strlen(argv[i]) - n, '*', n);
		}
}
