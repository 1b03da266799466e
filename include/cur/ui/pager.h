/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a message, one part of it, or a plain text. Only what is on the screen is wrapped. */
#ifndef CUR_UI_PAGER_H
#define CUR_UI_PAGER_H

#include <glib.h>

struct app;
struct message;
struct part;

/*
 * Show the index's current message. It is marked as read; the pager follows the
 * index's cursor from then on. Does nothing but say why when the message cannot be read.
 */
void pager_open_message(struct app *app);

/* Show a part (view-text), decoded; the message must outlive the pager. */
void pager_open_part(struct app *app, struct part *part, const char *title);

/* Show what a program printed, coloured as messages are. Takes `text`. */
void pager_open_output(struct app *app, const char *title, char *text);

/* Show a text. Takes `text` (g_malloc); `title` is for the status bar. */
void pager_open_text(struct app *app, const char *title, char *text);
/* The same in stripes: `color stripe_even`, `color stripe_odd`. */
void pager_open_striped(struct app *app, const char *title, char *text);

/* The message at `pos` of the open mailbox, read from its file; NULL after telling why not. Yours.
 */
struct message *pager_read(struct app *app, guint pos);

#endif
