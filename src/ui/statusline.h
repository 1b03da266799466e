/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status bars, and the window title made of the same values. */
#ifndef UI_STATUSLINE_H
#define UI_STATUSLINE_H

#include "cur/ui/app.h"

/* Draw a view's bar on its status_y. */
void statusline_draw(struct view *view, struct paint *paint);

/* The index's bar: $status_format over the open mailbox. */
void statusline_mailbox(struct view *view, GString *text, int cols);

/*
 * A shell line of the user's with the same values in it ($new_mail_command); in names is nothing
 * that a shell would obey. Yours.
 */
char *statusline_command(struct app *app, const char *format);

/* $ts_status_format and $ts_icon_format, sent when they changed. */
void statusline_title(struct app *app);

#endif
