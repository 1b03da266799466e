/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages and parts handed to commands: pipes and the printer. */
#include <string.h>

#include "busy.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/conf/conf.h"
#include "cur/model/mailbox.h"
#include "cur/model/showing.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "cur/ui/viewer.h"
#include "editor.h"
#include "opener.h"

/* ---- what goes there ---- */

GBytes *viewer_part_bytes(struct part *part, gboolean decode)
{
	gsize n;
	char *text;

	if (!decode || !part_is(part, "text", NULL))
		return part_decode(part);
	text = part_text(part, &n);
	return g_bytes_new_take(text, n);
}

static GBytes *message_text(struct app *app, const char *file, gboolean decode, gboolean weed,
			    GError **error)
{
	auto_ptr(message) message = message_open(file, error);
	auto_ptr(unsealed) opened = NULL;
	gboolean stopped;
	const char *bytes;
	char *text;
	gsize n;

	if (!message)
		return NULL;
	if (!decode) {
		bytes = message_bytes(message, &n);
		return g_bytes_new(bytes, n);
	}
	opened = opener_run(app, message, 0, &stopped);
	if (stopped) {
		error_set(error, CUR_ERROR_CANCELLED, "stopped");
		return NULL;
	}
	text = showing_text(app->conf, message, opened, weed ? SHOWING_WEEDED : SHOWING_FULL,
			    SHOWING_READ);
	return g_bytes_new_take(text, strlen(text));
}

GPtrArray *viewer_messages(struct app *app, const GArray *lids, gboolean decode, gboolean weed)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	GError *error = NULL;

	for (guint i = 0; i < lids->len; i++) {
		g_autofree char *file =
		    mailbox_file(app->mailbox, g_array_index(lids, guint32, i), &error);
		GBytes *bytes = file ? message_text(app, file, decode, weed, &error) : NULL;

		if (!bytes) {
			app_gerror(app, &error);
			return NULL;
		}
		g_ptr_array_add(items, bytes);
	}
	return g_steal_pointer(&items);
}

/* All items as one, with the separator after each. */
static GPtrArray *joined(GPtrArray *items, const char *separator)
{
	g_autoptr(GPtrArray) parts = items;
	GPtrArray *one = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	GByteArray *all = g_byte_array_new();

	for (guint i = 0; i < parts->len; i++) {
		gsize n;
		const void *bytes = g_bytes_get_data(g_ptr_array_index(parts, i), &n);

		g_byte_array_append(all, bytes, (guint)n);
		if (parts->len > 1)
			g_byte_array_append(all, (const guint8 *)separator,
					    (guint)strlen(separator));
	}
	g_ptr_array_add(one, g_byte_array_free_to_bytes(all));
	return one;
}

static void free_items(GPtrArray *items)
{
	g_ptr_array_unref(items);
}

/* ---- pipes ---- */

static void pipe_typed(struct app *app, const char *text, void *data)
{
	GPtrArray *items = data;
	struct terminal_job job = {.line = text};
	int status = 0;

	for (guint i = 0; text && *text && status >= 0 && i < items->len; i++) {
		job.input = g_ptr_array_index(items, i);
		job.waits = i + 1 == items->len;
		status = editor_terminal(app, &job);
		job.failed = job.failed || status > 0;
	}
	free_items(items);
}

void viewer_pipe(struct app *app, GPtrArray *items, gboolean split, const char *separator)
{
	struct ask ask = {
	    .question = "Pipe to command: ",
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_SHELL,
	    .done = pipe_typed,
	    .data = split ? items : joined(items, separator),
	};

	prompt_ask(app, &ask);
}

/* ---- the printer ---- */

/* TRUE when the printer's command took it. */
static gboolean print_one(struct app *app, GBytes *bytes)
{
	struct child_input input = {.timeout_ms = 0};
	struct child_result result = {0};
	GError *error = NULL;
	struct busy busy;
	gboolean ok;

	if (!*app_settings(app)->print_command) {
		app_error(app, "No printing command has been defined.");
		return FALSE;
	}
	busy_begin(&busy, app, "Printing");
	input.patience = &busy.patience;
	input.stdin_bytes = g_bytes_get_data(bytes, &input.n_stdin);
	ok = child_shell(app_settings(app)->print_command, NULL, &input, &result, &error);
	if (!busy_end(&busy) || !ok) {
		app_gerror(app, &error);
		child_result_clear(&result);
		return FALSE;
	}
	ok = result.status == 0;
	if (!ok)
		app_error(app, "Print command '%s' ended with status %d.",
			  app_settings(app)->print_command, result.status);
	child_result_clear(&result);
	return ok;
}

static void print_answered(struct app *app, int yes, void *data)
{
	GPtrArray *items = data;
	gboolean ok = yes == 1;

	for (guint i = 0; ok && i < items->len; i++)
		ok = print_one(app, g_ptr_array_index(items, i));
	if (ok)
		app_message(app, "Printed.");
	free_items(items);
}

void viewer_print(struct app *app, GPtrArray *items, gboolean split, const char *question)
{
	if (!*app_settings(app)->print_command) {
		app_error(app, "No printing command has been defined.");
		free_items(items);
		return;
	}
	prompt_yes_no(app, question, (int)app_settings(app)->print, print_answered,
		      split ? items : joined(items, "\f"));
}

/* Each part by the mailcap entry that prints its type, texts by $print_command. */
static void print_parts_answered(struct app *app, int yes, void *data)
{
	const struct settings *s = app_settings(app);
	GPtrArray *parts = data,
		  *texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	gboolean ok = yes == 1;

	for (guint i = 0; ok && i < parts->len; i++) {
		struct part *part = g_ptr_array_index(parts, i);

		if (viewer_print_by_mailcap(app, part, &ok))
			continue;
		ok = part_is(part, "text", NULL) || part_is(part, "message", NULL);
		if (ok)
			g_ptr_array_add(texts, viewer_part_bytes(part, TRUE));
		else
			app_error(app, "I don't know how to print %s/%s attachments!", part->type,
				  part->subtype);
	}
	if (ok && texts->len && !s->attach_split)
		texts = joined(texts, s->attach_sep);
	for (guint i = 0; ok && i < texts->len; i++)
		ok = print_one(app, g_ptr_array_index(texts, i));
	if (ok)
		app_message(app, "Printed.");
	g_ptr_array_unref(texts);
	g_ptr_array_unref(parts);
}

void viewer_print_parts(struct app *app, GPtrArray *parts)
{
	prompt_yes_no(app, parts->len > 1 ? "Print tagged attachments?" : "Print attachment?",
		      (int)app_settings(app)->print, print_parts_answered, parts);
}
