/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $account_command: a program of the user's that knows how to log in. */
#ifndef CUR_SYNC_ACCOUNT_COMMAND_H
#define CUR_SYNC_ACCOUNT_COMMAND_H

#include "cur/conf/accounts.h"

/* What it told; NULL for what it did not tell. Yours, the password with auth_wipe(). */
struct account_told {
	char *login, *password;
};

/*
 * Run it with --hostname, --username and --protocol, as NeoMutt does; it prints lines of
 * "login: …" and "password: …". AUTH when it fails, with what it said on stderr, never on stdout.
 */
gboolean account_command_ask(const struct account *account, struct account_told *told,
			     GError **error);

#endif
