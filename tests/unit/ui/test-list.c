/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cur/ui/list.h"

/* What list.h promises, whatever was done. */
static void check(const struct list *l)
{
	if (l->n == 0) {
		assert_int_equal(l->cursor, 0);
		return;
	}
	assert_true(l->cursor < l->n);
	assert_true(l->top <= l->cursor);
	if (l->page)
		assert_true(l->cursor < l->top + l->page);
}

static struct list make(guint n, guint page, gboolean scroll, guint context)
{
	struct list l = {.scroll = scroll, .context = context, .move_off = FALSE};

	list_resize(&l, n, page);
	return l;
}

static void the_page_turns_when_the_cursor_leaves_it(void **state)
{
	struct list l = make(100, 10, FALSE, 0);

	list_go(&l, 9);
	assert_int_equal(l.top, 0);
	list_go(&l, 10);
	assert_int_equal(l.top, 10);
	list_go(&l, 9);
	assert_int_equal(l.top, 0);
}

static void menu_scroll_moves_by_one_line(void **state)
{
	struct list l = make(100, 10, TRUE, 0);

	list_go(&l, 10);
	assert_int_equal(l.top, 1);
	list_go(&l, 0);
	assert_int_equal(l.top, 0);
}

static void menu_context_keeps_lines_around_the_cursor(void **state)
{
	struct list l = make(100, 10, TRUE, 2);

	list_go(&l, 7);
	assert_int_equal(l.top, 0);
	list_go(&l, 8);
	assert_int_equal(l.top, 1);
	list_go(&l, 99);
	assert_int_equal(l.top, 90);
	list_go(&l, 91);
	assert_int_equal(l.top, 89);
}

static void pages_end_at_the_last_entry(void **state)
{
	struct list l = make(25, 10, FALSE, 0);

	assert_true(list_move(&l, LIST_NEXT_PAGE));
	assert_int_equal(l.top, 10);
	assert_true(list_move(&l, LIST_NEXT_PAGE));
	assert_int_equal(l.top, 15);
	assert_true(list_move(&l, LIST_NEXT_PAGE));
	assert_int_equal(l.cursor, 24);
	assert_false(list_move(&l, LIST_NEXT_PAGE));
	assert_true(list_move(&l, LIST_FIRST));
	assert_false(list_move(&l, LIST_PREVIOUS_PAGE));
}

static void the_three_places_of_a_page(void **state)
{
	struct list l = make(50, 9, FALSE, 0);

	list_go(&l, 20);
	list_move(&l, LIST_TOP_PAGE);
	assert_int_equal(l.cursor, 18);
	list_move(&l, LIST_MIDDLE_PAGE);
	assert_int_equal(l.cursor, 22);
	list_move(&l, LIST_BOTTOM_PAGE);
	assert_int_equal(l.cursor, 26);
	list_move(&l, LIST_CURRENT_TOP);
	assert_int_equal(l.top, 26);
	list_move(&l, LIST_CURRENT_BOTTOM);
	assert_int_equal(l.top, 18);
}

/* U15: new mail above does not move what the eye is on. */
static void following_keeps_the_screen_line(void **state)
{
	struct list l = make(100, 10, FALSE, 0);

	list_go(&l, 55);
	guint line = l.cursor - l.top;
	l.n = 130;
	list_follow(&l, 85);
	assert_int_equal(l.cursor, 85);
	assert_int_equal(l.cursor - l.top, line);
}

/* U16: every size, also none at all. */
static void every_size_keeps_the_promise(void **state)
{
	static const guint sizes[] = {0, 1, 2, 3, 10, 1000};

	for (guint a = 0; a < G_N_ELEMENTS(sizes); a++)
		for (guint b = 0; b < G_N_ELEMENTS(sizes); b++)
			for (guint c = 0; c < 8; c++) {
				struct list l = make(sizes[a], sizes[b], c & 1, c);

				l.move_off = (c & 2) != 0;
				for (guint s = 0; s < 200; s++) {
					list_move(&l, s * 7 % (LIST_CURRENT_BOTTOM + 1));
					check(&l);
					if (s % 31 == 0)
						list_go(&l, s * 13);
					if (s % 57 == 0)
						list_resize(&l, sizes[(a + s) % 6],
							    sizes[(b + s) % 6]);
					check(&l);
				}
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_turns_when_the_cursor_leaves_it),
	    cmocka_unit_test(menu_scroll_moves_by_one_line),
	    cmocka_unit_test(menu_context_keeps_lines_around_the_cursor),
	    cmocka_unit_test(pages_end_at_the_last_entry),
	    cmocka_unit_test(the_three_places_of_a_page),
	    cmocka_unit_test(following_keeps_the_screen_line),
	    cmocka_unit_test(every_size_keeps_the_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
