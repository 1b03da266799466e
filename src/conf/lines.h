/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a muttrc: those that a backslash continues are one. */
#ifndef CUR_CONF_LINES_H
#define CUR_CONF_LINES_H

#include <glib.h>

/* A line this long is refused. */
enum { LINE_MAX_BYTES = 256 * 1024 };

/* `at` moves on. */
struct lines {
	const char *at, *end;
	int number; /* of the line that lines_take gave, its first one */
	int next_number;
};

/* A byte order mark is stepped over. The bytes are borrowed. */
void lines_init(struct lines *l, const char *bytes, gsize n);
/*
 * The next line, without its end; FALSE behind the last. `joints` gets the columns, in characters,
 * at which the further ones of a joined line begin.
 */
gboolean lines_take(struct lines *l, GString *line, GArray *joints);

#endif
