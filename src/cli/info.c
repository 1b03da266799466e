/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only prints: -h, -v, -D, -Q, -A. */
#include <stdio.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"
#include "cur/conf/conf.h"
#include "cur/conf/dump.h"
#include "cur/conf/lists.h"
#include "cur/model/recipients.h"

static const char usage[] =
    "usage: cur [OPTIONS] [-f MAILBOX | -p | -y | -Z]\n"
    "       cur [OPTIONS] [-s SUBJECT] [-c CC] [-b BCC] [-i FILE] [-H DRAFT]\n"
    "           [-a FILE... --] [ADDRESS... | mailto:LINK] [< MESSAGE]\n"
    "       cur [OPTIONS] -t [-oi] [-f SENDER] [ADDRESS...] < MESSAGE\n"
    "       cur [OPTIONS] COMMAND [ARGUMENT...]\n"
    "       cur -A ALIAS... | -D | -Q VARIABLE... | -v[v] | -h\n"
    "\n"
    "  -A ALIAS     print what an alias stands for\n"
    "  -a FILE...   attach files, up to -- or the next option\n"
    "  -b, -c ADDR  blind copy, copy\n"
    "  -D           print all variables\n"
    "  -e COMMAND   run a command after the configuration is read\n"
    "  -F FILE      read this configuration\n"
    "  -f MAILBOX   open this mailbox\n"
    "  -H FILE      a draft with header and body, - for standard input\n"
    "  -i FILE      put this file into the body\n"
    "  -n           do not read the system's configuration\n"
    "  -p           resume a postponed message\n"
    "  -Q VARIABLE  print a variable\n"
    "  -R           open read-only\n"
    "  -s SUBJECT   the subject\n"
    "  -t           take the recipients from the message, as sendmail does\n"
    "  -v           print the version; twice: the licence\n"
    "  -y           start in the list of mailboxes\n"
    "  -Z           open the first mailbox with new mail; status 1 when none has\n"
    "  -z           leave with status 1 when the mailbox is empty\n"
    "  --wait       when sending: wait until the server took or refused it\n"
    "  --           only addresses follow\n"
    "Taken as mutt's, and without effect: -B, -d LEVEL, -E, -m TYPE, -S, -x.\n"
    "\n"
    "A message on standard input is sent without a screen. Status: 0 it is durable in\n"
    "the outbox, 1 not sent, 2 usage, 75 try again. Commands:\n"
    "\n";

static const char licence[] =
    "\n"
    "This program is free software: you can redistribute it and/or modify it under the\n"
    "terms of the GNU General Public License as published by the Free Software Foundation,\n"
    "either version 3 of the License, or (at your option) any later version. It comes\n"
    "WITHOUT ANY WARRANTY. See <https://www.gnu.org/licenses/>.\n";

static int print_usage(struct run *run)
{
	fputs(usage, stdout);
	return command_help(run);
}

static int print_version(const struct options *o)
{
	puts("cur " CUR_VERSION);
	if (o->licence)
		fputs(licence, stdout);
	return CLI_OK;
}

static int print_dump(struct run *run)
{
	const GPtrArray *files = conf_files(run->conf);
	g_autofree char *text = conf_dump(run->conf, DUMP_HIDE_SECRETS);

	for (guint i = 0; i < files->len; i++) {
		g_autofree char *line = conf_file_text(g_ptr_array_index(files, i));

		say("# %s", line);
	}
	say_text(text, -1);
	return CLI_OK;
}

static int print_variables(struct run *run)
{
	const GPtrArray *names = run->options->query;
	int status = CLI_OK;

	for (guint i = 0; i < names->len; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *line =
		    conf_query(run->conf, names->pdata[i], DUMP_HIDE_SECRETS, &error);

		if (line)
			say("%s", g_strchomp(line));
		else
			status = (cli_fail(error), CLI_FAILED);
	}
	return status;
}

static int print_aliases(struct run *run)
{
	const GPtrArray *keys = run->options->alias;
	int status = CLI_OK;

	for (guint i = 0; i < keys->len; i++) {
		const char *key = keys->pdata[i];
		g_autofree char *expanded = recipients_expand(run->conf, key);

		if (!conf_alias(run->conf, key))
			status = CLI_FAILED;
		say("%s", conf_alias(run->conf, key) ? expanded : key);
	}
	return status;
}

int info_run(struct run *run)
{
	const struct options *o = run->options;
	g_autoptr(GError) error = NULL;

	if (o->help)
		return print_usage(run);
	if (o->version)
		return print_version(o);
	if (!run_conf(run, &error))
		return cli_fail(error);
	if (o->dump)
		return print_dump(run);
	return o->query->len ? print_variables(run) : print_aliases(run);
}
