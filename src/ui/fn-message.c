/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of index and pager that show messages or hand them to other programs. */
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "cur/ui/aliases.h"
#include "cur/ui/app.h"
#include "cur/ui/attachments.h"
#include "cur/ui/functions.h"
#include "cur/ui/pager.h"
#include "cur/ui/view.h"
#include "cur/ui/viewer.h"

static void fn_display(struct view *view, int fn)
{
	pager_open_message(view->app);
}

/* With its header weeded when it was not, and the other way round. */
static void fn_toggle_weed(struct view *view, int fn)
{
	GError *error = NULL;

	if (conf_command(view->app->conf, "toggle weed", NULL, &error))
		pager_open_message(view->app);
	else
		app_gerror(view->app, &error);
}

static void fn_attachments(struct view *view, int fn)
{
	attachments_open(view->app);
}

static void fn_pipe(struct view *view, int fn)
{
	const struct settings *s = app_settings(view->app);
	g_autoptr(GArray) lids = app_targets(view->app);
	GPtrArray *items = viewer_messages(view->app, lids, s->pipe_decode, s->pipe_decode_weed);

	if (items)
		viewer_pipe(view->app, items, s->pipe_split, s->pipe_sep);
}

static void fn_print(struct view *view, int fn)
{
	const struct settings *s = app_settings(view->app);
	g_autoptr(GArray) lids = app_targets(view->app);
	GPtrArray *items = viewer_messages(view->app, lids, s->print_decode, s->print_decode_weed);

	if (items)
		viewer_print(view->app, items, s->print_split,
			     items->len > 1 ? "Print tagged messages?" : "Print message?");
}

static void fn_raw(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GArray) lids = app_targets(app);
	g_autoptr(GPtrArray) items = viewer_messages(app, lids, FALSE, FALSE);
	const char *text;
	char *copy;
	gsize n;

	if (!items || !items->len)
		return;
	text = g_bytes_get_data(g_ptr_array_index(items, 0), &n);
	copy = g_malloc(n + 1);
	/* A NUL would end the text: it is shown as "@". */
	for (gsize i = 0; i < n; i++)
		copy[i] = text[i] ? text[i] : '@';
	copy[n] = '\0';
	pager_open_text(app, "raw message", copy);
}

static void fn_address(struct view *view, int fn)
{
	struct envelope env;
	guint pos;

	if (!app_current(view->app, &pos))
		return;
	mailbox_envelope(view->app->mailbox, pos, &env);
	app_message(view->app, "%s", env.field[ENV_FROM]);
}

static void fn_alias(struct view *view, int fn)
{
	struct envelope env;
	guint pos;

	if (!app_current(view->app, &pos))
		return;
	mailbox_envelope(view->app->mailbox, pos, &env);
	aliases_create(view->app,
		       *env.field[ENV_REPLY_TO] ? env.field[ENV_REPLY_TO] : env.field[ENV_FROM]);
}

static void fn_query(struct view *view, int fn)
{
	query_open(view->app, NULL, NULL, NULL);
}

static void fn_aliases(struct view *view, int fn)
{
	aliases_open(view->app, NULL, NULL, NULL);
}

const struct fn_handler fn_message_handlers[] = {
    {FN_DISPLAY_MESSAGE, fn_display, NEED_MESSAGE},
    {FN_VIEW_ATTACHMENTS, fn_attachments, NEED_MESSAGE | NEED_TEXT},
    {FN_DISPLAY_TOGGLE_WEED, fn_toggle_weed, NEED_MESSAGE},
    {FN_PIPE_MESSAGE, fn_pipe, NEED_MESSAGE | NEED_TEXT},
    {FN_PIPE_ENTRY, fn_pipe, NEED_MESSAGE | NEED_TEXT},
    {FN_PRINT_MESSAGE, fn_print, NEED_MESSAGE | NEED_TEXT},
    {FN_PRINT_ENTRY, fn_print, NEED_MESSAGE | NEED_TEXT},
    {FN_VIEW_RAW_MESSAGE, fn_raw, NEED_MESSAGE},
    {FN_DISPLAY_ADDRESS, fn_address, NEED_MESSAGE},
    {FN_CREATE_ALIAS, fn_alias, NEED_MESSAGE},
    {FN_QUERY, fn_query, 0},
    {FN_ALIAS_DIALOG, fn_aliases, 0},
    {FN_NOOP},
};
