/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All of cur that has no screen: subcommands for scripts, batch sending, and
 * what only prints. Exit status: 0 all asked for is durable, 1 not (all) done,
 * 2 usage, 75 try again later.
 */
#ifndef CUR_CLI_CLI_H
#define CUR_CLI_CLI_H

#include "cur/cli/options.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_TEMPORARY = 75,
};

/* Run what the options ask for; CLI_IS_INTERFACE when that is the interface (MODE_INTERFACE). */
enum { CLI_IS_INTERFACE = -1 };
int cli_main(const struct options *options);

/* Say an error on standard error, "cur: …", and give the exit status that belongs to it. */
int cli_fail(const GError *error);
/* The status alone. */
int cli_status(const GError *error);

#endif
