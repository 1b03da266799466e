/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of completion share: one run of Tabs, and who offers what. */
#ifndef UI_COMPLETE_PRIVATE_H
#define UI_COMPLETE_PRIVATE_H

#include "complete.h"

struct completion {
	struct app *app;
	enum complete kind;
	char *head;	       /* of the line, before what is completed */
	char *typed;	       /* what is completed */
	GPtrArray *candidates; /* char *; NULL before the first step */
	guint next;	       /* to be shown when cycling */
	gboolean whole;	       /* the first candidate is put in at once, as it is */
	gboolean patterns;     /* an operator of a pattern is wanted: a menu explains them */
};

/* What is completed begins at `start` in `before`. */
void complete_set_start(struct completion *c, const char *before, const char *start);
/* A candidate, when it begins with what was typed. */
void complete_offer(struct completion *c, const char *name);
void complete_offer_files(struct completion *c);
void complete_offer_mailboxes(struct completion *c);
void complete_offer_aliases(struct completion *c);
void complete_offer_labels(struct completion *c);

/* What an argument of a command is. */
enum argument {
	ARG_NONE,
	ARG_COMMAND, /* a whole command line */
	ARG_SETTING, /* [no|inv|&|?]name[=value] */
	ARG_VARIABLE,
	ARG_MENU,
	ARG_FUNCTION,
	ARG_SEQUENCE, /* keys with <functions> */
	ARG_OBJECT,
	ARG_PAINT, /* attributes and colours */
	ARG_ATTRIBUTE,
	ARG_RULE, /* what was coloured */
	ARG_FILE,
	ARG_MAILBOX,
	ARG_HOOK,
	ARG_ALIAS,
	ARG_NAME, /* whatever has a name */
	ARG_PATTERN,
	ARG_SCORE,
	ARG_HEADER,
	ARG_ACCOUNT
};
/* Offer what may stand there; `words` are those of the command before it. */
void complete_offer_argument(struct completion *c, enum argument argument, const GPtrArray *words);

/*
 * A ':' line, and a pattern: say where the completed text begins in `before` (head and typed),
 * then offer what may stand there.
 */
void complete_command_line(struct completion *c, const char *before);
void complete_pattern_text(struct completion *c, const char *before);

#endif
