/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of index and pager that write or send a message. */
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/compose.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/lists.h"
#include "cur/ui/prompt.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"

/* ---- the messages acted on ---- */

static struct original *open_original(struct app *app, guint32 lid, GError **error)
{
	g_autofree char *file = mailbox_file(app->mailbox, lid, error);
	g_autofree char *id = NULL;
	guint32 mailbox = 0, lid_there = 0;

	mailbox_origin(app->mailbox, lid, &mailbox, &lid_there);
	id = g_strdup_printf("%u.%u", mailbox, lid_there);
	return file ? original_open(app->conf, file, id, error) : NULL;
}

static void free_original(void *original)
{
	original_free(original);
}

/* The targets of the function as struct original *; NULL after telling why not. */
static GPtrArray *targets(struct app *app)
{
	g_autoptr(GArray) lids = app_targets(app);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_original);
	GError *error = NULL;

	for (guint i = 0; i < lids->len; i++) {
		struct original *original =
		    open_original(app, g_array_index(lids, guint32, i), &error);

		if (!original) {
			app_gerror(app, &error);
			return NULL;
		}
		g_ptr_array_add(list, original);
	}
	return list->len ? g_steal_pointer(&list) : NULL;
}

/* ---- functions ---- */

static gboolean has_postponed(struct app *app)
{
	g_autofree char *name =
	    conf_resolve_mailbox(app->conf, app_settings(app)->postponed, NULL, NULL, NULL);
	const struct folder *folder =
	    name && app->directory ? directory_find(app->directory, name) : NULL;

	return folder && folder->messages > 0;
}

static void recall_answered(struct app *app, int yes, void *data)
{
	if (yes == 1)
		postponed_open(app);
	else if (yes == 0)
		send_new(app, NULL);
}

static void fn_mail(struct view *view, int fn)
{
	struct app *app = view->app;

	if (app_settings(app)->recall != QUAD_NO && has_postponed(app))
		prompt_yes_no(app, "Recall postponed message?", (int)app_settings(app)->recall,
			      recall_answered, NULL);
	else
		send_new(app, NULL);
}

static enum reply_kind kind_of(int fn)
{
	switch (fn) {
	case FN_GROUP_REPLY:
		return REPLY_GROUP;
	case FN_GROUP_CHAT_REPLY:
		return REPLY_GROUP_CHAT;
	case FN_LIST_REPLY:
		return REPLY_LIST;
	case FN_COMPOSE_TO_SENDER:
		return REPLY_TO_AUTHOR;
	default:
		return REPLY_SENDER;
	}
}

static void fn_reply(struct view *view, int fn)
{
	GPtrArray *list = targets(view->app);

	if (list)
		send_reply(view->app, list, kind_of(fn));
}

static void fn_forward(struct view *view, int fn)
{
	GPtrArray *list = targets(view->app);

	if (list)
		send_forward(view->app, list);
}

static void fn_bounce(struct view *view, int fn)
{
	GPtrArray *list = targets(view->app);

	if (list)
		send_bounce(view->app, list);
}

static void fn_resend(struct view *view, int fn)
{
	GPtrArray *list = targets(view->app);

	if (list)
		send_resend(view->app, list);
}

static void fn_recall(struct view *view, int fn)
{
	postponed_open(view->app);
}

/* The list of the current message, whatever is tagged. */
static void fn_list(struct view *view, int fn)
{
	struct app *app = view->app;
	GPtrArray *list = targets(app);
	struct headers *headers;

	if (!list)
		return;
	headers = message_headers(((struct original *)g_ptr_array_index(list, 0))->message);
	if (fn == FN_LIST_ACTION)
		lists_open(app, headers);
	else
		lists_do(app, headers, fn);
	g_ptr_array_unref(list);
}

const struct fn_handler fn_send_handlers[] = {
    {FN_MAIL, fn_mail, 0},
    {FN_REPLY, fn_reply, NEED_MESSAGE | NEED_TEXT},
    {FN_GROUP_REPLY, fn_reply, NEED_MESSAGE | NEED_TEXT},
    {FN_GROUP_CHAT_REPLY, fn_reply, NEED_MESSAGE | NEED_TEXT},
    {FN_LIST_REPLY, fn_reply, NEED_MESSAGE | NEED_TEXT},
    {FN_LIST_ACTION, fn_list, NEED_MESSAGE | NEED_TEXT},
    {FN_LIST_SUBSCRIBE, fn_list, NEED_MESSAGE | NEED_TEXT},
    {FN_LIST_UNSUBSCRIBE, fn_list, NEED_MESSAGE | NEED_TEXT},
    {FN_COMPOSE_TO_SENDER, fn_reply, NEED_MESSAGE},
    {FN_FORWARD_MESSAGE, fn_forward, NEED_MESSAGE | NEED_TEXT},
    {FN_BOUNCE_MESSAGE, fn_bounce, NEED_MESSAGE | NEED_TEXT},
    {FN_RESEND_MESSAGE, fn_resend, NEED_MESSAGE | NEED_TEXT},
    {FN_RECALL_MESSAGE, fn_recall, 0},
    {FN_NOOP},
};
