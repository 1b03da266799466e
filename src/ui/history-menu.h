/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of old lines that history-search opens when more than one holds what was typed. */
#ifndef UI_HISTORY_MENU_H
#define UI_HISTORY_MENU_H

#include <glib.h>

struct app;

/*
 * `lines` (char *, newest first) are taken; `sought` is said in the status bar. `done` gets the
 * line that was chosen, NULL when the list was left.
 */
void history_menu_open(struct app *app, GPtrArray *lines, const char *sought,
		       void (*done)(struct app *app, const char *text, void *data), void *data);

#endif
