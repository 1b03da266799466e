/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of cur: mutt's options (POSIX rules: options end at the first
 * operand or at --; -a takes files up to -- or the next option), and
 * subcommands: cur list, cur queue … doc: cur(1).
 */
#ifndef CUR_CLI_OPTIONS_H
#define CUR_CLI_OPTIONS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/conf.h"

enum option_mode {
	MODE_INTERFACE, /* open a mailbox, or compose with a screen: for ui/ */
	MODE_COMMAND,	/* a subcommand: `command` and its `operands` */
	MODE_BATCH,	/* send what stands on standard input, without a screen */
	MODE_INFO,	/* -v, -h, -D, -Q, -A: print and leave */
};

/* All strings belong to the struct. Arrays are char *, never NULL. */
struct options {
	enum option_mode mode;
	const char *command;  /* name of the subcommand, or NULL */
	GPtrArray *arguments; /* of the subcommand, its own options included; NULL at the end */

	char *muttrc;	     /* -F, or NULL */
	gboolean no_system;  /* -n */
	GPtrArray *commands; /* -e, in order */

	char *mailbox;	    /* -f, or NULL */
	gboolean read_only; /* -R */
	gboolean browser;   /* -y: start in the list of mailboxes */
	gboolean first_new; /* -Z */
	gboolean not_empty; /* -z */
	gboolean postponed; /* -p */

	gboolean compose;	  /* something names a message to write */
	char *subject;		  /* -s */
	GPtrArray *attach;	  /* -a */
	GPtrArray *cc, *bcc;	  /* -c, -b */
	GPtrArray *to;		  /* operands: addresses, or one mailto: link */
	char *draft;		  /* -H */
	char *include;		  /* -i */
	gboolean called_sendmail; /* sendmail's rules: standard input is a whole message */
	gboolean sendmail;	  /* -t: its recipients stand in its header */
	char *sender;		  /* -f of sendmail's manner, or NULL */
	gboolean wait;		  /* --wait */

	gboolean version; /* -v; twice: the licence */
	gboolean licence;
	gboolean help;	  /* -h, --help */
	gboolean dump;	  /* -D */
	GPtrArray *query; /* -Q */
	GPtrArray *alias; /* -A */
};

/*
 * Take argv apart. USAGE when it cannot be understood (exit status 2); nothing
 * is opened or run. stdin_is_tty: a message with recipients and something else
 * on standard input is sent without a screen.
 */
struct options *options_parse(int argc, char *const argv[], gboolean stdin_is_tty, GError **error);
void options_free(struct options *options);
DEFINE_AUTO(options, options_free)

/*
 * What -F, -n and each -e make of the configuration; USAGE at an -e with a mistake. Yours. The end
 * of conf/shells.h that tells is taken; 0: nobody is told.
 */
struct conf *options_conf(const struct options *options, int shells, GError **error);
/* -F … -n -e … again, for an engine that we start. NULL-terminated, g_strfreev(). */
char **options_engine_args(const struct options *options);

#endif
