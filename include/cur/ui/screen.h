/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal: started, left to a child, given back, sized, and read. Keys
 * come as codes of conf/keys.h, one call each, from the GMainLoop.
 */
#ifndef CUR_UI_SCREEN_H
#define CUR_UI_SCREEN_H

#include <glib.h>

#include "cur/base/auto.h"

struct screen;
struct paint;

struct screen_events {
	void (*key)(int key, void *data);
	void (*paste)(const char *text,
		      void *data);   /* bracketed paste, UTF-8, controls still in it */
	void (*resized)(void *data); /* screen_rows() and screen_cols() are new */
	void (*gone)(void *data);    /* the terminal hung up or is at its end: quit */
};

/*
 * Take the terminal of standard input and output. Fails with CUR_ERROR_USAGE
 * when it is none, or TERM names nothing curses can use.
 */
struct screen *screen_open(const struct screen_events *events, void *data, GError **error);
/* Give the terminal back as it was found. Does nothing the second time. */
void screen_close(struct screen *screen);
DEFINE_AUTO(screen, screen_close)

int screen_rows(const struct screen *screen);
int screen_cols(const struct screen *screen);
struct paint *screen_paint(struct screen *screen);

/*
 * Between these two the terminal belongs to a child ($editor, a pager, a
 * shell). No key is read. May be nested.
 */
void screen_leave(struct screen *screen);
void screen_return(struct screen *screen);

/* Stop this process as Ctrl-Z does; returns after SIGCONT with the screen to be redrawn. */
void screen_suspend(struct screen *screen);

/* Send what was painted. The cursor is left at y, x; shown only when `visible`. */
void screen_flush(struct screen *screen, int y, int x, gboolean visible);
/* Forget what the terminal is believed to show: the next flush writes all of it. */
void screen_clear(struct screen *screen);

/* Hand out no keys: they are kept, to be looked at by screen_interrupted() meanwhile. */
void screen_hold(struct screen *screen, gboolean hold);
/*
 * While long work keeps the loop from running, or keys are held: was ^G or ^C typed? Other keys
 * are kept for the loop, in order; a ^G throws them away.
 */
gboolean screen_interrupted(struct screen *screen);
/* How many keys it read that are still to be handed out. */
guint screen_waiting(const struct screen *screen);

/* Throw away what was typed but not read yet. */
void screen_drop_input(struct screen *screen);

void screen_beep(struct screen *screen);
/* Window title and icon name ($ts_status_format, $ts_icon_format); made safe here. */
void screen_title(struct screen *screen, const char *title, const char *icon);

#endif
