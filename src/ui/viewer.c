/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content of messages handed to viewers, pipes and the printer. Saving is viewer-save.c. */
#include "cur/ui/viewer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "busy.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/text.h"
#include "cur/conf/lists.h"
#include "cur/conf/mailcap.h"
#include "cur/model/mailbox.h"
#include "cur/model/showing.h"
#include "cur/ui/app.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "editor.h"
#include "opener.h"
#include "temporary.h"

enum { AUTOVIEW_LIMIT = 10 << 20, AUTOVIEW_MS = 10000 };

/* ---- a part as a private file ---- */

/* The name is the one its viewer wants; end `file` in any case. */
static gboolean part_file_write(const struct settings *s, struct part *part,
				const struct mailcap_entry *entry, struct temporary *file,
				GError **error)
{
	g_autofree char *safe = part_filename_safe(part);
	g_autofree char *name = mailcap_file_name(entry, safe);
	gboolean ok;
	int fd;

	if (!temporary_begin(file, s->tmpdir, name, error))
		return FALSE;
	fd = file_create_exclusive(file->path, 0600, error);
	if (fd < 0)
		return FALSE;
	ok = part_save_fd(part, fd, error);
	if (close(fd) != 0 && ok)
		return error_from_errno(error, errno, "cannot write '%s'", file->path);
	return ok;
}

/* ---- mailcap ---- */

/* Content-Type parameters of a part, kept as long as mailcap may look at them. */
struct parameters {
	struct part *part;
	GPtrArray *values;
};

static const char *parameter(void *data, const char *name)
{
	struct parameters *parameters = data;
	char *value = part_param(parameters->part, name);

	if (value)
		g_ptr_array_add(parameters->values, value);
	return value;
}

/* What a viewer is started with. */
struct viewing {
	struct mailcap_entry *entry;
	struct temporary file;
	GBytes *input; /* when the entry reads its standard input */
	char *line;
};

static void viewing_clear(struct viewing *v)
{
	if (v->entry)
		mailcap_entry_free(v->entry);
	temporary_end(&v->file);
	if (v->input)
		g_bytes_unref(v->input);
	g_free(v->line);
}

/* FALSE with GONE when mailcap has no entry. */
static gboolean viewing_init(struct viewing *v, const struct conf *conf, struct part *part,
			     enum mailcap_want want, GError **error)
{
	g_autofree char *type = part_type_name(part);
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
	struct parameters parameters = {part, values};

	*v = (struct viewing){0};
	v->entry = mailcap_find(conf, type, want, "/dev/null", parameter, &parameters);
	if (!v->entry)
		return error_set(error, CUR_ERROR_GONE, "no matching mailcap entry found for '%s'",
				 type);
	v->line = mailcap_command(v->entry, type, parameter, &parameters);
	if (!v->entry->uses_file) {
		v->input = part_decode(part);
		return TRUE;
	}
	return part_file_write(conf_settings(conf), part, v->entry, &v->file, error);
}

/* Run a shell line without the terminal; its output as text, NULL on failure. */
static char *output_of(struct app *app, const char *line, const char *const *values,
		       struct child_input *input, GError **error)
{
	struct child_result result = {0};
	struct busy busy;
	char *text = NULL;
	gboolean ran;

	busy_begin(&busy, app, "Running %s", line);
	input->patience = &busy.patience;
	ran = child_shell(line, values, input, &result, error);
	if (busy_end(&busy) && ran)
		text = text_make_valid(g_bytes_get_data(result.out, NULL),
				       (gssize)g_bytes_get_size(result.out));
	/* What a filter says without its work is no text to show. */
	if (text && !*text && result.status) {
		error_set(error, CUR_ERROR_IO, "%s: ended with status %d", line, result.status);
		g_clear_pointer(&text, g_free);
	}
	child_result_clear(&result);
	return text;
}

static char *viewing_output(struct app *app, const struct viewing *v, GError **error)
{
	const char *const values[] = {v->file.path, NULL};
	struct child_input input = {.limit = AUTOVIEW_LIMIT, .timeout_ms = AUTOVIEW_MS};

	if (v->input)
		input.stdin_bytes = g_bytes_get_data(v->input, &input.n_stdin);
	return output_of(app, v->line, values, &input, error);
}

char *viewer_filter(struct app *app, const char *line, const char *text)
{
	struct child_input input = {
	    .stdin_bytes = text, .n_stdin = strlen(text), .timeout_ms = AUTOVIEW_MS};
	GError *error = NULL;
	char *filtered = output_of(app, line, NULL, &input, &error);

	app_gerror(app, &error);
	return filtered;
}

void viewer_mailcap(struct app *app, struct part *part)
{
	const char *values[] = {NULL, NULL};
	GError *error = NULL;
	struct viewing v;

	if (!viewing_init(&v, app->conf, part, MAILCAP_VIEW, &error)) {
		app_gerror(app, &error);
	} else if (v.entry->copious_output) {
		g_autofree char *type = part_type_name(part);
		char *text = viewing_output(app, &v, &error);

		if (text)
			pager_open_text(app, type, text);
		else
			app_gerror(app, &error);
	} else {
		struct terminal_job job = {.line = v.line,
					   .values = values,
					   .input = v.input,
					   .wait_key = v.entry->needs_terminal &&
						       app_settings(app)->wait_key};

		values[0] = v.file.path;
		editor_terminal(app, &job);
	}
	viewing_clear(&v);
}

gboolean viewer_wants_autoview(struct part *part, void *data)
{
	const struct showing *showing = data;
	g_autofree char *type = part_type_name(part);
	auto_ptr(mailcap_entry) entry = NULL;

	if (conf_auto_view(showing->conf, type))
		return TRUE;
	if (!conf_settings(showing->conf)->implicit_autoview || part_is(part, "text", "plain"))
		return FALSE;
	entry = mailcap_find(showing->conf, type, MAILCAP_AUTOVIEW, "/dev/null", NULL, NULL);
	return entry != NULL;
}

char *viewer_autoview(struct part *part, void *data)
{
	const struct showing *showing = data;
	struct viewing v;
	char *text = NULL;

	if (viewing_init(&v, showing->conf, part, MAILCAP_AUTOVIEW, NULL))
		text = viewing_output(showing->owner, &v, NULL);
	viewing_clear(&v);
	return text;
}

/* ---- pipes and printer ---- */

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
	text = showing_text(app->conf, message, opened, weed ? SHOWING_WEEDED : SHOWING_FULL, TRUE);
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

static void pipe_typed(struct app *app, const char *text, void *data)
{
	GPtrArray *items = data;
	gboolean go = text && *text;

	for (guint i = 0; go && i < items->len; i++) {
		struct terminal_job job = {.line = text,
					   .input = g_ptr_array_index(items, i),
					   .wait_key =
					       i + 1 == items->len && app_settings(app)->wait_key};

		go = editor_terminal(app, &job) >= 0;
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

/* TRUE when the printer's command took it. */
static gboolean print_one(struct app *app, GBytes *bytes)
{
	struct child_input input = {.timeout_ms = 0};
	struct child_result result = {0};
	GError *error = NULL;
	struct busy busy;
	gboolean ok;

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
