/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that are attached are answered, bounced and sent again; parts go into a new message. */
#include "attachments-private.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/compose.h"
#include "cur/ui/app.h"
#include "cur/ui/lists.h"
#include "cur/ui/prompt.h"
#include "cur/ui/send.h"

static void free_original(void *original)
{
	original_free(original);
}

/* The message inside the current part, to be answered, forwarded, sent again. */
static GPtrArray *inner_message(struct view *view)
{
	struct part *part = attachments_current(view);
	g_autoptr(GBytes) bytes = NULL;
	GPtrArray *list;

	if (!part_is(part, "message", "rfc822")) {
		app_error(view->app, "You may only do that with message/rfc822 parts.");
		return NULL;
	}
	bytes = part_decode(part);
	list = g_ptr_array_new_with_free_func(free_original);
	g_ptr_array_add(list, original_new(view->app->conf, bytes, ""));
	return list;
}

static void fn_reply(struct view *view, int fn)
{
	GPtrArray *list = inner_message(view);

	if (list)
		send_reply(view->app, list,
			   fn == FN_GROUP_REPLY		? REPLY_GROUP
			   : fn == FN_GROUP_CHAT_REPLY	? REPLY_GROUP_CHAT
			   : fn == FN_LIST_REPLY	? REPLY_LIST
			   : fn == FN_COMPOSE_TO_SENDER ? REPLY_TO_AUTHOR
							: REPLY_SENDER);
}

/* The list a message inside the message came from. */
static void fn_list(struct view *view, int fn)
{
	g_autoptr(GPtrArray) list = inner_message(view);

	if (list)
		lists_do(view->app,
			 message_headers(((struct original *)g_ptr_array_index(list, 0))->message),
			 fn);
}

static void fn_bounce(struct view *view, int fn)
{
	GPtrArray *list = inner_message(view);

	if (list)
		send_bounce(view->app, list);
}

static void fn_resend(struct view *view, int fn)
{
	GPtrArray *list = inner_message(view);

	if (list)
		send_resend(view->app, list);
}

static gboolean is_text(const struct part *part)
{
	return part_is(part, "text", NULL);
}

static void attach_part(struct draft *draft, struct part *part)
{
	g_autofree char *type = part_type_name(part);
	g_autofree char *name = part_filename_safe(part);

	g_ptr_array_add(draft->parts, draft_part_new_bytes(part_decode(part), type, name));
}

/* `parts` in a new message (taken): texts as its text unless $mime_forward, `rest` attached. */
static void rest_answered(struct app *app, int rest, void *data)
{
	g_autoptr(GPtrArray) parts = data;
	gboolean attach_all = app_settings(app)->mime_forward == QUAD_YES;
	g_autoptr(GString) body = g_string_new(NULL);
	struct draft *draft;

	if (rest < 0)
		return;
	draft = compose_new(app->conf);
	for (guint i = 0; i < parts->len; i++) {
		struct part *part = g_ptr_array_index(parts, i);
		g_autofree char *text = is_text(part) && !attach_all ? part_text(part, NULL) : NULL;

		if (text)
			g_string_append_printf(body, "%s\n", text);
		else if (rest || is_text(part))
			attach_part(draft, part);
	}
	draft_set(&draft->body, body->str);
	send_new(app, draft);
}

/* A message goes as any forward; of several parts those that are no text may stay behind. */
static void fn_forward(struct view *view, int fn)
{
	GPtrArray *parts;
	guint others = 0;
	int quad = (int)app_settings(view->app)->mime_forward_rest;

	if (part_is(attachments_current(view), "message", "rfc822")) {
		send_forward(view->app, inner_message(view));
		return;
	}
	parts = attachments_targets(view);
	for (guint i = 0; i < parts->len; i++)
		others += !is_text(g_ptr_array_index(parts, i));
	prompt_yes_no(view->app, "Can't decode all tagged attachments.  MIME-forward the others?",
		      others && parts->len > 1 ? quad : QUAD_YES, rest_answered, parts);
}

const struct fn_handler attachments_answer_handlers[] = {
    {FN_REPLY, fn_reply, NEED_ENTRY},
    {FN_GROUP_REPLY, fn_reply, NEED_ENTRY},
    {FN_GROUP_CHAT_REPLY, fn_reply, NEED_ENTRY},
    {FN_LIST_REPLY, fn_reply, NEED_ENTRY},
    {FN_COMPOSE_TO_SENDER, fn_reply, NEED_ENTRY},
    {FN_LIST_SUBSCRIBE, fn_list, NEED_ENTRY},
    {FN_LIST_UNSUBSCRIBE, fn_list, NEED_ENTRY},
    {FN_FORWARD_MESSAGE, fn_forward, NEED_ENTRY},
    {FN_BOUNCE_MESSAGE, fn_bounce, NEED_ENTRY},
    {FN_RESEND_MESSAGE, fn_resend, NEED_ENTRY},
    {FN_NOOP},
};
