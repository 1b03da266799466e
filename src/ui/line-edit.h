/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line being typed: characters and a cursor, and what the editor's functions do to them. */
#ifndef UI_LINE_EDIT_H
#define UI_LINE_EDIT_H

#include <glib.h>

enum { LINE_EDIT_MAX = 64 << 10 }; /* characters; more is not taken */

struct line_edit {
	GArray *chars; /* gunichar */
	guint cursor;  /* 0..chars->len */
};

void line_edit_init(struct line_edit *le, const char *text);
void line_edit_clear(struct line_edit *le);

/* Replace everything; the cursor goes to the end. */
void line_edit_set(struct line_edit *le, const char *text);
/* UTF-8, yours; the part before the cursor. */
char *line_edit_text(const struct line_edit *le);
char *line_edit_before(const struct line_edit *le);
/* TRUE when `c` stands before the cursor. */
gboolean line_edit_follows(const struct line_edit *le, gunichar c);
void line_edit_insert(struct line_edit *le, gunichar c);

/* Carry out an FN_ of the editor menu that needs nothing but the line; FALSE for another. */
gboolean line_edit_function(struct line_edit *le, int fn);

#endif
