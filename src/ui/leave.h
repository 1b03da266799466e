/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving the open mailbox: what is marked for deletion is carried out or given up first. */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "cur/ui/app.h"

/*
 * Ask about deletions ($delete), wait for the engine to take them, then call `then`
 * (which takes `data`). Not called when the user or the engine says no; data is then freed.
 */
void leave_mailbox(struct app *app, void (*then)(struct app *app, char *data), char *data);

/* Carry out deletions now (`$`). */
void leave_sync(struct app *app);

#endif
