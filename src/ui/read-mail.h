/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Read mail that leaves its mailbox with the user: from the inbox to $mbox, from others to
 * where their mbox-hook says ($move, $keep_flagged).
 */
#ifndef UI_READ_MAIL_H
#define UI_READ_MAIL_H

#include "cur/ui/app.h"

struct read_mail;

/* What $move is to be asked about in the open mailbox; NULL: nothing. Yours. */
struct read_mail *read_mail_new(struct app *app);
void read_mail_free(struct read_mail *read);

/* Yours. */
char *read_mail_question(struct app *app, const struct read_mail *read);

/* Move them; a mailbox that is not there is made. `done` comes with the engine's answer. */
void read_mail_move(struct app *app, const struct read_mail *read,
		    void (*done)(struct app *app, const GError *error, void *data), void *data);

#endif
