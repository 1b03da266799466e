/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sending messages on as they are: to whom, are you sure, into the outbox. */
#include "cur/conf/conf.h"
#include "cur/model/recipients.h"
#include "cur/model/submit.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "cur/ui/send.h"

struct bouncing {
	GPtrArray *originals;
	char *to;
};

static void bouncing_free(struct bouncing *b)
{
	g_ptr_array_unref(b->originals);
	g_free(b->to);
	g_free(b);
}

static void bounce_confirmed(struct app *app, int yes, void *data)
{
	struct bouncing *b = data;
	GError *error = NULL;
	guint sent = 0;

	for (guint i = 0; yes == 1 && !error && i < b->originals->len; i++) {
		const struct original *original = g_ptr_array_index(b->originals, i);
		gsize n;
		const char *bytes = message_bytes(original->message, &n);
		g_autoptr(GBytes) copy = g_bytes_new(bytes, n);
		g_autofree char *id = submit_bounce(app->conf, app->client, copy, b->to, &error);

		sent += id != NULL;
	}
	if (error)
		app_gerror(app, &error);
	else
		app_message(app, "%s", sent ? "Queued to be bounced." : "Message not bounced.");
	bouncing_free(b);
}

static void bounce_typed(struct app *app, const char *text, void *data)
{
	struct bouncing *b = data;
	g_autofree char *question = NULL;

	if (!text || !*text) {
		bouncing_free(b);
		return;
	}
	b->to = recipients_expand(app->conf, text);
	question = g_strdup_printf(
	    b->originals->len > 1 ? "Bounce messages to %s?" : "Bounce message to %s?", b->to);
	prompt_yes_no(app, question, (int)app_settings(app)->bounce, bounce_confirmed, b);
}

void send_bounce(struct app *app, GPtrArray *list)
{
	struct bouncing *b = g_new0(struct bouncing, 1);
	struct ask ask = {
	    .question = list->len > 1 ? "Bounce tagged messages to: " : "Bounce message to: ",
	    .complete = COMPLETE_ADDRESS,
	    .history = HISTORY_ALIAS,
	    .done = bounce_typed,
	    .data = b,
	};

	b->originals = list;
	prompt_ask(app, &ask);
}
