/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking where parts are saved, one after the other. */
#include <sys/stat.h>

#include "cur/conf/conf.h"
#include "cur/mail/charset.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "cur/ui/viewer.h"
#include "save-part.h"

struct saving {
	GPtrArray *parts;
	guint next; /* the part that is asked about */
	char *path; /* answered, and something is there */
	gboolean as_utf8;
	void (*done)(struct app *app, void *data);
	void *data;
};

static void ask_next(struct app *app, struct saving *saving);

static void saving_end(struct app *app, struct saving *saving)
{
	if (saving->done)
		saving->done(app, saving->data);
	g_ptr_array_unref(saving->parts);
	g_free(saving->path);
	g_free(saving);
}

static struct part *current(const struct saving *saving)
{
	return g_ptr_array_index(saving->parts, saving->next);
}

static void save_current(struct app *app, struct saving *saving, const char *path,
			 enum save_how how)
{
	GError *error = NULL;

	if (!save_part(current(saving), path, how, saving->as_utf8, &error)) {
		app_gerror(app, &error);
		saving_end(app, saving);
		return;
	}
	app_message(app, "Attachment saved to %s.", path);
	saving->next++;
	ask_next(app, saving);
}

static void exists_answered(struct app *app, int choice, void *data)
{
	struct saving *saving = data;

	if (choice == 0)
		save_current(app, saving, saving->path, SAVE_OVERWRITE);
	else if (choice == 1)
		save_current(app, saving, saving->path, SAVE_APPEND);
	else
		saving_end(app, saving);
}

static void path_typed(struct app *app, const char *text, void *data)
{
	struct saving *saving = data;
	g_autofree char *name = NULL;
	struct stat st;

	if (!text || !*text) {
		saving_end(app, saving);
		return;
	}
	name = part_filename_safe(current(saving));
	g_free(saving->path);
	saving->path = save_path(text, name);
	if (lstat(saving->path, &st) != 0) {
		save_current(app, saving, saving->path, SAVE_NEW);
	} else if (!S_ISREG(st.st_mode)) {
		app_error(app, "'%s' is no regular file: nothing was saved.", saving->path);
		saving_end(app, saving);
	} else {
		prompt_key(app, "File exists, (o)verwrite, (a)ppend, or (c)ancel?", "oac",
			   exists_answered, saving);
	}
}

static void ask_path(struct app *app, struct saving *saving)
{
	const struct settings *s = app_settings(app);
	g_autofree char *name = part_filename_safe(current(saving));
	g_autofree char *wanted =
	    *s->attach_save_dir ? g_build_filename(s->attach_save_dir, name, NULL) : g_strdup(name);
	g_autofree char *initial = save_free_path(wanted);

	if (s->attach_save_without_prompting) {
		save_current(app, saving, initial, SAVE_NEW);
		return;
	}
	struct ask ask = {
	    .question = "Save to file: ",
	    .initial = initial,
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = path_typed,
	    .data = saving,
	};

	prompt_ask(app, &ask);
}

static void convert_answered(struct app *app, int yes, void *data)
{
	struct saving *saving = data;

	saving->as_utf8 = yes == 1;
	if (yes < 0)
		saving_end(app, saving);
	else
		ask_path(app, saving);
}

/* A text whose bytes would be others in UTF-8. */
static gboolean is_foreign_text(const struct part *part)
{
	return part_is(part, "text", NULL) && *part->charset &&
	       g_ascii_strcasecmp(part->charset, "utf-8") != 0 &&
	       g_ascii_strcasecmp(part->charset, "us-ascii") != 0 &&
	       charset_is_known(part->charset);
}

static void ask_next(struct app *app, struct saving *saving)
{
	g_autofree char *question = NULL;

	saving->as_utf8 = FALSE;
	if (saving->next >= saving->parts->len) {
		saving_end(app, saving);
	} else if (!is_foreign_text(current(saving))) {
		ask_path(app, saving);
	} else {
		question = g_strdup_printf("Convert attachment from %s to UTF-8?",
					   current(saving)->charset);
		prompt_yes_no(app, question, (int)app_settings(app)->attach_save_charset_convert,
			      convert_answered, saving);
	}
}

void viewer_save(struct app *app, GPtrArray *parts, void (*done)(struct app *app, void *data),
		 void *data)
{
	struct saving *saving = g_new0(struct saving, 1);

	saving->parts = parts;
	saving->done = done;
	saving->data = data;
	ask_next(app, saving);
}
