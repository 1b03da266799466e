/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands, and what a run of one shares: configuration, cache, engine. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/cli/options.h"
#include "cur/mail/row.h"
#include "cur/model/client.h"
#include "json.h"

struct conf;
struct hcache;
struct hcache_mailbox;

/* The table's own spelling of a subcommand's name; NULL when there is none. */
const char *command_name(const char *word);

/* What is opened once, when it is first needed. */
struct run {
	const struct options *options;
	struct conf *conf;
	struct hcache *cache;
	struct client *client;
	int shells[2]; /* of conf/shells.h, as long as nobody has them; 0: none */
	struct json json;
	gboolean as_json;	   /* --json was given */
	char *told;		   /* what the engine said last by itself, or NULL */
	struct progress *progress; /* of a sync, or NULL … */
	gint64 last_line;	   /* … and when it was last told (monotonic us) */
	gboolean open_line;	   /* it stands on the terminal */
};

/* The muttrc and -e; its complaints go to standard error. NULL when it cannot be read. */
struct conf *run_conf(struct run *run, GError **error);
/* The header cache, with a snapshot that lasts for the run. */
struct hcache *run_cache(struct run *run, GError **error);
/*
 * The engine; started when `start`. Never NULL: a request says when it cannot be
 * reached. `tell` (may be NULL) gets what it says unasked, with `data`.
 */
struct client *run_client(struct run *run, gboolean start, client_tell_fn tell, void *data);
/* What the user types where it is not shown; NULL without a terminal or an answer. Yours. */
char *ask_secret(const char *question);
/* Answer a PROMPT: ask on the terminal when there is one, else refuse and say what is missing. */
void answer_prompt(struct run *run, GVariant *body);

/* Options of a subcommand, taken out of its arguments. */
struct argument {
	const char *name;  /* "--limit" */
	gboolean *flag;	   /* set when given; or */
	const char **text; /* its value */
};
/*
 * Take the options of `table` (n rows) and --json out; what is left are operands (char *,
 * borrowed). NULL with USAGE for an unknown option.
 */
GPtrArray *run_arguments(struct run *run, const struct argument *table, guint n, GError **error);

/* A mailbox as the user writes it, looked up in the cache; NULL text: $spoolfile. */
gboolean run_mailbox(struct run *run, const char *text, struct hcache_mailbox *out, GError **error);
/* "3.1207" taken apart. */
gboolean run_parse_id(const char *text, guint32 *mailbox, guint32 *lid);

/* "flags" and "tags" of an object that is being written; names of keywords, blank between. */
void run_print_flags(struct run *run, mark_t mark, const char *keywords);

/* Print text for a person: nothing in it can act on the terminal. */
void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same with its line ends kept. */
void say_text(const char *text, gsize n);
/* A line on standard error, "cur: …". */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Each runs one subcommand and gives an enum cli_exit. */
int command_adopt(struct run *run);
int command_check(struct run *run);
int command_folders(struct run *run);
int command_help(struct run *run);
/* The subcommand of the options, or what it says of itself when --help is among its arguments. */
int command_run(struct run *run);
int command_list(struct run *run);
int command_queue(struct run *run);
int command_search(struct run *run);
int command_show(struct run *run);
int command_status(struct run *run);
int command_sync(struct run *run);
int command_undo(struct run *run);

/* What a sync of these accounts and mailboxes (canonical names; none: all) would do. */
int plan_print(struct run *run, char **targets);

/* -v -h -D -Q -A. */
int info_run(struct run *run);
/* Batch sending, and sendmail's manner. */
int send_run(struct run *run);
int sendmail_run(struct run *run);
/* After a message is durable: tell the engine, and with --wait stay for what becomes of it. */
int send_announce(struct run *run, const char *id);

/* Standard input, at most 1 GB. */
GBytes *read_stdin(GError **error);

#endif
