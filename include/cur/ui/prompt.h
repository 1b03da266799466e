/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions on the bottom line. None of these functions waits: the answer comes
 * by callback, later, from the event loop. The callback is called exactly once
 * for each question, also when the program ends (as refused), so it may own `data`.
 * A question asked while another stands waits for it. Keys typed before a
 * question was on the screen do not answer prompt_yes_no() and prompt_key().
 */
#ifndef CUR_UI_PROMPT_H
#define CUR_UI_PROMPT_H

#include <glib.h>

#include "cur/conf/history.h"

struct app;

/* What Tab offers. */
enum complete {
	COMPLETE_NONE,
	COMPLETE_FILE,
	COMPLETE_MAILBOX, /* =folders, mailboxes of the directory, paths; Space cycles those with
			     new mail */
	COMPLETE_ADDRESS, /* aliases, group names; Ctrl-T asks $query_command */
	COMPLETE_ALIAS,	  /* keys of aliases alone */
	COMPLETE_LABEL,	  /* labels of the mailbox, each after its sign */
	COMPLETE_COMMAND, /* ':' commands and whatever stands behind them */
	COMPLETE_PATTERN, /* operators by a menu, labels behind ~y */
};

/* `text` is what was typed, borrowed for the call; NULL when it was refused (Ctrl-G, Ctrl-C). */
typedef void (*prompt_text_fn)(struct app *app, const char *text, void *data);
/* The same of several, that were tagged in the browser. `texts` has a NULL at its end. */
typedef void (*prompt_many_fn)(struct app *app, char *const *texts, void *data);
/* `yes`: 1 yes, 0 no, -1 refused. */
typedef void (*prompt_yes_fn)(struct app *app, int yes, void *data);
/* `choice`: index of the letter in `letters`, -1 when refused. */
typedef void (*prompt_key_fn)(struct app *app, int choice, void *data);

struct ask {
	const char *question; /* with its colon and blank: "To: " */
	const char *initial;  /* NULL: empty */
	enum complete complete;
	enum history_kind history; /* which ring the line joins; HISTORY_N: none */
	gboolean secret;	   /* not shown, no history */
	gboolean replace;	   /* a character typed first replaces `initial` */
	prompt_text_fn done;
	prompt_many_fn
	    many; /* called in place of `done` for several files; NULL: one is asked for */
	void *data;
};

/* Ask for a line. `ask` and its strings are copied. */
void prompt_ask(struct app *app, const struct ask *ask);

/*
 * Ask as a quad option says (QUAD_ of conf/settings.h): QUAD_YES and QUAD_NO call
 * `done` at once without asking, the others make theirs the default of Return.
 */
void prompt_yes_no(struct app *app, const char *question, int quad, prompt_yes_fn done, void *data);

/*
 * Ask for one of the letters: "(r)eply, (f)orward?", "rf". Letters are compared
 * as typed. A digit 1.. also chooses when no letter is one.
 */
void prompt_key(struct app *app, const char *question, const char *letters, prompt_key_fn done,
		void *data);

/* A question stands and has the keys. */
gboolean prompt_active(struct app *app);

#endif
