/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Formats that end in a bar: lines that a program writes. Drawing never waits for it: the line is
 * empty, or what the program said before, until it has answered.
 */
#ifndef UI_FILTERED_H
#define UI_FILTERED_H

#include <glib.h>

struct app;
struct expando;
struct expando_source;
struct filtered;

struct filtered *filtered_new(struct app *app);
void filtered_free(struct filtered *f);

/*
 * A line of at most `cols` columns (< 0: any): expando_text() for formats of any kind. While a
 * program is asked, `place` shows what was said for it last; NULL: nothing. Yours.
 */
char *filtered_text(struct app *app, const struct expando *expando, int cols,
		    const struct expando_source *source, const char *place);

#endif
