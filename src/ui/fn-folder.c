/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailboxes as a whole: changing, checking, carrying out deletions, quitting. */
#include "app-private.h"
#include "cur/conf/names.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "folders.h"
#include "leave.h"
#include "sidebar.h"

static const char *current_name(struct app *app)
{
	return app->mailbox ? mailbox_name(app->mailbox) : "";
}

/* ---- change ------------------------------------------------------------------------------ */

static void folder_typed(struct app *app, const char *text, void *read_only)
{
	if (text && *text)
		app_open_mailbox(app, text, read_only != NULL);
}

static void change_folder(struct view *view, int fn)
{
	struct app *app = view->app;
	gboolean read_only = fn == FN_CHANGE_FOLDER_READONLY;
	/* From the top of the list, or from here on. */
	const char *from = app_settings(app)->change_folder_next ? current_name(app) : "";
	const struct folder *next = directory_next_new(app->directory, from);
	g_autofree char *initial = next ? directory_shorten(app->directory, next->name) : NULL;
	struct ask ask = {.question = read_only ? "Open mailbox in read-only mode ('?' for list): "
						: "Open mailbox ('?' for list): ",
			  .initial = initial,
			  .complete = COMPLETE_MAILBOX,
			  .replace = TRUE,
			  .history = HISTORY_MAILBOX,
			  .done = folder_typed,
			  .data = read_only ? view : NULL};

	prompt_ask(app, &ask);
}

static void browse(struct view *view, int fn)
{
	folders_open(view->app, "", TRUE, fn == FN_BROWSE_MAILBOXES_READONLY ? folder_typed : NULL,
		     view);
}

static void next_unread_mailbox(struct view *view, int fn)
{
	struct app *app = view->app;
	const struct folder *next = directory_next_new(app->directory, current_name(app));

	if (next)
		app_open_mailbox(app, next->name, app->read_only);
	else
		app_error(app, "No mailboxes have new mail");
}

static void list_new(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < directory_count(app->directory); i++) {
		const struct folder *f = directory_at(app->directory, i);
		g_autofree char *shown = directory_shorten(app->directory, f->name);

		if (f->listed && f->has_new)
			g_string_append_printf(text, "%s%s", text->len ? ", " : "New mail in ",
					       shown);
	}
	app_message(app, "%s", text->len ? text->str : "No mailboxes have new mail");
}

/* ---- the server -------------------------------------------------- */

static void fetched(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		    void *data)
{
	if (final && error)
		app_error(data, "%s", error->message);
	else if (final)
		app_message(data, "Mailboxes are up to date.");
}

void fn_fetch_mail(struct view *view, int fn)
{
	client_ask(view->app->client, WIRE_SYNC, g_variant_new("(asb)", NULL, TRUE), fetched,
		   view->app);
	app_message(view->app, "Checking for new mail...");
}

static void sync_mailbox(struct view *view, int fn)
{
	leave_sync(view->app);
}

static void toggle_write(struct view *view, int fn)
{
	struct mailbox *mb = view->app->mailbox;

	if (mailbox_read_only(mb)) {
		app_error(view->app, "Cannot toggle write on a readonly mailbox!");
		return;
	}
	mailbox_set_writable(mb, !mailbox_writable(mb));
	app_message(view->app, mailbox_writable(mb)
				   ? "Changes to folder will be written on folder exit."
				   : "Changes to folder will not be written.");
	view_redraw(view->app->index);
}

/* ---- the end
 * -------------------------------------------------------------------------------------- */

static void quit_now(struct app *app, char *unused)
{
	app_quit(app);
}

static void quit_answered(struct app *app, int yes, void *without_saving)
{
	if (yes != 1)
		return;
	if (without_saving)
		app_quit(app);
	else
		leave_mailbox(app, quit_now, NULL);
}

static void quit(struct view *view, int fn)
{
	gboolean saves = fn == FN_QUIT;

	prompt_yes_no(view->app, saves ? "Quit cur?" : "Exit cur without saving?",
		      app_settings(view->app)->quit, quit_answered, saves ? NULL : view);
}

const struct fn_handler fn_new_mail_handlers[] = {
    {FN_BUFFY_LIST, list_new, 0},
    {FN_MAILBOX_LIST, list_new, 0},
    {FN_NOOP},
};

const struct fn_handler fn_folder_handlers[] = {
    {FN_CHANGE_FOLDER, change_folder, 0},
    {FN_CHANGE_FOLDER_READONLY, change_folder, 0},
    {FN_BROWSE_MAILBOXES, browse, 0},
    {FN_BROWSE_MAILBOXES_READONLY, browse, 0},
    {FN_NEXT_UNREAD_MAILBOX, next_unread_mailbox, 0},
    {FN_BUFFY_LIST, list_new, 0},
    {FN_MAILBOX_LIST, list_new, 0},
    {FN_FETCH_MAIL, fn_fetch_mail, 0},
    {FN_IMAP_FETCH_MAIL, fn_fetch_mail, 0},
    {FN_SYNC_MAILBOX, sync_mailbox, NEED_MAILBOX | NEED_WRITABLE},
    {FN_TOGGLE_WRITE, toggle_write, NEED_MAILBOX},
    {FN_SIDEBAR_FIRST, sidebar_function, 0},
    {FN_SIDEBAR_LAST, sidebar_function, 0},
    {FN_SIDEBAR_NEXT, sidebar_function, 0},
    {FN_SIDEBAR_PREV, sidebar_function, 0},
    {FN_SIDEBAR_NEXT_NEW, sidebar_function, 0},
    {FN_SIDEBAR_PREV_NEW, sidebar_function, 0},
    {FN_SIDEBAR_PAGE_DOWN, sidebar_function, 0},
    {FN_SIDEBAR_PAGE_UP, sidebar_function, 0},
    {FN_SIDEBAR_OPEN, sidebar_function, 0},
    {FN_SIDEBAR_TOGGLE_VISIBLE, sidebar_function, 0},
    {FN_SIDEBAR_TOGGLE_VIRTUAL, sidebar_function, 0},
    {FN_QUIT, quit, 0},
    {FN_EXIT, quit, 0},
    {FN_NOOP},
};
