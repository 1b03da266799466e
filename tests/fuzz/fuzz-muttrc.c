/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a muttrc: no line may crash the parser, and what it made of them must
 * be readable again. Nothing is run and no file is read (CONF_NO_SHELL).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "cur/conf/accounts.h"
#include "cur/conf/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	auto_ptr(conf) conf = conf_new(CONF_NO_SHELL);
	g_autoptr(GPtrArray) accounts = NULL;
	g_autofree char *dump = NULL;

	for (char **l = lines; *l; l++) {
		g_autofree char *message = NULL;
		g_autoptr(GError) error = NULL;

		/* Whatever is refused says why: a file's line is told by it. */
		if (!conf_command(conf, *l, &message, &error) && !error)
			abort();
	}
	accounts = conf_accounts(conf, NULL);
	dump = conf_dump(conf, DUMP_HIDE_SECRETS);
	return 0;
}
