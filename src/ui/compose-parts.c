/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that act on the list of parts. */
#include <string.h>
#include <unistd.h>

#include "busy.h"
#include "compose-private.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "cur/ui/viewer.h"
#include "editor.h"

/* The part under the cursor; for the text, which is not one, says what cannot be done. */
static struct draft_part *need_part(struct composer *c, const char *why)
{
	struct draft_part *part = composer_part(c);

	if (!part)
		app_error(c->view->app, "%s", why);
	return part;
}

/* ---- adding and removing ---- */

static void file_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	g_autofree char *expanded = text ? path_home_expand(text) : NULL;
	g_autofree char *path = expanded && *expanded ? path_absolute(expanded) : NULL;

	if (!c || !path)
		return;
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || access(path, R_OK) != 0) {
		app_error(app, "Unable to attach %s!", path);
		return;
	}
	g_ptr_array_add(composer_draft(c)->parts, draft_part_new_file(path, FALSE));
	composer_changed(c);
	list_go(&c->view->list, composer_draft(c)->parts->len);
}

static void fn_attach(struct view *view, int fn)
{
	struct ask ask = {
	    .question = "Attach file: ",
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = file_typed,
	};

	prompt_ask(view->app, &ask);
}

static void fn_detach(struct view *view, int fn)
{
	struct composer *c = view->data;

	if (!need_part(c, "You may not delete the only attachment."))
		return;
	g_ptr_array_remove_index(composer_draft(c)->parts, view->list.cursor - 1);
	composer_changed(c);
}

/* The tagged messages of the open mailbox, else the current one, as message/rfc822. */
static void fn_attach_message(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct app *app = view->app;
	g_autoptr(GArray) lids = NULL;
	g_autoptr(GPtrArray) items = NULL;
	guint pos;
	guint32 lid;

	if (!app->mailbox || !app_current(app, &pos)) {
		app_error(app, "No messages in that folder.");
		return;
	}
	lids = mailbox_session_lids(app->mailbox, SESSION_TAGGED);
	lid = mailbox_lid(app->mailbox, pos);
	if (!lids->len)
		g_array_append_val(lids, lid);
	items = viewer_messages(app, lids, FALSE, FALSE);
	for (guint i = 0; items && i < items->len; i++)
		g_ptr_array_add(
		    composer_draft(c)->parts,
		    draft_part_new_message(g_bytes_ref(g_ptr_array_index(items, i)), NULL));
	composer_changed(c);
}

/* ---- what is said of a part ---- */

static char **part_field(struct draft_part *part, int fn)
{
	switch (fn) {
	case FN_EDIT_DESCRIPTION:
		return &part->description;
	case FN_EDIT_TYPE:
		return &part->type;
	case FN_EDIT_ENCODING:
		return &part->encoding;
	default:
		return &part->name;
	}
}

static gboolean field_is_good(int fn, const char *text)
{
	static const char *const encodings[] = {"7bit", "8bit", "quoted-printable", "base64", NULL};

	if (fn == FN_EDIT_ENCODING)
		return g_strv_contains(encodings, text);
	if (fn == FN_EDIT_TYPE)
		return strchr(text, '/') && !strpbrk(text, "\r\n");
	return TRUE;
}

static void part_field_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	struct draft_part *part = c ? composer_part(c) : NULL;
	int fn = GPOINTER_TO_INT(data);

	if (!part || !text)
		return;
	if (!field_is_good(fn, text)) {
		app_error(app, "Invalid %s.", fn == FN_EDIT_TYPE ? "type" : "encoding");
		return;
	}
	draft_set(part_field(part, fn), *text ? text : NULL);
	composer_changed(c);
}

static void fn_part_field(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = need_part(c, "The text of the message has none.");
	struct ask ask = {
	    .question = fn == FN_EDIT_DESCRIPTION ? "Description: "
			: fn == FN_EDIT_TYPE	  ? "Content-Type: "
			: fn == FN_EDIT_ENCODING  ? "Content-Transfer-Encoding: "
						  : "Send attachment with name: ",
	    .history = HISTORY_OTHER,
	    .done = part_field_typed,
	    .data = GINT_TO_POINTER(fn),
	};

	if (!part)
		return;
	ask.initial = *part_field(part, fn);
	prompt_ask(view->app, &ask);
}

static void fn_toggle_disposition(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = need_part(c, "The text of the message is always inline.");

	if (!part)
		return;
	draft_set(&part->disposition,
		  g_strcmp0(part->disposition, "inline") == 0 ? "attachment" : "inline");
	composer_changed(c);
}

static void fn_toggle_unlink(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = need_part(c, "The text of the message is no file of yours.");

	if (!part || !part->path)
		return;
	part->unlink = !part->unlink;
	composer_changed(c);
}

static void fn_move(struct view *view, int fn)
{
	struct composer *c = view->data;
	GPtrArray *parts = composer_draft(c)->parts;
	guint cursor = view->list.cursor;
	guint other = fn == FN_MOVE_UP ? cursor - 1 : cursor + 1;
	gpointer held;

	if (cursor < 1 || other < 1 || other > parts->len) {
		app_error(view->app, "Attachment cannot be moved there.");
		return;
	}
	held = parts->pdata[cursor - 1];
	parts->pdata[cursor - 1] = parts->pdata[other - 1];
	parts->pdata[other - 1] = held;
	composer_changed(c);
	list_go(&view->list, other);
}

/* ---- what is in it ---- */

static GPtrArray *content_items(struct composer *c)
{
	GError *error = NULL;
	GBytes *bytes = composer_content(c, composer_part(c), &error);
	GPtrArray *items;

	if (!bytes) {
		app_gerror(c->view->app, &error);
		return NULL;
	}
	items = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_ptr_array_add(items, bytes);
	return items;
}

static void fn_view(struct view *view, int fn)
{
	struct composer *c = view->data;
	const struct draft_part *part = composer_part(c);
	g_autoptr(GPtrArray) items = content_items(c);
	const char *text;
	gsize n;

	if (!items)
		return;
	text = g_bytes_get_data(g_ptr_array_index(items, 0), &n);
	pager_open_text(view->app, part && part->name ? part->name : "text", g_strndup(text, n));
}

static void fn_pipe(struct view *view, int fn)
{
	GPtrArray *items = content_items(view->data);

	if (items)
		viewer_pipe(view->app, items, TRUE, "");
}

static void fn_print(struct view *view, int fn)
{
	GPtrArray *items = content_items(view->data);

	if (items)
		viewer_print(view->app, items, TRUE, "Print attachment?");
}

/* Put what a filter printed in the place of what it read. */
static gboolean replace_content(struct composer *c, GBytes *bytes, GError **error)
{
	struct draft_part *part = composer_part(c);
	gsize n;
	const char *text = g_bytes_get_data(bytes, &n);

	if (!part)
		return manuscript_set_body(c->ms, text, (gssize)n, error);
	/* The user's own file is left as it is. */
	if (part->bytes)
		g_bytes_unref(part->bytes);
	part->bytes = g_bytes_ref(bytes);
	if (part->path && !part->name)
		part->name = g_path_get_basename(part->path);
	g_clear_pointer(&part->path, g_free);
	part->unlink = FALSE;
	return TRUE;
}

static gboolean filter(struct composer *c, const char *command, GError **error)
{
	g_autoptr(GBytes) before = composer_content(c, composer_part(c), error);
	struct child_input input = {0};
	struct child_result result = {0};
	struct busy busy;
	gboolean ok;

	if (!before)
		return FALSE;
	busy_begin(&busy, c->view->app, "Running %s", command);
	input.patience = &busy.patience;
	input.stdin_bytes = g_bytes_get_data(before, &input.n_stdin);
	ok = child_shell(command, NULL, &input, &result, error);
	if (!busy_end(&busy) || !ok)
		ok = FALSE;
	else if (result.status != 0 || result.cut)
		ok = error_set(error, CUR_ERROR_REFUSED,
			       "'%s' ended with status %d; nothing was changed", command,
			       result.status);
	else
		ok = replace_content(c, result.out, error);
	child_result_clear(&result);
	return ok;
}

static void filter_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	GError *error = NULL;

	if (!c || !text || !*text)
		return;
	if (!filter(c, text, &error))
		app_gerror(app, &error);
	composer_changed(c);
}

static void fn_filter(struct view *view, int fn)
{
	struct ask ask = {
	    .question = "Filter through: ",
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_SHELL,
	    .done = filter_typed,
	};

	prompt_ask(view->app, &ask);
}

const struct fn_handler compose_part_handlers[] = {
    {FN_ATTACH_FILE, fn_attach, 0},
    {FN_ATTACH_MESSAGE, fn_attach_message, 0},
    {FN_DETACH_FILE, fn_detach, 0},
    {FN_EDIT_DESCRIPTION, fn_part_field, 0},
    {FN_EDIT_TYPE, fn_part_field, 0},
    {FN_EDIT_ENCODING, fn_part_field, 0},
    {FN_RENAME_ATTACHMENT, fn_part_field, 0},
    {FN_TOGGLE_DISPOSITION, fn_toggle_disposition, 0},
    {FN_TOGGLE_UNLINK, fn_toggle_unlink, 0},
    {FN_MOVE_UP, fn_move, 0},
    {FN_MOVE_DOWN, fn_move, 0},
    {FN_VIEW_ATTACH, fn_view, 0},
    {FN_VIEW_TEXT, fn_view, 0},
    {FN_PIPE_ENTRY, fn_pipe, 0},
    {FN_PRINT_ENTRY, fn_print, 0},
    {FN_FILTER_ENTRY, fn_filter, 0},
    {FN_NOOP},
};
