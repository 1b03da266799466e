/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the engine is, how fast, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cur/model/progress.h"

enum { SECOND = G_USEC_PER_SEC };

static void assert_figures(struct progress *p, gint64 now, const char *wanted)
{
	g_autofree char *figures = progress_figures(p, "box", now);

	assert_string_equal(figures, wanted);
}

static void a_rate_and_the_rest_are_known_after_a_second(void **state)
{
	auto_ptr(progress) p = progress_new();

	progress_note(p, "box", "fetching", 0, 10000, 5000, 0);
	assert_figures(p, 0, "0/10,000");
	progress_note(p, "box", "fetching", 2500, 10000, 4005000, 2 * SECOND);
	assert_figures(p, 2 * SECOND, "2,500/10,000  2.0\302\240MB/s  6 s left");
	assert_figures(p, 4 * SECOND, "2,500/10,000  2.0\302\240MB/s  4 s left");
	assert_figures(p, 60 * SECOND, "2,500/10,000  2.0\302\240MB/s  0 s left");
}

static void what_goes_back_begins_anew(void **state)
{
	auto_ptr(progress) p = progress_new();

	progress_note(p, "box", "fetching", 0, 10, 0, 0);
	progress_note(p, "box", "fetching", 5, 10, 1000, 5 * SECOND);
	assert_int_equal(progress_pace(p, "box", 5 * SECOND).left_s, 5);
	progress_note(p, "box", "fetching", 1, 10, 2000, 6 * SECOND);
	assert_int_equal(progress_pace(p, "box", 6 * SECOND).left_s, -1);
	progress_note(p, "box", "fetching", 10, 10, 2000, 7 * SECOND);
	assert_figures(p, 7 * SECOND, "");
}

static void nothing_moves_and_nothing_is_promised(void **state)
{
	auto_ptr(progress) p = progress_new();

	progress_note(p, "box", "indexing", 3, 0, 0, 0);
	progress_note(p, "box", "indexing", 3, 0, 0, 5 * SECOND);
	assert_figures(p, 5 * SECOND, "");
	assert_int_equal(progress_pace(p, "other", 0).left_s, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rate_and_the_rest_are_known_after_a_second),
	    cmocka_unit_test(what_goes_back_begins_anew),
	    cmocka_unit_test(nothing_moves_and_nothing_is_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
