/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user waits for work of this process or of a program it runs. */
#include "busy.h"

#include "app-private.h"
#include "cur/conf/names.h"
#include "cur/ui/paint.h"
#include "cur/ui/screen.h"
#include "messages.h"

enum {
	LOOK_US = 20 * 1000,	 /* between two looks at the keyboard */
	PATIENT_US = 100 * 1000, /* what takes no longer is not worth a word */
	SHOW_MS = 100,
};

static void show(struct busy *busy, guint done, guint total)
{
	struct screen *screen = busy->app->screen;
	int y = screen_rows(screen) - 1, cols = screen_cols(screen);
	guint keys = screen_waiting(screen);
	int inc = app_settings(busy->app)->read_inc;
	g_autoptr(GString) text = g_string_new(busy->what);

	g_string_append(text, "...");
	if (total && inc > 0)
		g_string_append_printf(text, " %u/%u", done - done % (guint)inc, total);
	g_string_append(text, " (^G stops");
	/* Who types meanwhile sees that the keys arrived. */
	if (keys)
		g_string_append_printf(text, ", %u key%s", keys, keys == 1 ? " waits" : "s wait");
	g_string_append_c(text, ')');
	paint_bar(screen_paint(screen), y, 0, cols, total ? (int)((guint64)cols * done / total) : 0,
		  COLOR_PROGRESS, COLOR_MESSAGE, text->str);
	screen_flush(screen, y, cols - 1, FALSE);
}

static gint64 pace_us(const struct busy *busy)
{
	return MAX(SHOW_MS, app_settings(busy->app)->time_inc) * (gint64)1000;
}

static gboolean go_on(guint done, guint total, void *data)
{
	struct busy *busy = data;
	gint64 now = g_get_monotonic_time();

	if (busy->stopped)
		return FALSE;
	if (now - MAX(busy->began, busy->looked) < LOOK_US)
		return TRUE;
	busy->looked = now;
	busy->stopped = screen_interrupted(busy->app->screen);
	if (!busy->stopped && now - busy->began >= PATIENT_US &&
	    now - busy->shown >= pace_us(busy)) {
		show(busy, done, total);
		busy->shown = now;
	}
	return !busy->stopped;
}

void busy_begin(struct busy *busy, struct app *app, const char *format, ...)
{
	va_list args;

	*busy = (struct busy){.app = app, .began = g_get_monotonic_time()};
	busy->patience = (struct patience){go_on, busy};
	va_start(args, format);
	busy->what = g_strdup_vprintf(format, args);
	va_end(args);
}

gboolean busy_end(struct busy *busy)
{
	g_clear_pointer(&busy->what, g_free);
	if (busy->shown)
		busy->app->priv->redraw_message = TRUE;
	if (busy->stopped)
		app_message(busy->app, "Stopped.");
	return !busy->stopped;
}
