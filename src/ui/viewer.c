/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts handed to viewers. Saving is viewer-save.c, pipes and the printer are viewer-pipe.c. */
#include "cur/ui/viewer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app-private.h"
#include "busy.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/text.h"
#include "cur/conf/lists.h"
#include "cur/conf/mailcap.h"
#include "cur/conf/mime-types.h"
#include "cur/model/mailbox.h"
#include "cur/model/showing.h"
#include "cur/ui/app.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "cur/ui/screen.h"
#include "editor.h"
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
	temporary_end(&v->file);
	if (v->entry)
		mailcap_entry_free(v->entry);
	if (v->input)
		g_bytes_unref(v->input);
	g_free(v->line);
}

/* The type it is treated as: mime_lookup may know better than the sender. */
static char *meant_type(const struct conf *conf, const struct part *part)
{
	g_autofree char *type = part_type_name(part);

	return mime_type_meant(conf, type, part->file_name);
}

/* FALSE with GONE when mailcap has no entry. */
static gboolean viewing_init(struct viewing *v, const struct conf *conf, struct part *part,
			     enum mailcap_want want, GError **error)
{
	g_autofree char *type = meant_type(conf, part);
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
	g_autofree char *columns = g_strdup_printf("COLUMNS=%d", screen_cols(app->screen));
	const char *const env[] = {columns, NULL};
	struct busy busy;
	char *text = NULL;
	gboolean ran;

	input->env = env;
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

/* A program that left its terminal may still be reading the file: it stays for a while. */
static void let_go(struct app *app, struct viewing *v)
{
	if (v->entry->keep)
		temporary_leave(&v->file);
	else if (!v->entry->needs_terminal)
		temporaries_add(app->priv->viewed, &v->file);
}

static void run_viewer(struct app *app, struct viewing *v)
{
	const char *const values[] = {v->file.path, NULL};
	struct terminal_job job = {.line = v->line,
				   .values = values,
				   .input = v->input,
				   .waits = v->entry->needs_terminal};

	editor_terminal(app, &job);
	if (v->file.path)
		let_go(app, v);
}

static gboolean view(struct app *app, struct part *part, enum mailcap_want want, GError **error)
{
	g_autofree char *type = part_type_name(part);
	char *text = NULL;
	struct viewing v;
	gboolean ok = viewing_init(&v, app->conf, part, want, error);

	if (ok && v.entry->copious_output) {
		text = viewing_output(app, &v, error);
		ok = text != NULL;
	} else if (ok) {
		run_viewer(app, &v);
	}
	if (text)
		pager_open_output(app, type, text);
	viewing_clear(&v);
	return ok;
}

void viewer_mailcap(struct app *app, struct part *part)
{
	GError *error = NULL;

	if (!view(app, part, MAILCAP_VIEW, &error))
		app_gerror(app, &error);
}

gboolean viewer_try(struct app *app, struct part *part, gboolean in_pager)
{
	g_autoptr(GError) error = NULL;

	if (view(app, part, in_pager ? MAILCAP_AUTOVIEW : MAILCAP_VIEW, &error))
		return TRUE;
	if (error_is(error, CUR_ERROR_GONE))
		return FALSE;
	app_gerror(app, &error);
	return TRUE;
}

gboolean viewer_wants_autoview(struct part *part, void *data)
{
	const struct showing *showing = data;
	g_autofree char *type = meant_type(showing->conf, part);
	auto_ptr(mailcap_entry) entry = NULL;

	if (conf_auto_view(showing->conf, type))
		return TRUE;
	if (!conf_settings(showing->conf)->implicit_autoview || part_is(part, "text", "plain"))
		return FALSE;
	entry = mailcap_find(showing->conf, type, MAILCAP_AUTOVIEW, "/dev/null", NULL, NULL);
	return entry != NULL;
}

char *viewer_autoview(struct part *part, gboolean *wrapped, void *data)
{
	const struct showing *showing = data;
	struct viewing v;
	char *text = NULL;

	if (viewing_init(&v, showing->conf, part, MAILCAP_AUTOVIEW, NULL))
		text = viewing_output(showing->owner, &v, NULL);
	*wrapped = text && v.entry->no_wrap;
	viewing_clear(&v);
	return text;
}

gboolean viewer_print_by_mailcap(struct app *app, struct part *part, gboolean *ok)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *said = NULL;
	struct viewing v;

	*ok = viewing_init(&v, app->conf, part, MAILCAP_PRINT, &error);
	if (*ok) {
		said = viewing_output(app, &v, &error);
		*ok = said != NULL;
	}
	viewing_clear(&v);
	if (error && error_is(error, CUR_ERROR_GONE))
		return FALSE;
	app_gerror(app, &error);
	return TRUE;
}
