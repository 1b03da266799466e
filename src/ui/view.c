/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stack of views. */
#include "cur/ui/view.h"

#include "app-private.h"
#include "cur/conf/names.h"
#include "cur/conf/settings.h"
#include "cur/ui/paint.h"

/* The three settings every menu scrolls by. */
static void take_settings(struct view *view)
{
	const struct settings *s = app_settings(view->app);

	view->list.context = MAX(s->menu_context, 0);
	view->list.scroll = s->menu_scroll;
	view->list.move_off = s->menu_move_off;
}

struct view *view_push(struct app *app, const struct view_ops *ops, void *data)
{
	struct view *view = g_new0(struct view, 1);

	view->ops = ops;
	view->app = app;
	view->data = data;
	view->status_y = -1;
	take_settings(view);
	g_ptr_array_add(app->views, view);
	app->priv->relayout = TRUE;
	return view;
}

void view_close(struct view *view)
{
	struct app *app = view->app;

	if (view->closing)
		return;
	view->closing = TRUE;
	g_ptr_array_remove(app->views, view);
	g_ptr_array_add(app->priv->closing, view);
	app->priv->relayout = TRUE;
	if (view->ops->close)
		view->ops->close(view);
}

struct view *view_top(struct app *app)
{
	return app->views->len ? g_ptr_array_index(app->views, app->views->len - 1) : NULL;
}

struct view *view_beneath(struct view *view)
{
	guint at;

	if (!g_ptr_array_find(view->app->views, view, &at) || at == 0)
		return NULL;
	return g_ptr_array_index(view->app->views, at - 1);
}

void view_redraw(struct view *view)
{
	view->dirty = TRUE;
}

int view_line_of(const struct view *view, guint n)
{
	if (n < view->list.top || n >= view->list.top + view->list.page || n >= view->list.n)
		return -1;
	return view->area.y + (int)(n - view->list.top);
}

void view_draw_list(struct view *view, struct paint *paint, int top, view_line_fn line)
{
	const struct list *list = &view->list;
	const struct rect *area = &view->area;

	for (int row = 0; top + row < area->rows; row++) {
		guint n = list->top + (guint)row;
		gboolean there = n < list->n;
		g_autofree char *text = there ? line(view, n, area->cols) : g_strdup("");

		paint_text(paint, area->y + top + row, area->x, area->cols,
			   there && n == list->cursor ? COLOR_INDICATOR : COLOR_NORMAL, text);
	}
}

/* Settings changed: every view scrolls and looks by the new ones. */
void view_settings_changed(struct app *app)
{
	for (guint i = 0; i < app->views->len; i++) {
		struct view *view = g_ptr_array_index(app->views, i);

		take_settings(view);
		if (view->ops->settings_changed)
			view->ops->settings_changed(view);
	}
}
