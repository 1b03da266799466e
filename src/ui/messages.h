/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The message line and the errors of before. */
#ifndef UI_MESSAGES_H
#define UI_MESSAGES_H

#include "cur/ui/app.h"

struct message_log *messages_new(void);
void messages_free(struct message_log *log);

/* The answer to the user's keys, said now; "" for nothing. Errors are kept for error-history. */
void messages_set(struct app *app, const char *text, gboolean error);
/* Something that happened by itself: said as soon as an answer on the line could be read. */
void messages_note(struct app *app, const char *text, gboolean error);
/* Time has passed: what waits may have its turn. */
void messages_tick(struct app *app);
/* The user saw it: a key came. */
void messages_clear(struct app *app);
void messages_draw(struct app *app, struct paint *paint, int y, int cols);
/* All errors kept, one a line, oldest first. Yours. */
char *messages_history(const struct app *app);

#endif
