/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving the screen to an editor or another program, and coming back whatever it did. */
#include "editor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app-private.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/conf/conf.h"
#include "cur/model/manuscript.h"
#include "cur/ui/app.h"
#include "cur/ui/screen.h"
#include "text-key.h"

char *editor_line(const char *command)
{
	static const char *const spellings[] = {"\"%s\"", "'%s'", "%s"};
	g_autoptr(GString) line = g_string_new(command);
	guint found = 0;

	for (guint i = 0; i < G_N_ELEMENTS(spellings); i++)
		found += g_string_replace(line, spellings[i], "\"$1\"", 0);
	if (!found)
		g_string_append(line, " \"$1\"");
	return g_strdup(line->str);
}

static void wait_for_key(void)
{
	fputs("\nPress any key to continue...", stdout);
	fflush(stdout);
	text_key_wait();
}

void editor_leave(struct app *app)
{
	turn_release(app);
	screen_leave(app->screen);
}

void editor_return(struct app *app)
{
	screen_return(app->screen);
	turn_begin(app);
	app_redraw(app);
}

int editor_terminal(struct app *app, const struct terminal_job *job)
{
	GError *error = NULL;
	int status;

	editor_leave(app);
	if (job->input) {
		gsize n;
		const void *bytes = g_bytes_get_data(job->input, &n);

		status = child_interactive_feed(job->line, job->values, bytes, n, &error);
	} else {
		status = child_interactive_shell(job->line, job->values, &error);
	}
	/* What a program says of its failure is worth a look. */
	if (job->waits && status >= 0 && (status || job->failed || app_settings(app)->wait_key))
		wait_for_key();
	editor_return(app);
	if (error)
		app_gerror(app, &error);
	return status;
}

const char *editor_command(const struct settings *s)
{
	const char *candidates[] = {s->editor, g_getenv("VISUAL"), g_getenv("EDITOR")};

	for (guint i = 0; i < G_N_ELEMENTS(candidates); i++)
		if (candidates[i] && *candidates[i])
			return candidates[i];
	return "vi";
}

static int run_editor(struct app *app, const char *command, const char *path)
{
	g_autofree char *line = editor_line(command);
	const char *const values[] = {path, NULL};
	struct terminal_job job = {.line = line, .values = values};

	return editor_terminal(app, &job);
}

gboolean editor_edit(struct app *app, struct manuscript *ms, gboolean headers, gboolean *changed)
{
	g_autofree char *command = g_strdup(editor_command(app_settings(app)));
	GError *error = NULL;
	const char *path = manuscript_open_editor(ms, headers, &error);
	int status;

	*changed = FALSE;
	if (!path) {
		app_gerror(app, &error);
		return FALSE;
	}
	status = run_editor(app, command, path);
	if (!manuscript_close_editor(ms, status != 0, changed, &error)) {
		app_gerror(app, &error);
		return FALSE;
	}
	if (status > 0)
		app_error(app, "Editor '%s' ended with status %d; your text is kept.", command,
			  status);
	return status == 0;
}

/* A file of its own in $tmpdir, 0600; its path, yours. */
static char *file_of(struct app *app, GBytes *bytes, GError **error)
{
	const char *tmpdir = app_settings(app)->tmpdir;
	g_autofree char *path =
	    g_build_filename(*tmpdir ? tmpdir : g_get_tmp_dir(), "cur-XXXXXX.eml", NULL);
	int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
	gsize n;
	const void *data = g_bytes_get_data(bytes, &n);
	gboolean ok;

	if (fd < 0) {
		error_from_errno(error, errno, "cannot make a file '%s'", path);
		return NULL;
	}
	ok = file_write_all(fd, data, n, error);
	close(fd);
	if (!ok)
		unlink(path);
	return ok ? g_steal_pointer(&path) : NULL;
}

GBytes *editor_edit_bytes(struct app *app, GBytes *bytes)
{
	g_autofree char *command = g_strdup(editor_command(app_settings(app)));
	g_autoptr(GError) error = NULL;
	g_autofree char *path = file_of(app, bytes, &error);
	int status = path ? run_editor(app, command, path) : -1;
	char *text;
	gsize n;

	text = status == 0 ? file_read(path, G_MAXINT32, FILE_READ_NOFOLLOW, &n, &error) : NULL;
	if (path)
		unlink(path);
	if (status > 0)
		app_error(app, "Editor '%s' ended with status %d.", command, status);
	app_gerror(app, &error);
	return text ? g_bytes_new_take(text, n) : NULL;
}
