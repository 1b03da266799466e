/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cursor over n entries of which `page` are visible: mutt's menus without a
 * screen. Pure numbers. Every function keeps
 * top <= cursor < top + page, cursor < n, whatever n and page are (0 too).
 */
#ifndef CUR_UI_LIST_H
#define CUR_UI_LIST_H

#include <glib.h>

struct list {
	guint n;
	guint page;   /* visible lines, 0 when there is no room */
	guint top;    /* first visible entry */
	guint cursor; /* 0 when n is 0 */

	/* $menu_context, $menu_scroll, $menu_move_off: copied in by the app. */
	guint context;
	gboolean scroll;
	gboolean move_off;
};

enum list_step {
	LIST_FIRST,
	LIST_LAST,
	LIST_NEXT_LINE, /* scroll by one, the cursor stays when it can */
	LIST_PREVIOUS_LINE,
	LIST_NEXT_PAGE,
	LIST_PREVIOUS_PAGE,
	LIST_HALF_DOWN,
	LIST_HALF_UP,
	LIST_TOP_PAGE, /* cursor to the first, middle, last visible entry */
	LIST_MIDDLE_PAGE,
	LIST_BOTTOM_PAGE,
	LIST_CURRENT_TOP, /* scroll so that the cursor's line is first, middle, last */
	LIST_CURRENT_MIDDLE,
	LIST_CURRENT_BOTTOM,
};

/* New number of entries or lines; the cursor stays on its number when it can. */
void list_resize(struct list *list, guint n, guint page);
/* Cursor to entry i (clamped), scrolled into sight as $menu_scroll and $menu_context say. */
void list_go(struct list *list, guint i);
/* Cursor to entry i, and keep it on the screen line it had: for entries that shifted. */
void list_follow(struct list *list, guint i);
/* FALSE when nothing could move (mutt then says "You are on the last page." or the like). */
gboolean list_move(struct list *list, enum list_step step);

#endif
