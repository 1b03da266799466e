/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A view is one thing that fills the screen: index, pager, compose menu, help.
 * Views lie on a stack; the top one has the keys. Each is one file with a
 * `static const struct view_ops` and an x_open(app, …) that makes its data and
 * calls view_push().
 *
 * The screen of a view, as mutt lays it out ($status_on_top turns it over):
 *
 *	help line ($help)		app
 *	sidebar | area of the view	ops->draw
 *	status bar			ops->status
 *	message line or prompt		app
 *
 * Nobody draws when a thing happens: a view says view_redraw(), and the app
 * draws once at the end of the turn. curses sends only what differs.
 */
#ifndef CUR_UI_VIEW_H
#define CUR_UI_VIEW_H

#include <glib.h>

#include "cur/ui/list.h"
#include "cur/ui/paint.h"

struct app;
struct fn_handler;
struct view;

/* Lines and columns of the screen, from its upper left corner. May be empty (rows or cols 0). */
struct rect {
	int y, x, rows, cols;
};

struct view_ops {
	const char *name;
	int menu; /* MENU_ of conf/keys.h: whose bindings hold; MENU_GENERIC follows by itself */

	/*
	 * Tables of functions (ui/functions.h), searched in order, NULL at the end.
	 * What every view can do (movement in view->list, help, quit …) is searched last by itself.
	 */
	const struct fn_handler *const *handlers;

	/* Draw every line of view->area with paint_line(). */
	void (*draw)(struct view *view, struct paint *paint);

	/* Append the text of the status bar, `cols` wide at most. NULL: the view has no bar. */
	void (*status)(struct view *view, GString *text, int cols);

	/* What the help line names: pairs of function and word, {0} at the end. NULL: none. */
	const struct help_item *help;

	/* Rows the view beneath keeps above this one ($pager_index_lines). NULL: 0. */
	int (*beneath_rows)(struct view *view, int rows);

	/* The area has another size (also once before the first draw). NULL: nothing to do. */
	void (*resize)(struct view *view);

	/*
	 * A key before bindings are looked at; TRUE when used up. NULL for most views.
	 * Pasted text comes to `paste` as UTF-8; without it the paste is dropped with a beep.
	 */
	gboolean (*key)(struct view *view, int key);
	void (*paste)(struct view *view, const char *text);

	/*
	 * The open mailbox changed (rows came or went, marks changed), or the index's
	 * current message became another: the pager follows. NULL: does not care.
	 */
	void (*mailbox_changed)(struct view *view);
	void (*directory_changed)(struct view *view); /* mailboxes or their counts */

	/* A setting or colour was changed by ':' or a hook. NULL: redrawing is enough. */
	void (*settings_changed)(struct view *view);

	/*
	 * Plain text of entry n of view->list for '/' and %-searches; yours to free
	 * is what it returns. NULL: the view cannot be searched by the generic search.
	 */
	char *(*entry_text)(struct view *view, guint n);

	/* The view leaves the stack: free view->data and what hangs on it. */
	void (*close)(struct view *view);
};

struct help_item {
	int fn; /* FN_, the key is looked up */
	const char *word;
};

struct view {
	const struct view_ops *ops;
	struct app *app;
	void *data;	  /* the view's own */
	struct list list; /* its entries; n 0 for a view that has none */
	struct rect area; /* where draw() may write; set by the app before resize() and draw() */
	int status_y;	  /* line of its status bar, -1: none or no room */
	int status_x, status_cols;
	gboolean visible; /* on the screen: the top one, or above it ($pager_index_lines) */
	gboolean sidebar; /* the sidebar may stand beside it (index, pager) */
	gboolean dirty;
	gboolean closing;
};

/* Put a new view on top. It lives until view_close(). */
struct view *view_push(struct app *app, const struct view_ops *ops, void *data);

/*
 * Take a view (anywhere on the stack) away. It is freed at the end of the turn,
 * so a handler may still touch it after it has closed it.
 */
void view_close(struct view *view);

/* The top view, and the one beneath another (NULL at the bottom). */
struct view *view_top(struct app *app);
struct view *view_beneath(struct view *view);
/* Ask to be drawn at the end of this turn. */
void view_redraw(struct view *view);

/* Screen line of entry n of view->list, or -1 when it is not visible. */
int view_line_of(const struct view *view, guint n);

/* Entry n of view->list as a line; yours. */
typedef char *(*view_line_fn)(struct view *view, guint n, int cols);
/* Draw the entries from row `top` of the view's area on, the current one with the indicator. */
void view_draw_list(struct view *view, struct paint *paint, int top, view_line_fn line);

#endif
