/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has which lines of the screen, and drawing them: help line, sidebar, views
 * with their status bars, message line. Every size works, down to one cell (U16).
 */
#include <string.h>

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/conf/bindings.h"
#include "cur/ui/screen.h"
#include "messages.h"
#include "prompt-private.h"
#include "sidebar.h"
#include "statusline.h"

enum {
	ROWS_FOR_STATUS = 2, /* screens of fewer lines have no status bar … */
	ROWS_FOR_HELP = 4,   /* … or no help line */
	SPLIT_ROWS_LEFT = 3, /* lines a view keeps when another stands above it */
};

struct frame {
	int rows, cols;
	int help_y, status_y, message_y; /* -1: not there */
	struct rect body;		 /* sidebar and views */
};

static struct frame measure(struct app *app)
{
	const struct settings *s = app_settings(app);
	struct frame f = {.rows = screen_rows(app->screen), .cols = screen_cols(app->screen)};
	gboolean status = f.rows >= ROWS_FOR_STATUS, help = s->help && f.rows >= ROWS_FOR_HELP;
	int first = 0, last;

	f.help_y = f.status_y = -1;
	f.message_y = f.rows - 1;
	last = f.message_y - 1;
	if (s->status_on_top) {
		f.status_y = status ? first++ : -1;
		f.help_y = help ? last-- : -1;
	} else {
		f.help_y = help ? first++ : -1;
		f.status_y = status ? last-- : -1;
	}
	f.body = (struct rect){.y = first, .cols = f.cols, .rows = MAX(last - first + 1, 0)};
	return f;
}

/* Set a view's lines; tell it when they differ. */
static void place(struct view *view, struct rect area, struct rect bar)
{
	gboolean same = memcmp(&view->area, &area, sizeof(area)) == 0 && view->visible;

	view->area = area;
	view->status_y = view->ops->status ? bar.y : -1;
	view->status_x = bar.x;
	view->status_cols = bar.cols;
	view->visible = TRUE;
	view->dirty = TRUE;
	list_resize(&view->list, view->list.n, MAX(area.rows, 0));
	if (!same && view->ops->resize)
		view->ops->resize(view);
}

static void place_views(struct app *app, const struct frame *f)
{
	struct view *top = view_top(app), *beneath;
	struct rect area = f->body;
	int above = 0;

	for (guint i = 0; i < app->views->len; i++)
		((struct view *)g_ptr_array_index(app->views, i))->visible = FALSE;
	if (!top)
		return;
	if (top->sidebar)
		sidebar_place(app, &area);
	else
		sidebar_hide(app);
	beneath = view_beneath(top);
	if (beneath && top->ops->beneath_rows)
		above = top->ops->beneath_rows(top, area.rows);
	if (above > 1 && above + SPLIT_ROWS_LEFT <= area.rows) {
		struct rect upper = {area.y, area.x, above - 1, area.cols};
		struct rect bar = {area.y + above - 1, area.x, 1, area.cols};

		place(beneath, upper, bar);
		area.y += above;
		area.rows -= above;
	}
	place(top, area, (struct rect){f->status_y, 0, 1, f->cols});
}

/* ---- drawing ----------------------------------------------------------------------- */

static void draw_help(struct app *app, const struct frame *f)
{
	const struct view *top = view_top(app);
	g_autoptr(GString) text = g_string_new(NULL);

	if (f->help_y < 0 || !top)
		return;
	for (const struct help_item *item = top->ops->help; item && item->word; item++) {
		const struct binding *b = conf_binding_of(app->conf, top->ops->menu, item->fn);
		g_autofree char *key = b ? keys_name(b->keys, b->n_keys) : NULL;

		if (key)
			g_string_append_printf(text, "%s%s:%s", text->len ? "  " : "", key,
					       item->word);
	}
	paint_text(screen_paint(app->screen), f->help_y, 0, f->cols, COLOR_STATUS, text->str);
}

static void draw_view(struct app *app, struct view *view)
{
	struct paint *paint = screen_paint(app->screen);

	view->dirty = FALSE;
	view->ops->draw(view, paint);
	if (view->status_y >= 0)
		statusline_draw(view, paint);
}

static void draw_views(struct app *app, gboolean all)
{
	for (guint i = 0; i < app->views->len; i++) {
		struct view *view = g_ptr_array_index(app->views, i);

		if (view->visible && (all || view->dirty))
			draw_view(app, view);
	}
}

/* Where the terminal's own cursor rests: in the question, or on the line of the list. */
static void flush(struct app *app, const struct frame *f)
{
	const struct view *top = view_top(app);
	int x, y = f->message_y;

	if (prompt_cursor(app, &x)) {
		screen_flush(app->screen, y, x, TRUE);
		return;
	}
	if (top && top->list.n)
		y = view_line_of(top, top->list.cursor);
	x = app_settings(app)->braille_friendly ? 0 : f->cols - 1;
	screen_flush(app->screen, y < 0 ? f->message_y : y, x, FALSE);
}

void layout_draw(struct app *app)
{
	struct app_private *p = app->priv;
	struct frame f = measure(app);
	gboolean all = p->redraw || p->relayout;

	if (p->relayout)
		place_views(app, &f);
	if (all)
		draw_help(app, &f);
	sidebar_draw(app, screen_paint(app->screen), all);
	draw_views(app, all);
	if (prompt_active(app))
		prompt_draw(app, screen_paint(app->screen), f.message_y, f.cols);
	else
		messages_draw(app, screen_paint(app->screen), f.message_y, f.cols);
	p->redraw = p->redraw_message = p->relayout = FALSE;
	flush(app, &f);
	prompt_shown(app);
	statusline_title(app);
}
