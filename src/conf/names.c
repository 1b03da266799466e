/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menus.def, functions.def and colors.def as arrays. */
#include "cur/conf/names.h"

#include <string.h>

static const char *const menus[MENU_N] = {
#define MENU(ID, name) [MENU_##ID] = name,
#include "cur/menus.def"
#undef MENU
};

static const struct {
	const char *name;
	enum conf_state state;
	const char *help;
} functions[FN_N] = {
#define FUNCTION(ID, name, state, help) [FN_##ID] = {name, STATE_##state, help},
#include "cur/functions.def"
#undef FUNCTION
};

static const struct {
	enum menu menu;
	enum function function;
	enum conf_origin origin;
} offers[] = {
#define BINDING(menu, function, mutt, neomutt, origin)                                             \
	{MENU_##menu, FN_##function, ORIGIN_##origin},
#include "cur/bindings.def"
#undef BINDING
};

static const struct {
	const char *name;
	enum color_selector selector;
	enum conf_origin origin;
} colors[COLOR_N] = {
#define COLOR(ID, name, selector, origin, state, help)                                             \
	[COLOR_##ID] = {name, COLOR_SELECT_##selector, ORIGIN_##origin},
#include "cur/colors.def"
#undef COLOR
};

const char *menu_name(enum menu menu)
{
	return menus[menu];
}

enum menu menu_find(const char *name)
{
	enum menu menu = 0;

	while (menu < MENU_N && g_ascii_strcasecmp(menus[menu], name))
		menu++;
	return menu;
}

const char *function_name(enum function fn)
{
	return functions[fn].name;
}

const char *function_help(enum function fn)
{
	return functions[fn].help;
}

enum conf_state function_state(enum function fn)
{
	return functions[fn].state;
}

/* Names that the programs and their patches once had for what is still there. */
static const struct {
	const char *name;
	enum function function;
} old_functions[] = {
    {"display-headers", FN_DISPLAY_TOGGLE_WEED},
    {"sidebar-scroll-down", FN_SIDEBAR_PAGE_DOWN},
    {"sidebar-scroll-up", FN_SIDEBAR_PAGE_UP},
    {"sidebar-toggle", FN_SIDEBAR_TOGGLE_VISIBLE},
};

enum function function_find(const char *name)
{
	enum function fn = 0;

	for (guint i = 0; i < G_N_ELEMENTS(old_functions); i++)
		if (!strcmp(old_functions[i].name, name))
			return old_functions[i].function;
	while (fn < FN_N && strcmp(functions[fn].name, name))
		fn++;
	return fn;
}

gboolean function_in_menu(enum function fn, enum menu menu)
{
	if (fn == FN_NOOP)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(offers); i++)
		if (offers[i].menu == menu && offers[i].function == fn)
			return TRUE;
	return FALSE;
}

enum conf_origin function_origin(enum function fn)
{
	enum conf_origin origin = ORIGIN_BOTH;

	for (guint i = 0; i < G_N_ELEMENTS(offers); i++) {
		if (offers[i].function != fn)
			continue;
		if (offers[i].origin == ORIGIN_BOTH)
			return ORIGIN_BOTH;
		origin = offers[i].origin;
	}
	return origin;
}

const char *color_name(enum color_object object)
{
	return colors[object].name;
}

enum color_selector color_selector(enum color_object object)
{
	return colors[object].selector;
}

enum conf_origin color_origin(enum color_object object)
{
	return colors[object].origin;
}

enum color_object color_find(const char *name)
{
	enum color_object object = 0;

	while (object < COLOR_N && g_ascii_strcasecmp(colors[object].name, name))
		object++;
	return object;
}
