/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which subcommands there are, and what each says of itself. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "cur/cli/cli.h"

/* clang-format off */
static const struct command {
	const char *name;
	int (*run)(struct run *run);
	const char *usage;
	const char *help;
	const char *details; /* lines, or "" */
} commands[] = {
	{"adopt", command_adopt, "[--json] [--account NAME] [--separator C] DIR", "go on with the Maildirs of mbsync or OfflineIMAP",
	 "  --account NAME the account they belong to, when there are several\n"
	 "  --separator C  what stands between the levels of a folder's name besides /\n"
	 "The files get a second name (or are copied) and DIR stays as it is. Before the first sync.\n"},
	{"check", command_check, "[--json] [--all] [--strict] [FILE]", "read the configuration and print what it comes to",
	 "  --all          also what the system's files set without effect\n"
	 "  --strict       warnings make it fail, too\n"
	 "Prints mistakes, names without effect and what has taken their place, keys bound twice,\n"
	 "hooks that never match, then the accounts and the servers they talk to. No server is\n"
	 "asked. Status 2 when there is an error, 1 with --strict and a warning, else 0.\n"},
	{"folders", command_folders, "[--json]", "list mailboxes with their counts and where they lie",
	 "Prints unread, all, and the name of each.\n"},
	{"help", command_help, "[COMMAND]", "print this list, or more about one command", ""},
	{"list", command_list, "[--json] [--limit N] [FOLDER [PATTERN]]", "list messages, newest first",
	 "  --limit N      at most N messages\n"
	 "FOLDER is a name as in the interface (=Archive, a path), else the inbox; PATTERN one of mutt's.\n"},
	{"queue", command_queue, "[--json] [--flush|--hold|--release|--drop|--resend] [ID…]", "list the outbox, or change what is in it",
	 "  --flush        try now, whatever the waiting time\n"
	 "  --hold         keep back until --release\n"
	 "  --drop         throw away\n"
	 "  --resend       send again what may have been sent already\n"
	 "All but --flush want to know which: an ID or more.\n"},
	{"search", command_search, "[--json] [--limit N] QUERY…", "search the text of all messages",
	 "  --limit N      at most N messages\n"
	 "QUERY is as in notmuch-search-terms(7).\n"},
	{"show", command_show, "[--json|--raw|--part N] ID|FILE…", "print messages",
	 "  --raw          the message as it was received\n"
	 "  --part N       one part's content, decoded; N as --json numbers them\n"
	 "ID is what cur list and cur search print.\n"},
	{"status", command_status, "[--json]", "print what the engine does",
	 "An account a line: its state, last sync, what is left to do, the last error; then what\n"
	 "its server refused, what it cost in bytes and round trips, and how much waits in the\n"
	 "outbox.\n"},
	{"sync", command_sync, "[--json] [--log wire] [--watch|--dry-run|--accept-deletions|--keep|--give-up] [FOLDER|ACCOUNT…]", "fetch and push now; stay with --watch",
	 "  --watch        stay, and keep both sides alike until stopped\n"
	 "  --dry-run      print what would be done, and change nothing\n"
	 "  --log wire          from now on keep what servers and we say to each other, without\n"
	 "                      passwords and texts, in wire.log of the data folder\n"
	 "  --accept-deletions  it is meant that so much of a folder is gone, here or at the\n"
	 "                 server: it goes on the other side, too\n"
	 "  --keep         what is gone at the server of a folder stays here\n"
	 "  --give-up      forget the changes that the account's server refused\n"
	 "Status 0 all was done, 75 a server could not be reached, 1 something else failed.\n"},
	{"undo", command_undo, "[--json] [--list]", "take back what was done last",
	 "  --list         print what could be taken back, newest first\n"
	 "Marks, labels, moves, copies, deletions, mailboxes made and renamed: each time the one\n"
	 "before. What was deleted for good comes back for a day.\n"},
};
/* clang-format on */

static const struct command *find_command(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		if (g_str_equal(commands[i].name, word))
			return &commands[i];
	return NULL;
}

const char *command_name(const char *word)
{
	const struct command *command = find_command(word);

	return command ? command->name : NULL;
}

static void print_details(const struct command *command)
{
	printf("usage: cur %s %s\n\n%c%s.\n%s", command->name, command->usage,
	       g_ascii_toupper(command->help[0]), command->help + 1, command->details);
	if (strstr(command->usage, "--json"))
		puts("  --json         JSON lines for programs, as cur-json(7) says");
}

int command_help(struct run *run)
{
	const GPtrArray *arguments = run->options->arguments;
	const struct command *only;

	if (arguments->len && !g_str_has_prefix(arguments->pdata[0], "-")) {
		only = find_command(arguments->pdata[0]);
		if (!only) {
			complain("there is no command '%s'", (char *)arguments->pdata[0]);
			return CLI_USAGE;
		}
		print_details(only);
		return CLI_OK;
	}
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		printf("cur %s %s\n        %s\n", commands[i].name, commands[i].usage,
		       commands[i].help);
	return CLI_OK;
}

static gboolean asks_for_help(const GPtrArray *arguments)
{
	for (guint i = 0; i < arguments->len; i++) {
		const char *word = arguments->pdata[i];

		if (g_str_equal(word, "--"))
			return FALSE;
		if (g_str_equal(word, "--help") || g_str_equal(word, "-h"))
			return TRUE;
	}
	return FALSE;
}

int command_run(struct run *run)
{
	const struct command *command = find_command(run->options->command);

	if (asks_for_help(run->options->arguments)) {
		print_details(command);
		return CLI_OK;
	}
	return command->run(run);
}
