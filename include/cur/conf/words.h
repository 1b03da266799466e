/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a muttrc line: quotes, escapes, backticks, $variables. Words are
 * taken one by one because expansion happens while a word is taken.
 */
#ifndef CUR_CONF_WORDS_H
#define CUR_CONF_WORDS_H

#include <glib.h>

#include "cur/base/auto.h"

enum words_flags {
	WORDS_EQUAL =
	    1 << 0, /* an unquoted = ends the word (set); so do + and - before it, and ? */
	WORDS_CONTROL = 1 << 1,	  /* ^X is a control character (macro sequences, push) */
	WORDS_SPACE = 1 << 2,	  /* the rest of the command: blanks do not end it */
	WORDS_QUOTES = 1 << 3,	  /* quotes stay in the text (alias, my_hdr) */
	WORDS_PATTERN = 1 << 4,	  /* ~ % = ! | end a word, # does not end the line */
	WORDS_COMMENT = 1 << 5,	  /* # is text (colours) */
	WORDS_SEMICOLON = 1 << 6, /* ; is text (alias) */
	WORDS_NO_DOLLAR = 1 << 7, /* $ and backticks are text */
};

/* How $name and `command` are answered; results are the caller's, NULL for nothing. */
struct words_source {
	char *(*variable)(void *data, const char *name);
	char *(*shell)(void *data, const char *command);
	void *data;
};

struct words;
/* source may be NULL: then $ and backticks are text. */
struct words *words_new(const char *line, const struct words_source *source);
void words_free(struct words *w);
DEFINE_AUTO(words, words_free)

/*
 * The next word, yours; NULL at the end of the command. A word may be "" ('').
 */
char *words_next(struct words *w, enum words_flags flags);
/* What was wrong with the last word (a backtick without end), or NULL. Static. */
const char *words_error(const struct words *w);
/* TRUE when there is no further word in this command (blanks are skipped). */
gboolean words_at_end(struct words *w);
/* Step over `;` to the next command; FALSE when the line is over. Skips what is left. */
gboolean words_next_command(struct words *w);
/* The next byte after blanks, not taken; NUL at the end. */
char words_peek(struct words *w);
/* Take one byte if it is `c` (after blanks when skip). */
gboolean words_take(struct words *w, char c, gboolean skip);
/* What is left of the line, untouched. Borrowed until the next call. */
const char *words_rest(struct words *w);
/* Where the last word began: column from 1, in characters of the line as given. */
int words_column(const struct words *w);

/* Text in muttrc quotes, so that words_next gives it back. Yours. */
char *words_quote(const char *text);

#endif
