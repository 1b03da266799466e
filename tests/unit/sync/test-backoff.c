/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "../../../src/sync/backoff.h"

static void waits_double_up_to_the_cap(void **state)
{
	static const gint64 expected[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};

	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		assert_int_equal(backoff_seconds(i + 1, BACKOFF_LINK_FIRST, BACKOFF_LINK_CAP, 0.5),
				 expected[i]);
	assert_int_equal(backoff_seconds(G_MAXUINT, 60, 3600, 0.5), 3600);
}

static void p54_chance_spreads_a_wait_by_a_quarter_and_never_beyond_the_cap(void **state)
{
	assert_int_equal(backoff_seconds(3, 60, 3600, 0.0), 180);
	assert_int_equal(backoff_seconds(3, 60, 3600, 1.0), 300);
	assert_int_equal(backoff_seconds(20, 60, 3600, 1.0), 3600);
	assert_int_equal(backoff_seconds(20, 60, 3600, 0.0), 2700);
	assert_int_equal(backoff_seconds(1, 1, 900, 0.0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(waits_double_up_to_the_cap),
	    cmocka_unit_test(p54_chance_spreads_a_wait_by_a_quarter_and_never_beyond_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
