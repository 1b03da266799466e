/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * $pager: messages shown by another program, one after the other. The program
 * gets a private file; between two of them the keys of the pager's menu hold
 * ($prompt_after), as if the message were still on the screen.
 */
#include <string.h>
#include <unistd.h>

#include "cur/base/file.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "editor.h"
#include "pager-private.h"
#include "temporary.h"

gboolean pager_is_external(struct app *app)
{
	const char *program = app_settings(app)->pager;

	return *program && strcmp(program, "builtin") != 0;
}

/* What a terminal can be given: no byte of a message is a control there. */
static gboolean write_text(struct app *app, struct message *message, struct temporary *file,
			   GError **error)
{
	g_autofree char *text = pager_message_text(app, message);
	g_autofree char *safe = text_safe(text, -1, TEXT_SAFE_NEWLINES | TEXT_SAFE_TABS);

	return temporary_begin(file, app_settings(app)->tmpdir, "message", error) &&
	       file_write_atomic(file->path, safe, strlen(safe), 0600, error);
}

static void run_program(struct app *app, struct message *message)
{
	g_autofree char *line = editor_line(app_settings(app)->pager);
	struct temporary file = {0};
	GError *error = NULL;

	if (write_text(app, message, &file, &error)) {
		const char *const values[] = {file.path, NULL};
		struct terminal_job job = {.line = line, .values = values};

		if (editor_terminal(app, &job) > 0)
			app_error(app, "The pager '%s' failed.", app_settings(app)->pager);
	} else {
		app_gerror(app, &error);
	}
	temporary_end(&file);
}

/* Show the index's current message; FALSE when it cannot be read. */
static gboolean show_current(struct app *app, guint32 *lid)
{
	struct message *message;
	guint pos;

	if (!app->mailbox || !app_current(app, &pos))
		return FALSE;
	message = pager_next_message(app, &pos);
	if (!message)
		return FALSE;
	*lid = mailbox_lid(app->mailbox, pos);
	pager_mark_seen(app, pos);
	run_program(app, message);
	message_free(message);
	return TRUE;
}

/* ---- between two messages ------------------------------------------------------------ */

struct command {
	guint32 lid;
};

static void ask_command(struct view *view)
{
	app_message(view->app, "Command: ");
	view_redraw(view);
}

static void command_draw(struct view *view, struct paint *paint)
{
	paint_blank(paint, view->area.y, view->area.x, view->area.rows, view->area.cols,
		    COLOR_NORMAL);
}

static void command_status(struct view *view, GString *text, int cols)
{
	struct command *command = view->data;
	g_autofree char *line = pager_status_of(view->app, command->lid, "all", cols);

	g_string_append(text, line);
}

/* The index moved on: that message is shown now. */
static void command_mailbox_changed(struct view *view)
{
	struct command *command = view->data;
	guint pos;

	if (!view->app->mailbox || !app_current(view->app, &pos)) {
		view_close(view);
	} else if (mailbox_lid(view->app->mailbox, pos) != command->lid) {
		command->lid = mailbox_lid(view->app->mailbox, pos);
		if (show_current(view->app, &command->lid))
			ask_command(view);
		else
			view_close(view);
	}
}

static void command_close(struct view *view)
{
	g_free(view->data);
}

static void fn_again(struct view *view, int fn)
{
	struct command *command = view->data;

	if (show_current(view->app, &command->lid))
		ask_command(view);
}

static void fn_exit(struct view *view, int fn)
{
	view_close(view);
}

static const struct fn_handler handlers[] = {
    {FN_EXIT, fn_exit, 0},
    {FN_REDRAW_SCREEN, fn_again, NEED_MESSAGE},
    {FN_NOOP},
};

static const struct fn_handler *const tables[] = {
    handlers,	       fn_message_handlers, fn_send_handlers,	fn_flag_handlers,
    fn_label_handlers, fn_save_handlers,    fn_undo_handlers,	fn_thread_handlers,
    fn_move_handlers,  fn_limit_handlers,   fn_folder_handlers, NULL,
};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},	 {FN_DELETE_MESSAGE, "Del"}, {FN_NEXT_UNDELETED, "Next"},
    {FN_REPLY, "Reply"}, {FN_HELP, "Help"},	     {0},
};

static const struct view_ops ops = {
    .name = "command",
    .menu = MENU_PAGER,
    .handlers = tables,
    .draw = command_draw,
    .status = command_status,
    .help = help,
    .mailbox_changed = command_mailbox_changed,
    .close = command_close,
};

void pager_external_open(struct app *app)
{
	struct command *command;
	guint32 lid;

	if (!show_current(app, &lid) || !app_settings(app)->prompt_after)
		return;
	command = g_new0(struct command, 1);
	command->lid = lid;
	ask_command(view_push(app, &ops, command));
}
