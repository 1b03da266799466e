/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailboxes made, deleted, renamed, subscribed from the browser: all asked of the engine. */
#include "app-private.h"
#include "cur/base/regex.h"
#include "cur/conf/names.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "folders-private.h"

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct app *app = data;

	if (final && error)
		app_error(app, "%s", error->message);
	else if (final)
		app->priv->directory_stale = TRUE;
}

static void ask_engine(struct app *app, enum wire_id id, GVariant *body)
{
	client_ask(app->client, id, body, answered, app);
}

static char *resolve(struct app *app, const char *typed)
{
	g_autoptr(GError) error = NULL;
	char *name = directory_expand(app->directory, typed, NULL, NULL, &error);

	if (!name)
		app_gerror(app, &error);
	return name;
}

static void created(struct app *app, const char *text, void *data)
{
	g_autofree char *name = text && *text ? resolve(app, text) : NULL;

	if (name)
		ask_engine(app, WIRE_CREATE, g_variant_new("(s)", name));
}

static void create(struct view *view, int fn)
{
	struct ask ask = {.question = "Create mailbox: ",
			  .initial = "=",
			  .history = HISTORY_MAILBOX,
			  .done = created};

	prompt_ask(view->app, &ask);
}

static void deleted(struct app *app, int yes, void *data)
{
	g_autofree char *name = data;

	if (yes == 1)
		ask_engine(app, WIRE_DELETE, g_variant_new("(s)", name));
	else
		app_message(app, "Mailbox not deleted.");
}

static void delete_mailbox(struct view *view, int fn)
{
	const struct item *item = folders_current(view);
	g_autofree char *question =
	    g_strdup_printf("Really delete mailbox \"%s\"? It cannot be undone.", item->shown);

	if (view->app->mailbox && g_str_equal(mailbox_name(view->app->mailbox), item->name))
		app_error(view->app, "Cannot delete the open mailbox.");
	else
		prompt_yes_no(view->app, question, QUAD_ASK_NO, deleted, g_strdup(item->name));
}

static void renamed(struct app *app, const char *text, void *data)
{
	g_autofree char *from = data;
	g_autofree char *to = text && *text ? resolve(app, text) : NULL;

	if (to)
		ask_engine(app, WIRE_RENAME, g_variant_new("(ss)", from, to));
}

static void rename_mailbox(struct view *view, int fn)
{
	const struct item *item = folders_current(view);
	g_autofree char *question = g_strdup_printf("Rename mailbox %s to: ", item->shown);
	struct ask ask = {.question = question,
			  .initial = item->shown,
			  .history = HISTORY_MAILBOX,
			  .done = renamed,
			  .data = g_strdup(item->name)};

	prompt_ask(view->app, &ask);
}

static void subscribe(struct view *view, int fn)
{
	const struct item *item = folders_current(view);
	gboolean on = fn == FN_SUBSCRIBE;

	ask_engine(view->app, WIRE_SUBSCRIBE, g_variant_new("(sb)", item->name, on));
	app_message(view->app, "%s %s.", on ? "Subscribed to" : "Unsubscribed from", item->shown);
}

static void subscribe_matching(struct view *view, const char *pattern, gboolean on)
{
	const struct browser *b = view->data;
	GError *error = NULL;
	auto_ptr(regex) re = regex_new(pattern, REGEX_SMART_CASE, &error);
	guint n = 0;

	for (guint i = 0; re && i < b->items->len; i++) {
		const struct item *item = g_ptr_array_index(b->items, i);

		if (!item->remote || !regex_match(re, item->shown, -1))
			continue;
		ask_engine(view->app, WIRE_SUBSCRIBE, g_variant_new("(sb)", item->name, on));
		n++;
	}
	if (error)
		app_gerror(view->app, &error);
	else
		app_message(view->app, "%s %u mailboxes.",
			    on ? "Subscribed to" : "Unsubscribed from", n);
}

static void subscribe_typed(struct app *app, const char *text, void *view)
{
	if (text && *text && g_ptr_array_find(app->views, view, NULL))
		subscribe_matching(view, text, TRUE);
}

static void unsubscribe_typed(struct app *app, const char *text, void *view)
{
	if (text && *text && g_ptr_array_find(app->views, view, NULL))
		subscribe_matching(view, text, FALSE);
}

static void subscribe_pattern(struct view *view, int fn)
{
	gboolean on = fn == FN_SUBSCRIBE_PATTERN;
	struct ask ask = {.question = on ? "Subscribe pattern: " : "Unsubscribe pattern: ",
			  .history = HISTORY_PATTERN,
			  .done = on ? subscribe_typed : unsubscribe_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

const struct fn_handler folders_mailbox_handlers[] = {
    {FN_CREATE_MAILBOX, create, 0},
    {FN_DELETE_MAILBOX, delete_mailbox, NEED_ENTRY},
    {FN_RENAME_MAILBOX, rename_mailbox, NEED_ENTRY},
    {FN_SUBSCRIBE, subscribe, NEED_ENTRY},
    {FN_UNSUBSCRIBE, subscribe, NEED_ENTRY},
    {FN_SUBSCRIBE_PATTERN, subscribe_pattern, 0},
    {FN_UNSUBSCRIBE_PATTERN, subscribe_pattern, 0},
    {FN_NOOP},
};
