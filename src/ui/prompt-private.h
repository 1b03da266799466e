/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What app.c and layout.c need of the questions beside cur/ui/prompt.h. */
#ifndef UI_PROMPT_PRIVATE_H
#define UI_PROMPT_PRIVATE_H

#include "cur/ui/app.h"
#include "cur/ui/prompt.h"

struct prompt *prompt_new(const struct conf *conf);
/* Every question is answered as refused first. */
void prompt_free(struct app *app);

/* A key for the question that stands. `typed`: by the user, not by a macro. */
void prompt_feed(struct app *app, int key, gboolean typed);
void prompt_paste(struct app *app, const char *text);

void prompt_draw(struct app *app, struct paint *paint, int y, int cols);
/* The column of the cursor; FALSE when no question stands. */
gboolean prompt_cursor(const struct app *app, int *x);
/* The question is on the screen now: keys count from here on (U14). */
void prompt_shown(struct app *app);

/* Every key goes to `key` until prompt_end_keys(). */
void prompt_keys(struct app *app, const char *question, void (*key)(struct app *app, int key));
/* What is said of a key takes the place of the question. */
void prompt_say(struct app *app, const char *text);
void prompt_end_keys(struct app *app);

#endif
