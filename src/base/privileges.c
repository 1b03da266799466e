/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A muttrc runs what it likes: with the rights of a file's owner it would be anybody's. */
#include "cur/base/privileges.h"

#include <stdio.h>
#include <sys/auxv.h>

gboolean privileges_are_foreign(const char *program)
{
	if (!getauxval(AT_SECURE))
		return FALSE;
	fprintf(stderr, "%s: not made to run set-user-ID or with capabilities\n", program);
	return TRUE;
}
