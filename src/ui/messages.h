/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The message line and the errors of before. */
#ifndef UI_MESSAGES_H
#define UI_MESSAGES_H

#include "cur/ui/app.h"

struct message_log *messages_new(void);
void messages_free(struct message_log *log);

/* What a message is to the user: the colour it has, whether it is kept and announced by a beep. */
enum message_kind { MESSAGE_PLAIN, MESSAGE_WARNING, MESSAGE_ERROR };

/* The answer to the user's keys, said now; "" for nothing. All but plain ones are kept. */
void messages_set(struct app *app, const char *text, enum message_kind kind);
/* Something that happened by itself: said as soon as an answer on the line could be read. */
void messages_note(struct app *app, const char *text, enum message_kind kind);
/* Time has passed: what waits may have its turn. */
void messages_tick(struct app *app);
/* The user saw it: a key came. */
void messages_clear(struct app *app);
void messages_draw(struct app *app, struct paint *paint, int y, int cols);
/* All errors kept, one a line, oldest first. Yours. */
char *messages_history(const struct app *app);

#endif
