/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Menus, functions and coloured things as numbers, from their tables. */
#ifndef CUR_CONF_NAMES_H
#define CUR_CONF_NAMES_H

#include <glib.h>

#include "cur/conf/settings.h"

enum menu {
#define MENU(ID, name) MENU_##ID,
#include "cur/menus.def"
#undef MENU
	MENU_N
};

enum function {
#define FUNCTION(ID, name, state, help) FN_##ID,
#include "cur/functions.def"
#undef FUNCTION
	FN_N
};

enum color_object {
#define COLOR(ID, name, selector, origin, state, help) COLOR_##ID,
#include "cur/colors.def"
#undef COLOR
	COLOR_N
};

const char *menu_name(enum menu menu);
/* Case is ignored. MENU_N when there is none. */
enum menu menu_find(const char *name);

const char *function_name(enum function fn);
const char *function_help(enum function fn);
enum conf_state function_state(enum function fn);
/* FN_N when there is none. */
enum function function_find(const char *name);
/* TRUE when the menu (not counting the generic one) offers it. */
gboolean function_in_menu(enum function fn, enum menu menu);

/* BOTH, MUTT, NEOMUTT or CUR, by the menus that offer it. */
enum conf_origin function_origin(enum function fn);

enum color_selector { COLOR_SELECT_NONE, COLOR_SELECT_REGEX, COLOR_SELECT_PATTERN };
const char *color_name(enum color_object object);
enum color_selector color_selector(enum color_object object);
enum conf_origin color_origin(enum color_object object);
/* COLOR_N when there is none. */
enum color_object color_find(const char *name);

#endif
