/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See pattern-menu.h. A line an operator, as $pattern_format has it. */
#include "pattern-menu.h"

#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-pattern.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/view.h"

/* What an operator takes, as mutt calls it. */
#define ARGUMENT_NONE ""
#define ARGUMENT_REGEX " EXPR"
#define ARGUMENT_RANGE " RANGE"
#define ARGUMENT_DATE " DATERANGE"
#define ARGUMENT_MESSAGES " MSGRANGE"
#define ARGUMENT_QUERY " COMMAND"

static const struct {
	char letter;
	const char *argument;
	enum conf_state state;
	const char *help;
} operators[] = {
#define PATTERN(letter, ID, argument, cost, forms, origin, state, help)                            \
	{letter, ARGUMENT_##argument, STATE_##state, help},
#include "cur/patterns.def"
#undef PATTERN
};

/* Beside the operators with a letter. */
static const struct {
	const char *text, *shown, *help;
} groups[] = {
    {"~(", "~(PATTERN)", "messages in threads with one that matches"},
    {"~<(", "~<(PATTERN)", "messages whose parent matches"},
    {"~>(", "~>(PATTERN)", "messages with a child that matches"},
};

struct pattern_menu {
	guint shown[G_N_ELEMENTS(operators)]; /* those that act */
	guint n;
	void (*done)(struct app *app, const char *text, void *data);
	void *data;
};

static char *line_text(struct view *view, guint n, int cols)
{
	const struct pattern_menu *menu = view->data;
	gboolean is_group = n >= menu->n;
	guint i = is_group ? n - menu->n : menu->shown[n];
	g_autofree char *expression =
	    is_group ? g_strdup(groups[i].shown)
		     : g_strdup_printf("~%c%s", operators[i].letter, operators[i].argument);
	const struct pattern_values values = {
	    .number = n + 1,
	    .expression = expression,
	    .description = is_group ? groups[i].help : operators[i].help,
	};
	struct expando_source source = pattern_source(&values);
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_PATTERN, app_settings(view->app)->pattern_format, NULL);

	return expando_text(format, cols, &source);
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
	g_string_append(text, "---Patterns");
}

static void fn_select(struct view *view, int fn)
{
	struct pattern_menu *menu = view->data;
	guint n = view->list.cursor;
	guint i = n < menu->n ? menu->shown[n] : n - menu->n;
	g_autofree char *text = n < menu->n ? g_strdup_printf("~%c%s", operators[i].letter,
							      *operators[i].argument ? " " : "")
					    : g_strdup(groups[i].text);
	void (*done)(struct app * app, const char *text, void *data) = menu->done;
	void *data = menu->data;

	menu->done = NULL;
	view_close(view);
	done(view->app, text, data);
}

static void close_menu(struct view *view)
{
	struct pattern_menu *menu = view->data;

	if (menu->done)
		menu->done(view->app, NULL, menu->data);
	g_free(menu);
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_NOOP},
};
static const struct fn_handler *const tables[] = {handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"}, {FN_SELECT_ENTRY, "Select"}, {FN_HELP, "Help"}, {0}};

static const struct view_ops ops = {
    .name = "patterns",
    .menu = MENU_GENERIC,
    .handlers = tables,
    .draw = draw,
    .status = status,
    .help = help,
    .entry_text = entry_text,
    .close = close_menu,
};

void pattern_menu_open(struct app *app, void (*done)(struct app *app, const char *text, void *data),
		       void *data)
{
	struct pattern_menu *menu = g_new0(struct pattern_menu, 1);
	struct view *view;

	menu->done = done;
	menu->data = data;
	for (guint i = 0; i < G_N_ELEMENTS(operators); i++)
		if (operators[i].state == STATE_ACTS)
			menu->shown[menu->n++] = i;
	view = view_push(app, &ops, menu);
	list_resize(&view->list, menu->n + G_N_ELEMENTS(groups), 1);
}
