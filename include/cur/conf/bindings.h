/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key does what in which menu: the defaults of bindings.def, then bind and macro. */
#ifndef CUR_CONF_BINDINGS_H
#define CUR_CONF_BINDINGS_H

#include <glib.h>

#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/conf/names.h"

struct binding {
	enum menu menu;
	int keys[KEYS_MAX];
	guint n_keys;
	enum function function; /* FN_N for a macro */
	char *macro;		/* sequence for keys_parse_sequence, or NULL */
	char *text;		/* description of a macro, or NULL */
	gboolean is_default;	/* of the table, not of the user */
	char *place;		/* "file:line" of the user that bound it, or NULL */
};

/*
 * What n keys typed in `menu` mean; where the menu has nothing the generic menu
 * is asked (not for pager and editor). NULL with *partial TRUE: more keys may complete one. NULL
 * with *partial FALSE: not bound (`noop` is not bound either). Borrowed until a command runs.
 */
const struct binding *conf_binding_find(const struct conf *conf, enum menu menu, const int *keys,
					guint n, gboolean *partial);

/* The first binding of a function in a menu or the generic one, or NULL: for help lines. */
const struct binding *conf_binding_of(const struct conf *conf, enum menu menu,
				      enum function function);

/*
 * A macro that the program makes itself; keys and sequence as `macro` reads them, strings copied.
 * USAGE when they are no keys.
 */
gboolean conf_add_macro(struct conf *conf, enum menu menu, const char *keys, const char *sequence,
			const char *text, GError **error);

/* struct binding * of one menu, in order of their keys. Borrowed until a command runs. */
const GPtrArray *conf_bindings(const struct conf *conf, enum menu menu);

#endif
