/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only prints: -h, -v, -D, -Q, -A; and cur check. */
#include <stdio.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/cli/cli.h"
#include "cur/conf/accounts.h"
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
	g_autofree char *text = conf_dump(run->conf, DUMP_HIDE_SECRETS);

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

static void problem_as_json(struct json *json, const struct conf_problem *problem)
{
	static const char *const words[] = {
	    [CONF_ERROR] = "error", [CONF_WARNING] = "warning", [CONF_NOTE] = "note"};

	json_object(json, NULL);
	json_string(json, "file", problem->file);
	json_number(json, "line", problem->line);
	json_number(json, "column", problem->column);
	json_string(json, "severity", words[problem->severity]);
	json_boolean(json, "system", problem->of_system);
	json_string(json, "text", problem->text);
	json_end_object(json);
	json_print(json);
}

static void print_problem(struct run *run, const struct conf_problem *problem)
{
	g_autofree char *line = conf_problem_format(problem);

	if (run->as_json)
		problem_as_json(&run->json, problem);
	else
		say("%s", line);
}

/* C08: for as long as it is so. */
static void warn_of_clear_text(struct run *run, const struct account *account)
{
	g_autofree char *text = g_strdup_printf("'%s' is spoken to without encryption: anybody on "
						"the way can read password and mail",
						account->host);
	struct conf_problem problem = {.severity = CONF_WARNING, .text = text};

	if (account_is_clear(account))
		print_problem(run, &problem);
}

/* Servers that cannot be asked, and a way out that leads nowhere. How many. */
static guint check_accounts(struct run *run, struct conf *conf)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) accounts = conf_accounts(conf, problems);
	g_autoptr(GError) error = NULL;
	auto_ptr(transport) way =
	    *conf_settings(conf)->smtp_url ? conf_transport(conf, &error) : NULL;

	if (error)
		g_ptr_array_add(problems, g_strdup_printf("$smtp_url: %s", error->message));
	for (guint i = 0; i < problems->len; i++) {
		struct conf_problem problem = {.severity = CONF_ERROR, .text = problems->pdata[i]};

		print_problem(run, &problem);
	}
	for (guint i = 0; i < accounts->len; i++)
		warn_of_clear_text(run, g_ptr_array_index(accounts, i));
	if (way && way->smtp)
		warn_of_clear_text(run, way->smtp);
	return problems->len;
}

/*
 * Read a configuration without acting on it, and print every complaint. Notes on the
 * system's files, written for mutt and not by the user, only with --all.
 */
int command_check(struct run *run)
{
	gboolean all = FALSE;
	const struct argument table[] = {{"--all", .flag = &all}, {"-v", .flag = &all}};
	const struct options *o = run->options;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) operands = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	auto_ptr(conf) conf = conf_new(0);

	if (!operands)
		return cli_fail(error);
	const char *files[] = {operands->len ? operands->pdata[0] : o->muttrc, NULL};
	if (!conf_load(conf, files[0] ? files : NULL, o->no_system, &error))
		return cli_fail(error);
	for (guint i = 0; i < conf_problems(conf)->len; i++) {
		const struct conf_problem *problem = conf_problems(conf)->pdata[i];

		if (all || !problem->of_system || problem->severity == CONF_ERROR)
			print_problem(run, problem);
	}
	return check_accounts(run, conf) || conf_n_errors(conf) ? CLI_USAGE : CLI_OK;
}
