/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts that are not here (mail/partial.h) and that the user waits for: what they are wanted for
 * is done when they came, unless ^G stops it or the user has gone on.
 */
#ifndef UI_WANTED_H
#define UI_WANTED_H

#include <glib.h>

struct app;
struct view;
struct wanted;

void wanted_free(struct wanted *wanted);

/* TRUE when all messages that `fn` acts on have their texts; else it is called when they have. */
gboolean wanted_are_here(struct view *view, int fn);
/* Ask for the text of a message that is shown; nothing happens when it is here. */
void wanted_show(struct app *app, guint32 lid);
/* Do not wait any more; FALSE when nothing was waited for. */
gboolean wanted_stop(struct app *app);

#endif
