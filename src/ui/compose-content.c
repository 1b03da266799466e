/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that look at what a part holds, or hand it to a program. */
#include <string.h>

#include "busy.h"
#include "compose-private.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/mail/build.h"
#include "cur/mail/message.h"
#include "cur/model/alternative.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "cur/ui/viewer.h"

/* ---- looking ---- */

/* The part as its recipient gets it, kept as long as something looks at it. NULL after telling why.
 */
static struct part *as_received(struct composer *c, const struct draft_part *part)
{
	GError *error = NULL;
	g_autoptr(GBytes) bytes = build_part(composer_draft(c), part, &error);

	if (!bytes) {
		app_gerror(c->view->app, &error);
		return NULL;
	}
	if (c->viewed)
		message_free(c->viewed);
	c->viewed = message_new(bytes);
	return message_root(c->viewed);
}

static void show_text(struct app *app, struct part *part)
{
	g_autofree char *type = part_type_name(part);

	pager_open_part(app, part, *part->file_name ? part->file_name : type);
}

/* Shown by ourselves when we can; else, or when that is asked for, by mailcap. */
static void show(struct app *app, struct part *part, gboolean as_text, gboolean by_mailcap)
{
	gboolean ours =
	    part->n_children || part_is(part, "text", NULL) || part_is(part, "message", NULL);

	if (as_text || (ours && !by_mailcap))
		show_text(app, part);
	else
		viewer_mailcap(app, part);
}

static void fn_view(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct part *part = as_received(c, composer_part(c));

	if (part)
		show(view->app, part, fn == FN_VIEW_TEXT || fn == FN_VIEW_PAGER,
		     fn == FN_VIEW_MAILCAP);
}

/* ---- the second form of the text ---- */

struct draft_part *composer_alternative(struct composer *c, GError **error)
{
	struct draft_part *part;
	struct busy busy;

	busy_begin(&busy, c->view->app, "Making the alternative");
	part = alternative_new(c->view->app->conf, composer_draft(c), &busy.patience, error);
	if (busy_end(&busy))
		return part;
	draft_part_free(part);
	return NULL;
}

static void fn_view_alternative(struct view *view, int fn)
{
	struct composer *c = view->data;
	GError *error = NULL;
	struct draft_part *alternative = composer_alternative(c, &error);
	struct part *part = alternative ? as_received(c, alternative) : NULL;

	draft_part_free(alternative);
	if (part)
		show(view->app, part, fn == FN_VIEW_ALT_TEXT || fn == FN_VIEW_ALT_PAGER,
		     fn == FN_VIEW_ALT_MAILCAP);
	else if (error)
		app_gerror(view->app, &error);
}

static void fn_toggle_weed(struct view *view, int fn)
{
	GError *error = NULL;

	if (!conf_command(view->app->conf, "toggle weed", NULL, &error))
		app_gerror(view->app, &error);
	else
		app_message(view->app, app_settings(view->app)->weed
					   ? "Header fields are left out by 'ignore'."
					   : "All header fields are shown.");
}

static void fn_copy(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct part *part = as_received(c, composer_part(c));
	GPtrArray *parts = g_ptr_array_new();

	if (!part) {
		g_ptr_array_unref(parts);
		return;
	}
	g_ptr_array_add(parts, part);
	viewer_save(view->app, parts, NULL, NULL);
}

/* ---- programs that read it ---- */

/* NULL after telling why. */
static GPtrArray *content_items(struct composer *c)
{
	g_autoptr(GPtrArray) parts = composer_targets(c);
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	GError *error = NULL;

	for (guint i = 0; i < parts->len; i++) {
		GBytes *bytes = composer_content(c, g_ptr_array_index(parts, i), &error);

		if (!bytes) {
			app_gerror(c->view->app, &error);
			return NULL;
		}
		g_ptr_array_add(items, bytes);
	}
	return g_steal_pointer(&items);
}

static void fn_pipe(struct view *view, int fn)
{
	const struct settings *s = app_settings(view->app);
	GPtrArray *items = content_items(view->data);

	if (items)
		viewer_pipe(view->app, items, s->attach_split, s->attach_sep);
}

static void fn_print(struct view *view, int fn)
{
	GPtrArray *items = content_items(view->data);

	if (items)
		viewer_print(view->app, items, app_settings(view->app)->attach_split,
			     items->len > 1 ? "Print tagged attachments?" : "Print attachment?");
}

/* ---- a program that changes it ---- */

static gboolean filter(struct composer *c, struct draft_part *part, const char *command,
		       GError **error)
{
	g_autoptr(GBytes) before = composer_content(c, part, error);
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
		ok = composer_replace(c, part, result.out, error);
	child_result_clear(&result);
	return ok;
}

static void filter_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	GError *error = NULL;

	if (!c || !text || !*text)
		return;
	if (!filter(c, composer_part(c), text, &error))
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

const struct fn_handler compose_content_handlers[] = {
    {FN_VIEW_ATTACH, fn_view, NEED_ENTRY},
    {FN_VIEW_TEXT, fn_view, NEED_ENTRY},
    {FN_VIEW_PAGER, fn_view, NEED_ENTRY},
    {FN_VIEW_MAILCAP, fn_view, NEED_ENTRY},
    {FN_VIEW_ALT, fn_view_alternative, 0},
    {FN_VIEW_ALT_TEXT, fn_view_alternative, 0},
    {FN_VIEW_ALT_PAGER, fn_view_alternative, 0},
    {FN_VIEW_ALT_MAILCAP, fn_view_alternative, 0},
    {FN_DISPLAY_TOGGLE_WEED, fn_toggle_weed, 0},
    {FN_COPY_FILE, fn_copy, NEED_ENTRY},
    {FN_PIPE_ENTRY, fn_pipe, NEED_ENTRY},
    {FN_PIPE_MESSAGE, fn_pipe, NEED_ENTRY},
    {FN_PRINT_ENTRY, fn_print, NEED_ENTRY},
    {FN_FILTER_ENTRY, fn_filter, NEED_ENTRY},
    {FN_NOOP},
};
