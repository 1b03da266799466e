/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question, for the files that make up the prompt: prompt.c, prompt-help.c, prompt-draw.c. */
#ifndef UI_PROMPT_QUESTION_H
#define UI_PROMPT_QUESTION_H

#include "complete.h"
#include "cur/ui/prompt.h"
#include "line-edit.h"

enum question_kind { ASK_TEXT, ASK_YES_NO, ASK_LETTER, ASK_KEYS };

struct question {
	enum question_kind kind;
	char *text;
	gboolean shown;	   /* it was on the screen: typed keys count */
	gboolean hidden;   /* a menu was opened from it and has the keys */
	struct view *help; /* the list of keys that hides it, or NULL */

	struct line_edit edit; /* ASK_TEXT */
	enum complete complete;
	enum history_kind history;
	gboolean secret;
	gboolean literal; /* the next key is text (quote-char) */
	gboolean fresh;	  /* nothing was typed: a character replaces the text */
	guint back;	  /* history entries gone back, 0: the line itself */
	char *own;	  /* the line before the history was entered */
	struct completion *completion;
	prompt_text_fn text_done;
	prompt_many_fn many_done;

	gboolean yes; /* ASK_YES_NO: what Return means */
	prompt_yes_fn yes_done;
	char *letters; /* ASK_LETTER */
	prompt_key_fn key_done;
	void (*each_key)(struct app *app, int key);
	void *data;
};

struct prompt {
	GQueue questions; /* struct question *; the head stands */
	struct history *history;
	int cursor_x;
};

/* ---- prompt.c ---- */
/* The one that has the keys, or NULL. */
struct question *prompt_standing(const struct app *app);
/* NULL: refused. The question is gone then. */
void prompt_answer(struct app *app, const char *text);
void prompt_answer_many(struct app *app, char *const *texts);

/* ---- prompt-help.c: functions of the editor that need more than the line ---- */
void prompt_history_step(struct app *app, struct question *q, int fn);
void prompt_history_find(struct app *app, struct question *q);
void prompt_complete(struct app *app, struct question *q);
/* All there is to choose from: mailboxes, files, aliases. */
void prompt_open_menu(struct app *app, struct question *q);
void prompt_complete_query(struct app *app, struct question *q);
/* The next mailbox with new mail; a blank where no mailbox is asked for. */
void prompt_cycle(struct app *app, struct question *q);
/* The list of keys. */
void prompt_help(struct app *app, struct question *q);

#endif
