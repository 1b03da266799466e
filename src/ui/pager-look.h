/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a row of the pager looks: the kind of its line, quote levels, `color
 * header` and `color body` rules, rich text, search hits. Everything a message
 * can cause ends in these spans; the status bar is drawn elsewhere.
 */
#ifndef PAGER_LOOK_H
#define PAGER_LOOK_H

#include <glib.h>

#include "cur/conf/conf.h"
#include "cur/ui/paint.h"
#include "pager-text.h"

struct pager_look {
	const struct conf *conf;
	struct paint *paint;
	const struct regex *search; /* NULL: no hits are shown */
	int normal;		    /* style of what is no kind of its own */
};

/* Draw `row` at y, x over `cols` columns. */
void pager_look_draw(const struct pager_look *look, const struct text_row *row, int y, int x,
		     int cols);

#endif
