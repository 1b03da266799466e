/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that work on the files of parts: edit, make, rename, copy them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compose-private.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/conf/mailcap.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "editor.h"

enum { EDITED_MAX = 1 << 30 };

/* ---- a part as a file ---- */

/* The file of a part while a program works on it: the user's, the manuscript's, or one of ours. */
struct held {
	const char *path;
	char *folder, *ours;
};

/* Content that lies in memory goes into a folder of its own, under the name it is sent with. */
static gboolean hold_bytes(struct composer *c, const struct draft_part *part, struct held *held,
			   GError **error)
{
	const char *tmpdir = app_settings(c->view->app)->tmpdir;
	g_autofree char *name = path_safe_name(part->name ? part->name : "part", -1);
	gsize n;
	const void *bytes = g_bytes_get_data(part->bytes, &n);

	held->folder = g_build_filename(*tmpdir ? tmpdir : g_get_tmp_dir(), "cur-XXXXXX", NULL);
	if (!g_mkdtemp(held->folder)) {
		error_from_errno(error, errno, "cannot make a folder '%s'", held->folder);
		g_clear_pointer(&held->folder, g_free);
		return FALSE;
	}
	held->ours = g_build_filename(held->folder, name, NULL);
	held->path = held->ours;
	return file_write_atomic(held->ours, bytes ? bytes : "", n, 0600, error);
}

static gboolean hold(struct composer *c, const struct draft_part *part, struct held *held,
		     GError **error)
{
	*held = (struct held){0};
	if (part->children)
		return error_set(error, CUR_ERROR_USAGE, "a group has no content of its own");
	if (part->bytes)
		return hold_bytes(c, part, held, error);
	held->path = part->is_text ? manuscript_open_editor(c->ms, FALSE, error) : part->path;
	return held->path != NULL;
}

/* Take over what the program left there. */
static gboolean let_go(struct composer *c, struct draft_part *part, struct held *held, int status,
		       GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	gboolean changed;
	char *text;
	gsize n;

	if (part->is_text)
		return manuscript_close_editor(c->ms, status != 0, &changed, error);
	if (!held->ours)
		return TRUE;
	text = file_read(held->ours, EDITED_MAX, FILE_READ_NOFOLLOW, &n, error);
	if (!text)
		return FALSE;
	bytes = g_bytes_new_take(text, n);
	return status != 0 || composer_replace(c, part, bytes, error);
}

static void held_clear(struct held *held)
{
	if (held->ours)
		unlink(held->ours);
	if (held->folder)
		rmdir(held->folder);
	g_free(held->ours);
	g_free(held->folder);
}

/* Run a shell line whose "$1" is the part's file. */
static void work_on(struct composer *c, struct draft_part *part, const char *line)
{
	struct app *app = c->view->app;
	GError *error = NULL;
	struct held held;

	if (hold(c, part, &held, &error)) {
		const char *const values[] = {held.path, NULL};
		struct terminal_job job = {.line = line, .values = values};
		int status = editor_terminal(app, &job);

		if (let_go(c, part, &held, status, &error) && status > 0)
			app_error(app, "The program ended with status %d.", status);
	}
	if (error)
		app_gerror(app, &error);
	held_clear(&held);
	composer_changed(c);
}

/* ---- editing ---- */

static void fn_edit_file(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autofree char *line = editor_line(editor_command(app_settings(view->app)));

	work_on(c, composer_part(c), line);
}

/* The shell line of a mailcap entry for the part; NULL when there is none. Yours. */
static char *mailcap_line(struct composer *c, const struct draft_part *part, enum mailcap_want want)
{
	g_autofree char *type = composer_type(c, part);
	auto_ptr(mailcap_entry) entry =
	    mailcap_find(c->view->app->conf, type, want, part->path, NULL, NULL);

	return entry ? mailcap_command(entry, type, NULL, NULL) : NULL;
}

static void fn_edit_mime(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);
	g_autofree char *type = composer_type(c, part);
	g_autofree char *line = mailcap_line(c, part, MAILCAP_EDIT);

	if (line)
		work_on(c, part, line);
	else
		app_error(view->app, "No mailcap edit entry for %s.", type);
}

/* ---- making ---- */

static void type_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	g_autofree char *path = data;
	g_autofree char *line = NULL;
	struct draft_part *part;
	GError *error = NULL;
	int fd;

	if (!c || !text || !*text)
		return;
	if (!strchr(text, '/') || strpbrk(text, " \t\r\n;")) {
		app_error(app, "Content-Type is of the form base/sub.");
		return;
	}
	fd = file_create_exclusive(path, 0600, &error);
	if (fd < 0) {
		app_gerror(app, &error);
		return;
	}
	close(fd);
	part = draft_part_new_file(path, FALSE);
	part->type = g_strdup(text);
	g_ptr_array_add(composer_draft(c)->parts, part);
	composer_changed(c);
	composer_go(c, part);
	line = mailcap_line(c, part, MAILCAP_COMPOSE);
	if (line)
		work_on(c, part, line);
	else
		app_message(app, "No mailcap compose entry for %s, creating empty file.", text);
}

static void new_file_typed(struct app *app, const char *text, void *data)
{
	g_autofree char *expanded = text ? path_home_expand(text) : NULL;
	struct ask ask = {
	    .question = "Content-Type: ", .history = HISTORY_OTHER, .done = type_typed};

	if (!composer_top(app) || !expanded || !*expanded)
		return;
	ask.data = path_absolute(expanded);
	prompt_ask(app, &ask);
}

static void fn_new_mime(struct view *view, int fn)
{
	struct ask ask = {
	    .question = "New file: ",
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = new_file_typed,
	};

	prompt_ask(view->app, &ask);
}

/* ---- renaming and copying ---- */

static void rename_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	struct draft_part *part = c ? composer_part(c) : NULL;
	g_autofree char *expanded = text ? path_home_expand(text) : NULL;
	g_autofree char *path = expanded && *expanded ? path_absolute(expanded) : NULL;

	if (!part || !part->path || !path)
		return;
	if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
		app_error(app, "'%s' is there already: nothing was renamed.", path);
		return;
	}
	if (rename(part->path, path) != 0) {
		app_error(app, "Cannot rename '%s': %s", part->path, g_strerror(errno));
		return;
	}
	draft_set(&part->path, path);
	g_free(part->name);
	part->name = g_path_get_basename(path);
	composer_changed(c);
}

static void fn_rename(struct view *view, int fn)
{
	struct composer *c = view->data;
	const struct draft_part *part = composer_part(c);
	struct ask ask = {
	    .question = "Rename to: ",
	    .initial = part->path,
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = rename_typed,
	};

	if (part->path)
		prompt_ask(view->app, &ask);
	else
		app_error(view->app, "There is no file of yours that could be renamed.");
}

/* What the files hold now is what is sent, whatever becomes of them. */
static void fn_get(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autoptr(GPtrArray) parts = composer_targets(c);
	GError *error = NULL;

	for (guint i = 0; i < parts->len && !error; i++) {
		struct draft_part *part = g_ptr_array_index(parts, i);
		g_autoptr(GBytes) bytes = part->path ? composer_content(c, part, &error) : NULL;

		if (bytes && composer_replace(c, part, bytes, &error))
			app_message(view->app, "Copied: the file can be changed now.");
	}
	if (error)
		app_gerror(view->app, &error);
	composer_changed(c);
}

const struct fn_handler compose_file_handlers[] = {
    {FN_EDIT_FILE, fn_edit_file, NEED_ENTRY},
    {FN_EDIT_MIME, fn_edit_mime, NEED_ENTRY},
    {FN_NEW_MIME, fn_new_mime, 0},
    {FN_RENAME_FILE, fn_rename, NEED_ENTRY},
    {FN_GET_ATTACHMENT, fn_get, NEED_ENTRY},
    {FN_NOOP},
};
