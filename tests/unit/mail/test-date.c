/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates: all sorts in, one sort out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/mail/date.h"
#include "material.h"

enum { T = 1795252272 }; /* 2026-11-21 09:11:12 UTC */

static void dates_of_many_programs_are_read(void **state)
{
	static const struct {
		const char *text;
		gint64 seconds;
		gint16 zone;
	} cases[] = {
	    {"Sat, 21 Nov 2026 10:11:12 +0100", T, 60},
	    {"21 Nov 2026 10:11:12 +0100", T, 60},
	    {"Sat, 21 Nov 26 09:11:12 GMT", T, 0},
	    {"Sat, 21 Nov 2026 04:11:12 EST", T, -300},
	    {"Sat, 21 Nov 2026 09:11:12", T, DATE_ZONE_NONE},
	    {"Sat, 21 Nov 2026 09:11:12 -0000", T, 0},
	    {"Sat, 21 Nov 2026 14:41:12 +05:30", T, 330},
	    {"Sat (day), 21 Nov (x(y)) 2026 10:11:12 +0100 (CET)", T, 60},
	    {"Sat Nov 21 09:11:12 2026", T, DATE_ZONE_NONE},
	    {"Sat Nov 21 10:11:12 CET 2026", T, 60},
	    {"Saturday, 21-Nov-26 09:11:12 UTC", T, 0},
	    {"2026-11-21T10:11:12+01:00", T, 60},
	    {"2026-11-21 09:11:12.123Z", T, 0},
	    {"Nov 21, 2026 09:11:12", T, DATE_ZONE_NONE},
	    {"Thu, 19 Nov 2099 00:00:00 +0000", 4098729600, 0}, /* past 2038 */
	    {"1 Jan 99 00:00:00 +0000", 915148800, 0},
	    {"Sat, 29 Feb 2020 00:00:00 +0000", 1582934400, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 seconds = 0;
		gint16 zone = 0;
		if (!date_parse(cases[i].text, &seconds, &zone) || seconds != cases[i].seconds)
			print_error("%s: %" G_GINT64_FORMAT "\n", cases[i].text, seconds);
		assert_true(seconds == cases[i].seconds);
		assert_int_equal(zone, cases[i].zone);
	}
}

static void absurd_dates_are_refused(void **state) /* M07 */
{
	static const char *const cases[] = {
	    "",
	    "soon",
	    "0",
	    "Mon, 1 Jan 0000 00:00:00 +0000",
	    "Wed, 31 Dec 1969 23:59:59 +0000",
	    "Thu, 1 Jan 1970 00:00:00 +0000",
	    "32 Nov 2026 10:00:00 +0000",
	    "29 Feb 2023 10:00:00 +0000",
	    "21 Nov 99999 10:00:00 +0000",
	    "21 Nov 2026 25:00:00 +0000",
	    "21 Nov 2026 10:61:00 +0000",
	    "21 Nov 99999999999999999999 10:00:00",
	    "21 Foo 2026 10:00:00",
	    "+++---::::((((",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 seconds;
		gint16 zone;
		assert_false(date_parse(cases[i], &seconds, &zone));
	}
}

static void an_absurd_zone_counts_as_utc(void **state) /* M07 */
{
	gint64 seconds;
	gint16 zone;
	assert_true(date_parse("Sat, 21 Nov 2026 09:11:12 +9999", &seconds, &zone));
	assert_true(seconds == T);
	assert_int_equal(zone, 0);
}

static void a_header_date_reads_back(void **state)
{
	static const gint16 zones[] = {0, 60, -570, 345, 840, -720};
	for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
		gint64 seconds;
		gint16 zone;
		g_autofree char *text = date_format_header(T, zones[i]);
		assert_true(date_parse(text, &seconds, &zone));
		assert_true(seconds == T);
		assert_int_equal(zone, zones[i]);
	}
	g_autofree char *text = date_format_header(T, 60);
	assert_string_equal(text, "Sat, 21 Nov 2026 10:11:12 +0100");
}

static void formats_take_the_zone_they_are_told(void **state)
{
	g_autofree char *utc = date_format("%Y-%m-%d %H:%M", T, DATE_UTC, 0, FALSE);
	g_autofree char *sender = date_format("%a %d %b %H:%M %z %%b", T, DATE_SENDER, -300, TRUE);
	g_autofree char *named = date_format("%I:%M:%S%p %Z", T, DATE_SENDER, 540, TRUE);
	assert_string_equal(utc, "2026-11-21 09:11");
	assert_string_equal(named, "06:11:12PM +0900");
	assert_string_equal(sender, "Sat 21 Nov 04:11 -0500 %b");
}

static void no_second_and_no_format_crashes(void **state) /* M07 */
{
	static const gint64 seconds[] = {G_MININT64, -1, 0, G_MAXINT64, 253402300800};
	g_autofree char *format = repeat("%c%", 300);
	for (gsize i = 0; i < G_N_ELEMENTS(seconds); i++) {
		g_autofree char *header = date_format_header(seconds[i], -1);
		g_autofree char *text = date_format(format, seconds[i], DATE_LOCAL, 0, TRUE);
		g_autofree char *sender =
		    date_format("%A %", seconds[i], DATE_SENDER, DATE_ZONE_NONE, TRUE);
		assert_true(strlen(text) < 256);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_of_many_programs_are_read),
	    cmocka_unit_test(absurd_dates_are_refused),
	    cmocka_unit_test(an_absurd_zone_counts_as_utc),
	    cmocka_unit_test(a_header_date_reads_back),
	    cmocka_unit_test(formats_take_the_zone_they_are_told),
	    cmocka_unit_test(no_second_and_no_format_crashes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
