/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of a menu: which entry has the cursor and which are visible. */
#include "cur/ui/list.h"

/* The last top that still fills the page, unless the end may move off it. */
static guint last_top(const struct list *list)
{
	if (list->move_off)
		return list->n ? list->n - 1 : 0;
	return list->n > list->page ? list->n - list->page : 0;
}

/* Lines of context that fit: never so many that the cursor has no place left. */
static guint usable_context(const struct list *list)
{
	guint most = list->page ? (list->page - 1) / 2 : 0;

	return MIN(list->context, most);
}

/* So many whole pages as the cursor is away, each with `context` lines of the one before. */
static guint turn_pages(const struct list *list, guint context, gboolean down)
{
	guint page = list->page - context, c = list->cursor, by;

	if (down) {
		by = page * ((c - list->top) / page);
		return list->top + by - MIN(context, list->top + by);
	}
	by = page * ((list->top + list->page - 1 - c) / page);
	return list->top + context - MIN(by, list->top + context);
}

/* Scroll until the cursor is in sight with its context. */
static void show_cursor(struct list *list)
{
	guint context = usable_context(list);
	guint c = list->cursor;

	if (!list->page) {
		list->top = c;
		return;
	}
	if (c < list->top + context && list->top > 0) {
		if (list->scroll)
			list->top = c > context ? c - context : 0;
		else
			list->top = turn_pages(list, context, FALSE);
	} else if (c + context >= list->top + list->page) {
		if (list->scroll)
			list->top = c + context + 1 - list->page;
		else
			list->top = turn_pages(list, context, TRUE);
	}
	list->top = MIN(list->top, last_top(list));
	if (c < list->top)
		list->top = c;
	if (c >= list->top + list->page)
		list->top = c + 1 - list->page;
}

void list_go(struct list *list, guint i)
{
	list->cursor = list->n ? MIN(i, list->n - 1) : 0;
	show_cursor(list);
}

void list_resize(struct list *list, guint n, guint page)
{
	list->n = n;
	list->page = page;
	list->top = MIN(list->top, last_top(list));
	list_go(list, list->cursor);
}

/*
 * Nothing is left empty that need not be, even if that shifts the line: where everything fits on
 * the page, everything is shown, and a list seen from its beginning that grows above fills the
 * page.
 */
void list_follow(struct list *list, guint i)
{
	guint line = list->cursor - MIN(list->cursor, list->top);
	guint full = list->n > list->page ? list->n - list->page : 0;
	gboolean whole = !list->top || !full;

	i = list->n ? MIN(i, list->n - 1) : 0;
	list->top = i > line ? MIN(i - line, last_top(list)) : 0;
	if (whole)
		list->top = MIN(list->top, full);
	list_go(list, i);
}

/* Move the visible part by `by` lines; the cursor is pushed along at the edges. */
static void scroll_by(struct list *list, gint64 by)
{
	guint context = usable_context(list);
	gint64 top = CLAMP((gint64)list->top + by, 0, (gint64)last_top(list));
	gint64 first = top ? top + context : 0;
	gint64 last = MAX(top + (gint64)list->page - 1 - context, first);

	list->top = top;
	if (top == last_top(list))
		last = (gint64)list->n - 1;
	list->cursor = CLAMP((gint64)list->cursor, first, MIN(last, (gint64)list->n - 1));
	show_cursor(list);
}

/* A page or half of one; at the end the cursor goes to the last (or first) entry. */
static void turn_page(struct list *list, gint64 by)
{
	guint top = list->top;
	guint line = list->cursor - top;

	scroll_by(list, by);
	if (list->top == top)
		list_go(list, by > 0 ? list->n - 1 : 0);
	else
		list_go(list, list->top + (list->scroll ? line : usable_context(list)));
}

static void put_cursor_at_line(struct list *list, guint line)
{
	guint top = list->cursor > line ? list->cursor - line : 0;

	list->top = MIN(top, last_top(list));
	show_cursor(list);
}

gboolean list_move(struct list *list, enum list_step step)
{
	struct list before = *list;
	gint64 page = MAX(list->page, 1);
	guint visible = MIN(list->page, list->n - MIN(list->n, list->top));

	if (!list->n)
		return FALSE;
	switch (step) {
	case LIST_FIRST:
		list_go(list, 0);
		break;
	case LIST_LAST:
		list_go(list, list->n - 1);
		break;
	case LIST_NEXT_LINE:
		scroll_by(list, 1);
		break;
	case LIST_PREVIOUS_LINE:
		scroll_by(list, -1);
		break;
	case LIST_NEXT_PAGE:
		turn_page(list, page);
		break;
	case LIST_PREVIOUS_PAGE:
		turn_page(list, -page);
		break;
	case LIST_HALF_DOWN:
		turn_page(list, MAX(page / 2, 1));
		break;
	case LIST_HALF_UP:
		turn_page(list, -MAX(page / 2, 1));
		break;
	case LIST_TOP_PAGE:
		list_go(list, list->top + (list->top ? usable_context(list) : 0));
		break;
	case LIST_MIDDLE_PAGE:
		list_go(list, list->top + (visible ? (visible - 1) / 2 : 0));
		break;
	case LIST_BOTTOM_PAGE:
		list->cursor = list->top + (visible ? visible - 1 : 0);
		if (list->cursor != list->n - 1)
			list->cursor -= MIN(usable_context(list), visible ? visible - 1 : 0);
		break;
	case LIST_CURRENT_TOP:
		put_cursor_at_line(list, 0);
		break;
	case LIST_CURRENT_MIDDLE:
		put_cursor_at_line(list, list->page / 2);
		break;
	case LIST_CURRENT_BOTTOM:
		put_cursor_at_line(list, list->page ? list->page - 1 : 0);
		break;
	}
	return list->top != before.top || list->cursor != before.cursor;
}
