/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of pattern operators that Tab opens at a pattern. */
#ifndef UI_PATTERN_MENU_H
#define UI_PATTERN_MENU_H

struct app;

/* `done` gets "~f " or "~N", NULL when the list was left. */
void pattern_menu_open(struct app *app, void (*done)(struct app *app, const char *text, void *data),
		       void *data);

#endif
