/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that get the terminal: $editor, viewers, pipes. */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include <glib.h>

struct app;
struct manuscript;
struct settings;

/* $editor, else that of the environment. Borrowed. */
const char *editor_command(const struct settings *settings);

/*
 * A user's command as a shell line whose "$1" is the file: %s becomes "$1"
 * whatever quotes stand around it; without %s it comes at the end. Yours.
 */
char *editor_line(const char *command);

/* Leave the screen to who uses the terminal from within this process, and come back. */
void editor_leave(struct app *app);
void editor_return(struct app *app);

struct terminal_job {
	const char *line;	   /* shell line */
	const char *const *values; /* "$1" …, NULL at the end; or NULL */
	GBytes *input;		   /* fed to it; NULL: the terminal is its input */
	gboolean waits;		   /* for a key afterwards: where $wait_key is set, or it failed */
	gboolean failed;	   /* or what ran before it did */
};
/* Leave the screen, run, come back. Its status; -1 when it could not be started (told). */
int editor_terminal(struct app *app, const struct terminal_job *job);

/*
 * Run $editor on a manuscript. FALSE when the editor failed or its result could
 * not be read (told): the text from before is still there. *changed as of
 * manuscript_close_editor().
 */
gboolean editor_edit(struct app *app, struct manuscript *ms, gboolean headers, gboolean *changed);

/*
 * Run $editor on these bytes in a file of their own. What it left, yours; NULL when it failed or
 * its result could not be read (told).
 */
GBytes *editor_edit_bytes(struct app *app, GBytes *bytes);

#endif
