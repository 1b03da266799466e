/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of rendered cells, and how it is laid out. */
#ifndef CUR_MAIL_HTML_TABLE_H
#define CUR_MAIL_HTML_TABLE_H

#include "html-flow.h"

struct html_table;

struct html_table *html_table_new(void);
void html_table_free(struct html_table *t);
void html_table_row(struct html_table *t);
/* Add a cell to the last row (one is begun when there is none). Takes the text. */
void html_table_cell(struct html_table *t, struct rich *cell);
/*
 * Lay out into `f`: in columns when each cell is one line and all fit in `width`
 * columns, else cell after cell, as tables that only place things on a page.
 */
void html_table_flow(const struct html_table *t, struct html_flow *f, guint width);

#endif
