/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of the message below (or above) the parts of the compose menu ($compose_show_preview).
 */
#include <string.h>

#include "compose-private.h"
#include "cur/base/text.h"
#include "cur/conf/keys.h"
#include "cur/ui/paint.h"
#include "cur/ui/view.h"

enum { PREVIEW_MAX = 256 << 10 }; /* bytes: nobody pages through more than that here */

void compose_preview_load(struct composer *c)
{
	const struct draft *draft = composer_draft(c);
	gsize n = 0;
	g_autofree char *body = draft_has_text(draft) ? draft_body(draft, &n, NULL) : NULL;
	g_autofree char *text = body ? text_make_valid(body, (gssize)MIN(n, PREVIEW_MAX)) : NULL;

	g_strfreev(c->preview);
	c->preview = text ? g_strsplit(text, "\n", -1) : NULL;
	c->preview_top = 0;
}

static guint n_lines(const struct composer *c)
{
	guint n = c->preview ? g_strv_length(c->preview) : 0;

	/* What follows the last line end is no line. */
	return n && !*c->preview[n - 1] ? n - 1 : n;
}

void compose_preview_draw(struct composer *c, struct paint *paint,
			  const struct preview_place *place)
{
	const struct rect *area = &c->view->area;
	guint n = n_lines(c);
	g_autofree char *bar = NULL;

	if (!place->rows)
		return;
	c->preview_page = (guint)place->rows - 1;
	bar = g_strdup_printf("-- Preview (lines %u-%u of %u)", n ? c->preview_top + 1 : 0,
			      MIN(n, c->preview_top + c->preview_page), n);
	paint_text(paint, area->y + place->y, area->x, area->cols, COLOR_STATUS, bar);
	for (guint row = 0; row < c->preview_page; row++) {
		guint at = c->preview_top + row;

		paint_text(paint, area->y + place->y + 1 + (int)row, area->x, area->cols,
			   COLOR_NORMAL, at < n ? c->preview[at] : "");
	}
}

static void fn_page(struct view *view, int fn)
{
	struct composer *c = view->data;
	guint n = n_lines(c), page = c->preview_page;
	guint last = n > page ? n - page : 0;

	if (fn == FN_PREVIEW_PAGE_UP)
		c->preview_top -= MIN(page, c->preview_top);
	else
		c->preview_top = MIN(c->preview_top + page, last);
	view_redraw(view);
}

const struct fn_handler compose_preview_handlers[] = {
    {FN_PREVIEW_PAGE_DOWN, fn_page, 0},
    {FN_PREVIEW_PAGE_UP, fn_page, 0},
    {FN_NOOP},
};
