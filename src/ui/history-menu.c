/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See history-menu.h. A line of the history a line, as $history_format has it. */
#include "history-menu.h"

#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-history.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/view.h"
#include "filtered.h"

struct history_menu {
	GPtrArray *lines;
	char *sought;
	void (*done)(struct app *app, const char *text, void *data);
	void *data;
};

static char *line_text(struct view *view, guint n, int cols)
{
	const struct history_menu *menu = view->data;
	const struct history_values values = {
	    .number = n + 1,
	    .line = g_ptr_array_index(menu->lines, n),
	};
	struct expando_source source = history_source(&values);
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_HISTORY, app_settings(view->app)->history_format, NULL);

	return filtered_text(view->app, format, cols, &source, NULL);
}

static char *entry_text(struct view *view, guint n)
{
	return line_text(view, n, 200);
}

static void draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, line_text);
}

static void status(struct view *view, GString *text, int cols)
{
	const struct history_menu *menu = view->data;

	g_string_append_printf(text, "---History '%s'", menu->sought);
}

static void fn_select(struct view *view, int fn)
{
	struct history_menu *menu = view->data;
	g_autofree char *line = g_strdup(g_ptr_array_index(menu->lines, view->list.cursor));
	void (*done)(struct app * app, const char *text, void *data) = menu->done;
	void *data = menu->data;

	menu->done = NULL;
	view_close(view);
	done(view->app, line, data);
}

static void close_menu(struct view *view)
{
	struct history_menu *menu = view->data;

	if (menu->done)
		menu->done(view->app, NULL, menu->data);
	g_ptr_array_unref(menu->lines);
	g_free(menu->sought);
	g_free(menu);
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_NOOP},
};
static const struct fn_handler *const tables[] = {handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"}, {FN_SELECT_ENTRY, "Select"}, {FN_SEARCH, "Search"}, {FN_HELP, "Help"}, {0}};

static const struct view_ops ops = {
    .name = "history",
    .menu = MENU_GENERIC,
    .handlers = tables,
    .draw = draw,
    .status = status,
    .help = help,
    .entry_text = entry_text,
    .close = close_menu,
};

void history_menu_open(struct app *app, GPtrArray *lines, const char *sought,
		       void (*done)(struct app *app, const char *text, void *data), void *data)
{
	struct history_menu *menu = g_new0(struct history_menu, 1);
	struct view *view;

	menu->lines = lines;
	menu->sought = g_strdup(sought);
	menu->done = done;
	menu->data = data;
	view = view_push(app, &ops, menu);
	list_resize(&view->list, lines->len, 1);
}
