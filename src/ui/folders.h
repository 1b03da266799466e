/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser: all mailboxes, or the files of a folder on the disk. */
#ifndef UI_FOLDERS_H
#define UI_FOLDERS_H

#include "cur/ui/app.h"
#include "cur/ui/prompt.h"

/*
 * Open it at `start` (what was typed so far). `done` gets the name chosen, NULL when
 * left; without `done` the mailbox chosen is opened in the index.
 */
void folders_open(struct app *app, const char *start, gboolean mailboxes, prompt_text_fn done,
		  void *data);

/* The files, of which several may be tagged: `done` gets all that are chosen. */
void folders_open_many(struct app *app, const char *start, prompt_many_fn done, void *data);

#endif
