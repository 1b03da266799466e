/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar of the index from $status_format, and bars of views in general. */
#include "statusline.h"

#include <string.h>

#include "app-private.h"
#include "cells.h"
#include "cur/conf/names.h"
#include "cur/conf/settings.h"
#include "cur/format/of-status.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "cur/model/recipients.h"
#include "cur/ui/screen.h"
#include "filtered.h"

void statusline_draw(struct view *view, struct paint *paint)
{
	g_autoptr(GString) text = g_string_new(NULL);

	view->ops->status(view, text, view->status_cols);
	paint_text(paint, view->status_y, view->status_x, view->status_cols, COLOR_STATUS,
		   text->str);
}

static char *list_progress(const struct list *list)
{
	guint end = list->top + list->page;

	if (list->n <= list->page)
		return g_strdup("all");
	if (!list->top)
		return g_strdup("top");
	if (end >= list->n)
		return g_strdup("end");
	return g_strdup_printf("%u%%", (guint)(100 * (guint64)end / list->n));
}

/* Strings that struct status_values borrows. */
struct status_texts {
	char *path, *sort, *sort_aux, *threads, *host, *progress;
	char **chars;
};

static void status_texts_clear(struct status_texts *t)
{
	g_free(t->path);
	g_free(t->sort);
	g_free(t->sort_aux);
	g_free(t->threads);
	g_free(t->host);
	g_free(t->progress);
	g_strfreev(t->chars);
}

static enum status_state state_of(const struct mailbox *mb, const struct mailbox_counts *counts)
{
	if (!mb)
		return STATUS_UNCHANGED;
	if (!mailbox_writable(mb))
		return STATUS_READONLY;
	return counts->deleted ? STATUS_CHANGED : STATUS_UNCHANGED;
}

/* What `mailboxes -label` or named-mailboxes calls the open mailbox; NULL: nothing. */
static const char *label_of(const struct app *app)
{
	const struct folder *folder =
	    app->mailbox ? directory_find(app->directory, mailbox_name(app->mailbox)) : NULL;

	return folder && *folder->label ? folder->label : NULL;
}

/* %T: how threads are ordered says mutt, that there are some NeoMutt. Yours; NULL. */
static char *threads_text(const struct mailbox *mb, const struct settings *s)
{
	if (!mb || !mailbox_threaded(mb))
		return NULL;
	if (s->dialect == DIALECT_NEOMUTT)
		return g_strdup("threads");
	return (s->sort_thread_groups & SORT_MASK) == SORT_AUX
		   ? NULL
		   : settings_sort_text(s->sort_thread_groups);
}

static struct status_values values_of(struct app *app, struct status_texts *t)
{
	const struct settings *s = app_settings(app);
	struct mailbox_counts counts = {0};
	struct mailbox *mb = app->mailbox;

	if (mb)
		mailbox_counts(mb, &counts);
	t->path =
	    mb ? directory_shorten(app->directory, mailbox_name(mb)) : g_strdup("(no mailbox)");
	t->sort = settings_sort_text(s->sort);
	t->sort_aux = settings_sort_text(s->sort_aux);
	t->threads = threads_text(mb, s);
	t->host = recipients_hostname(app->conf);
	t->progress = app->index ? list_progress(&app->index->list) : g_strdup("all");
	t->chars = cells_new(s->status_chars);
	return (struct status_values){
	    .mailbox_path = t->path,
	    .description = label_of(app),
	    .hostname = t->host,
	    .version = CUR_VERSION,
	    .progress = t->progress,
	    .sort = t->sort,
	    .sort_aux = t->sort_aux,
	    .threads = t->threads,
	    .limit = mb ? mailbox_limit_text(mb) : NULL,
	    .status_chars = (const char *const *)t->chars,
	    .state = state_of(mb, &counts),
	    .messages = counts.messages,
	    .shown = counts.shown,
	    .new = counts.fresh,
	    .old = counts.old,
	    .unread = counts.unread,
	    .read = counts.messages - MIN(counts.unread, counts.messages),
	    .deleted = counts.deleted,
	    .flagged = counts.flagged,
	    .tagged = counts.tagged,
	    .postponed = directory_postponed_count(app->directory),
	    .unread_mailboxes = directory_new_count(app->directory),
	    .size = counts.bytes,
	    .shown_size = counts.shown_bytes,
	    .size_style = expando_size_style(s),
	};
}

static char *render(struct app *app, const char *format, int cols)
{
	struct status_texts texts = {0};
	struct status_values values = values_of(app, &texts);
	struct expando_source source = status_source(&values);
	auto_ptr(expando) expando = expando_compile(EXPANDO_STATUS, format, NULL);
	char *text = filtered_text(app, expando, cols, &source, format);

	status_texts_clear(&texts);
	return text;
}

/* What a shell would take for more than a letter, and no option. */
static void disarm(char *name)
{
	static const char safe[] = " ~+,-./:=@_%0123456789abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (char *p = name; *p; p++)
		if ((guchar)*p < 0x80 &&
		    (!strchr(safe, *p) || (*p == '-' && (p == name || p[-1] == ' '))))
			*p = '_';
}

char *statusline_command(struct app *app, const char *format)
{
	struct status_texts texts = {0};
	struct status_values values = values_of(app, &texts);
	struct expando_source source = status_source(&values);
	auto_ptr(expando) expando = expando_compile(EXPANDO_STATUS, format, NULL);
	g_autofree char *limit = g_strdup(values.limit), *label = g_strdup(values.description);
	char *text;

	/* Names of mailboxes are what servers and other programs say they are. */
	disarm(texts.path);
	if (limit)
		disarm(limit);
	if (label)
		disarm(label);
	values.limit = limit;
	values.description = label;
	text = expando_text(expando, -1, &source);
	status_texts_clear(&texts);
	return text;
}

void statusline_mailbox(struct view *view, GString *text, int cols)
{
	g_autofree char *line = render(view->app, app_settings(view->app)->status_format, cols);

	g_string_append(text, line);
}

void statusline_title(struct app *app)
{
	const struct settings *s = app_settings(app);
	g_autofree char *title = NULL, *icon = NULL;

	if (!s->ts_enabled)
		return;
	title = render(app, s->ts_status_format, 200);
	if (g_strcmp0(title, app->priv->title) == 0)
		return;
	icon = render(app, s->ts_icon_format, 100);
	screen_title(app->screen, title, icon);
	g_free(app->priv->title);
	app->priv->title = g_steal_pointer(&title);
}
