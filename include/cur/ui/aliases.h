/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People: the alias menu, $query_command and its menu, and completing addresses from both. */
#ifndef CUR_UI_ALIASES_H
#define CUR_UI_ALIASES_H

#include <glib.h>

struct app;

/*
 * The alias menu narrowed to what begins with `prefix` (NULL: all). `done` gets the
 * addresses chosen as header text, NULL when left; may be NULL: then Return writes to them.
 */
typedef void (*address_done_fn)(struct app *app, const char *addresses, void *data);
void aliases_open(struct app *app, const char *prefix, address_done_fn done, void *data);

/* The same for the answers of $query_command to `text` (NULL: ask for it). */
void query_open(struct app *app, const char *text, address_done_fn done, void *data);

/* create-alias for this address (header text of one address): asks for key, address, name, file. */
void aliases_create(struct app *app, const char *address);

#endif
