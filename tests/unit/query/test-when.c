/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Date ranges of ~d, each tried on days around it. Now is Thursday, 14 March 2024, 15:00 UTC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "cur/query/pattern.h"

static gint64 moment(int year, int month, int day, int hour, int minute)
{
	struct tm tm = {.tm_year = year - 1900,
			.tm_mon = month - 1,
			.tm_mday = day,
			.tm_hour = hour,
			.tm_min = minute};

	return timegm(&tm);
}

static gboolean holds(const struct pattern *pattern, gint64 seconds)
{
	struct row row = {.date_sent = seconds};
	struct pattern_subject subject = {.row = &row};

	return pattern_match(pattern, &subject);
}

struct day {
	int year, month, day;
};

/* Days from first to last match, the ones before and after do not; year 0: open end. */
static const struct {
	const char *range;
	struct day first, last;
} cases[] = {
    {"7/3/2024", {2024, 3, 7}, {2024, 3, 7}},
    {"7/3/2024-", {2024, 3, 7}, {0}},
    {"-7/3/2024", {0}, {2024, 3, 7}},
    {"7/3/2024-9/3/2024", {2024, 3, 7}, {2024, 3, 9}},
    {"9/3/2024-7/3/2024", {2024, 3, 7}, {2024, 3, 9}},
    {"7/3/2024+2w", {2024, 3, 7}, {2024, 3, 21}},
    {"7/3/2024-1m", {2024, 2, 7}, {2024, 3, 7}},
    {"7/3/2024*5d", {2024, 3, 2}, {2024, 3, 12}},
    {"7/3/24", {2024, 3, 7}, {2024, 3, 7}},
    {"7/3/99", {1999, 3, 7}, {1999, 3, 7}},
    {"7/3", {2024, 3, 7}, {2024, 3, 7}},
    {"7", {2024, 3, 7}, {2024, 3, 7}},
    {"20240307", {2024, 3, 7}, {2024, 3, 7}},
    {"20240307-20240309", {2024, 3, 7}, {2024, 3, 9}},
    {"-3d", {2024, 3, 11}, {2024, 3, 11}},
    {"-3d+1d", {2024, 3, 11}, {2024, 3, 12}},
    {"-2w+3d", {2024, 2, 29}, {2024, 3, 3}},
    {"+1w", {2024, 3, 14}, {2024, 3, 21}},
    {"*2d", {2024, 3, 12}, {2024, 3, 16}},
    {"<3d", {2024, 3, 12}, {0}},
    {"<1d", {2024, 3, 14}, {0}},
    {">3d", {0}, {2024, 3, 11}},
    {"\"=1d\"", {2024, 3, 13}, {2024, 3, 13}},
    {"<1m", {2024, 2, 15}, {0}},
    {"<1y", {2023, 3, 15}, {0}},
};

static void a_range_holds_its_days_and_no_other(void **state)
{
	const struct pattern_options options = {.now = moment(2024, 3, 14, 15, 0)};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat("~d ", cases[i].range, NULL);
		auto_ptr(pattern) pattern = pattern_compile(text, &options, NULL);
		struct day a = cases[i].first, b = cases[i].last;

		print_message("%s\n", text);
		assert_non_null(pattern);
		assert_int_equal(holds(pattern, moment(1980, 1, 1, 0, 0)), a.year == 0);
		assert_int_equal(holds(pattern, moment(2090, 1, 1, 0, 0)), b.year == 0);
		if (a.year) {
			assert_true(holds(pattern, moment(a.year, a.month, a.day, 0, 0)));
			assert_false(holds(pattern, moment(a.year, a.month, a.day, 0, 0) - 1));
		}
		if (b.year) {
			assert_true(holds(pattern, moment(b.year, b.month, b.day, 23, 59) + 59));
			assert_false(holds(pattern, moment(b.year, b.month, b.day, 23, 59) + 60));
		}
	}
}

static void hours_and_minutes_are_exact(void **state)
{
	const struct pattern_options options = {.now = moment(2024, 3, 14, 15, 0)};
	auto_ptr(pattern) young = pattern_compile("~d <2H", &options, NULL);
	auto_ptr(pattern) old = pattern_compile("~d >30M", &options, NULL);

	assert_true(holds(young, moment(2024, 3, 14, 13, 1)));
	assert_false(holds(young, moment(2024, 3, 14, 12, 59)));
	assert_true(holds(old, moment(2024, 3, 14, 14, 29)));
	assert_false(holds(old, moment(2024, 3, 14, 14, 31)));
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const wrong[] = {"x",
					    "32",
					    "1/13",
					    "1/0",
					    "1/",
					    "<3",
					    "<3x",
					    "+",
					    "*",
					    "-",
					    "1//2",
					    "7/3/2024+",
					    "-1d-",
					    "2024030",
					    "999999999999d",
					    "<99999999999d",
					    "7/3/2024-8/3/2024-9/3/2024"};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autofree char *text = g_strconcat("~d ", wrong[i], NULL);
		g_autoptr(GError) error = NULL;

		print_message("%s\n", text);
		assert_null(pattern_compile(text, NULL, &error));
		assert_non_null(error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_range_holds_its_days_and_no_other),
	    cmocka_unit_test(hours_and_minutes_are_exact),
	    cmocka_unit_test(what_is_no_date_is_refused),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
