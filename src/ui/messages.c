/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bottom line: what was said last, else what the engine is doing. Answers to the
 * user's keys come first: what the engine notes meanwhile waits until they could be read
 * ($sleep_time), and so does what follows an error without a key between. A key takes both away.
 * Errors and warnings are kept for error-history ($error_history), cut to 4 KB (U08).
 */
#include "messages.h"

#include <string.h>

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/conf/names.h"
#include "cur/model/progress.h"
#include "cur/ui/screen.h"

enum { LOG_MAX = 4096 };

struct message_log {
	char *text; /* on the line now, or NULL */
	enum message_kind kind;
	gint64 until; /* monotonic: how long notes wait for it */
	char *note;   /* what waits, or NULL */
	gboolean note_is_answer;
	enum message_kind note_kind;
	GQueue history; /* char *, oldest first */
};

struct message_log *messages_new(void)
{
	struct message_log *log = g_new0(struct message_log, 1);

	g_queue_init(&log->history);
	return log;
}

void messages_free(struct message_log *log)
{
	if (!log)
		return;
	g_queue_clear_full(&log->history, g_free);
	g_free(log->text);
	g_free(log->note);
	g_free(log);
}

static void remember(struct app *app, const char *text)
{
	struct message_log *log = app->log;
	int most = app_settings(app)->error_history;

	g_queue_push_tail(&log->history, g_strndup(text, LOG_MAX));
	while ((int)g_queue_get_length(&log->history) > MAX(most, 0))
		g_free(g_queue_pop_head(&log->history));
}

/* A quoted path by its last two names: the reason behind it matters more. */
static void append_short(GString *out, const char *path, gsize n)
{
	guint slashes = 0;
	gsize at = n;

	while (at > 0 && slashes < 2)
		slashes += path[--at] == '/';
	if (at)
		g_string_append(out, "…");
	g_string_append_len(out, path + at, (gssize)(n - at));
}

/* A text too wide for its row, with quoted paths cut in front. Yours. */
static char *fit(const char *text, int cols)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *quote, *end;

	if (text_width(text, -1) <= cols)
		return g_strdup(text);
	while ((quote = strstr(text, "'/")) && (end = strchr(quote + 1, '\''))) {
		g_string_append_len(out, text, quote + 1 - text);
		append_short(out, quote + 1, (gsize)(end - quote - 1));
		g_string_append_c(out, '\'');
		text = end + 1;
	}
	g_string_append(out, text);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void show(struct app *app, const char *text, enum message_kind kind, gint64 until)
{
	struct message_log *log = app->log;

	g_free(log->text);
	log->text = *text ? g_strndup(text, LOG_MAX) : NULL;
	log->kind = kind;
	log->until = until;
	app->priv->redraw_message = TRUE;
}

static gint64 readable_until(const struct app *app)
{
	return g_get_monotonic_time() + MAX(app_settings(app)->sleep_time, 0) * G_USEC_PER_SEC;
}

static gboolean is_being_read(const struct message_log *log)
{
	return log->text && g_get_monotonic_time() < log->until;
}

static void raise_alarm(struct app *app, const char *text, enum message_kind kind)
{
	remember(app, text);
	if (kind == MESSAGE_ERROR && app_settings(app)->beep && app->screen)
		screen_beep(app->screen);
}

static void wait_in_line(struct message_log *log, const char *text, enum message_kind kind)
{
	g_free(log->note);
	log->note = g_strndup(text, LOG_MAX);
	log->note_kind = kind;
	log->note_is_answer = FALSE;
}

void messages_set(struct app *app, const char *text, enum message_kind kind)
{
	struct message_log *log = app->log;

	if (kind && *text)
		raise_alarm(app, text, kind);
	if (!kind && *text && log->kind && is_being_read(log)) {
		wait_in_line(log, text, MESSAGE_PLAIN);
		log->note_is_answer = TRUE;
		return;
	}
	show(app, text, kind, readable_until(app));
}

/* A note that waits has its turn; an error then stays as long as an answer would. */
static void show_note(struct app *app)
{
	struct message_log *log = app->log;
	g_autofree char *text = g_steal_pointer(&log->note);
	gboolean stays = log->note_kind || log->note_is_answer;

	show(app, text, log->note_kind, stays ? readable_until(app) : 0);
}

void messages_note(struct app *app, const char *text, enum message_kind kind)
{
	struct message_log *log = app->log;

	if (kind)
		raise_alarm(app, text, kind);
	if (log->note && (log->note_kind || log->note_is_answer) && !kind)
		return; /* they matter more */
	wait_in_line(log, text, kind);
	messages_tick(app);
}

void messages_tick(struct app *app)
{
	const struct message_log *log = app->log;

	if (log->note && !is_being_read(log))
		show_note(app);
}

void messages_clear(struct app *app)
{
	if (app->log->text)
		show(app, "", MESSAGE_PLAIN, 0);
	if (app->log->note_is_answer)
		g_clear_pointer(&app->log->note, g_free);
	app->log->note_is_answer = FALSE;
}

void messages_draw(struct app *app, struct paint *paint, int y, int cols)
{
	static const int styles[] = {[MESSAGE_PLAIN] = COLOR_MESSAGE,
				     [MESSAGE_WARNING] = COLOR_WARNING,
				     [MESSAGE_ERROR] = COLOR_ERROR};
	const struct message_log *log = app->log;
	g_autofree char *doing = NULL;
	int permille = -1;

	messages_tick(app);
	if (log->text) {
		g_autofree char *text = fit(log->text, cols);

		paint_text(paint, y, 0, cols, styles[log->kind], text);
		return;
	}
	doing = progress_text(app->priv->progress, g_get_monotonic_time(), &permille);
	if (permille >= 0)
		paint_bar(paint, y, 0, cols, cols * permille / 1000, COLOR_PROGRESS, COLOR_MESSAGE,
			  doing);
	else
		paint_text(paint, y, 0, cols, COLOR_MESSAGE, doing ? doing : "");
}

char *messages_history(const struct app *app)
{
	GString *text = g_string_new(NULL);

	for (GList *l = app->log->history.head; l; l = l->next)
		g_string_append_printf(text, "%s\n", (const char *)l->data);
	return g_string_free(text, FALSE);
}
