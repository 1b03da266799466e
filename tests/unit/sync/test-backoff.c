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
	static const gint64 expected[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720, 720};

	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		assert_int_equal(
		    backoff_wait(i + 1, BACKOFF_LINK_FIRST_MS, BACKOFF_LINK_CAP_MS, 0.5),
		    expected[i] * 1000);
	assert_int_equal(backoff_wait(G_MAXUINT, 60, 3600, 0.5), 2880);
}

static void p54_chance_spreads_a_wait_by_a_quarter_and_never_beyond_the_cap(void **state)
{
	assert_int_equal(backoff_wait(3, 60, 3600, 0.0), 180);
	assert_int_equal(backoff_wait(3, 60, 3600, 1.0), 300);
	assert_int_equal(backoff_wait(20, 60, 3600, 1.0), 3600);
	assert_int_equal(backoff_wait(20, 60, 3600, 0.0), 2160);
	assert_int_equal(backoff_wait(1, 1, 900, 0.0), 1);
}

static void p54_many_accounts_do_not_come_back_in_one_moment(void **state)
{
	enum { ACCOUNTS = 100, PARTS = 10 };

	for (guint tries = 1; tries < 15; tries++) {
		gint64 mean = backoff_wait(tries, BACKOFF_LINK_FIRST_MS, BACKOFF_LINK_CAP_MS, 0.5);
		guint in_part[PARTS] = {0};

		/* Of half a wait, wherever the bound is, each tenth gets its tenth. */
		for (guint i = 0; i < ACCOUNTS; i++) {
			double chance = (i + 0.5) / ACCOUNTS;
			gint64 wait =
			    backoff_wait(tries, BACKOFF_LINK_FIRST_MS, BACKOFF_LINK_CAP_MS, chance);

			assert_in_range(wait, mean * 3 / 4, mean * 5 / 4);
			assert_in_range(wait, 1, BACKOFF_LINK_CAP_MS);
			in_part[CLAMP((wait - mean * 3 / 4) * PARTS * 2 / mean, 0, PARTS - 1)]++;
		}
		for (guint i = 0; i < PARTS; i++)
			assert_in_range(in_part[i], ACCOUNTS / PARTS - 2, ACCOUNTS / PARTS + 2);
	}
}

static void d33_a_clock_that_was_set_back_makes_no_wait_longer(void **state)
{
	const gint64 year = 365 * 24 * 3600, now = 1700000000;

	assert_int_equal(backoff_left_s(now + 60, now, 3600), 60);
	assert_int_equal(backoff_left_s(now + 60, now + 60, 3600), 0);
	assert_int_equal(backoff_left_s(now + 60, now + year, 3600), 0);
	assert_int_equal(backoff_left_s(now + 60, now - year, 3600), 0);
	assert_int_equal(backoff_left_s(now + 60, 0, 3600), 0);
	assert_int_equal(backoff_left_s(now + 60, now - 1800, 3600), 1860);
	assert_int_equal(backoff_left_s(0, now, 3600), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(waits_double_up_to_the_cap),
	    cmocka_unit_test(p54_chance_spreads_a_wait_by_a_quarter_and_never_beyond_the_cap),
	    cmocka_unit_test(p54_many_accounts_do_not_come_back_in_one_moment),
	    cmocka_unit_test(d33_a_clock_that_was_set_back_makes_no_wait_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
