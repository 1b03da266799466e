/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of `cur check` share: the configuration that is looked at, and what was found. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "commands.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"

struct check {
	struct run *run;
	struct conf *conf;
	GPtrArray *findings;  /* struct conf_problem *, all owned */
	GPtrArray *visits;    /* struct check_visit * */
	GPtrArray *mailboxes; /* char *: canonical names of those that the configuration names */
};
/* What holds while one is in an account's inbox. */
struct check_visit {
	struct account *account; /* NULL: there is none at a server */
	struct transport *way;	 /* NULL: there is none */
};

/* At "file:line", or nowhere when `place` is NULL. */
void check_add(struct check *check, enum conf_severity severity, const char *place,
	       const char *format, ...) G_GNUC_PRINTF(4, 5);

/*
 * What is wrong with the servers; fills `visits` and `mailboxes` (elements are freed with them).
 * Folder-hooks are run, so what a setting is at the start must have been looked at before.
 */
void check_accounts(struct check *check);
/* Hooks that never match, and patterns that are none. After check_accounts(). */
void check_hooks(struct check *check);

/* Which accounts there are, and which server each talks to; nothing is asked of them. */
void check_print_accounts(struct check *check);
/* The last finding is about this word of its line, or what stands `skip` characters further on. */
void check_point(struct check *check, const char *word, int skip);
/* One finding, with its line and a caret below where it helps. */
void check_print(struct check *check, const struct conf_problem *problem);

#endif
