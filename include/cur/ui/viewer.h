/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Content handed to other programs: mailcap viewers, pipes, the printer, files.
 * A name from a message never is a path, a word of a shell line, or overwrites.
 */
#ifndef CUR_UI_VIEWER_H
#define CUR_UI_VIEWER_H

#include <glib.h>

#include "cur/mail/display.h"

struct app;

/* Show a part by its mailcap entry; says so when there is none. */
void viewer_mailcap(struct app *app, struct part *part);
/* The same, or only by an entry whose output is text; FALSE, without a word, when there is none. */
gboolean viewer_try(struct app *app, struct part *part, gboolean in_pager);

/* What a shell line ($display_filter) makes of a text; NULL when it failed, which is told. Yours.
 */
char *viewer_filter(struct app *app, const char *line, const char *text);

/* What a part is for pipes and printing: text decoded when `decode`. Yours. */
GBytes *viewer_part_bytes(struct part *part, gboolean decode);

/*
 * Ask for a command and feed it: each of `items` (GBytes *) on its own when
 * `split`, else all with `separator` after each. Takes `items`.
 */
void viewer_pipe(struct app *app, GPtrArray *items, gboolean split, const char *separator);

/* The same to $print_command, after asking ($print) with `question`. */
void viewer_print(struct app *app, GPtrArray *items, gboolean split, const char *question);

/*
 * Parts (struct part *, array taken) to what mailcap prints their types with, texts to
 * $print_command, after asking. Their message must live until the answer.
 */
void viewer_print_parts(struct app *app, GPtrArray *parts);
/* Print a part by its mailcap entry; FALSE when there is none. *ok: did it work? */
gboolean viewer_print_by_mailcap(struct app *app, struct part *part, gboolean *ok);

/* The index's targets as `items`: $pipe_decode, $print_decode. NULL when one cannot be read (told).
 */
GPtrArray *viewer_messages(struct app *app, const GArray *lids, gboolean decode, gboolean weed);

/*
 * Ask where to save the parts (struct part *) and do it: new files 0600, never
 * through a link; what is there may be overwritten or appended to when the user
 * says so. `parts` is taken; its message must live until `done` (may be NULL).
 */
void viewer_save(struct app *app, GPtrArray *parts, void (*done)(struct app *app, void *data),
		 void *data);

/* display_options for `auto_view` types: runs the mailcap entry without a terminal, bounded. */
char *viewer_autoview(struct part *part, gboolean *wrapped, void *app);
gboolean viewer_wants_autoview(struct part *part, void *app);

#endif
