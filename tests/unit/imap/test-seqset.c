/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of UIDs (P21, P28). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cur/imap/seqset.h"

static char *text_of(const struct seqset *s)
{
	gsize at = 0;

	return seqset_format_part(s, &at, G_MAXSIZE);
}

static void sets_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *set;
	} cases[] = {
	    {"1", "1"},
	    {"5,3,4", "3:5"},
	    {"5:3", "3:5"},
	    {"*:1", "1:*"},
	    {"1:4,2:9,11", "1:9,11"},
	    {"1:4294967295", "1:*"},
	    {"7,7,7", "7"},
	    {"", NULL},
	    {",", NULL},
	    {"1,", NULL},
	    {",1", NULL},
	    {":", NULL},
	    {"1:", NULL},
	    {":1", NULL},
	    {"0", NULL},
	    {"1:2:3", NULL},
	    {"1 2", NULL},
	    {"-1", NULL},
	    {"4294967296", NULL},
	    {"99999999999999999999", NULL},
	    {"1,x", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(seqset) s = seqset_parse(cases[i].text, -1);
		g_autofree char *text = s ? text_of(s) : NULL;

		if (cases[i].set)
			assert_string_equal(text, cases[i].set);
		else
			assert_null(s);
	}
}

/* P21: four billion UIDs cost what their text costs. */
static void huge_ranges_are_never_expanded(void **state)
{
	auto_ptr(seqset) all = seqset_parse("1:4294967295", -1);
	auto_ptr(seqset) known = seqset_parse("5:7,4294967294", -1);
	auto_ptr(seqset) rest = seqset_minus(all, known);
	g_autofree char *text = text_of(rest);

	assert_true(seqset_count(all) == G_MAXUINT32);
	assert_true(seqset_has(all, 4000000000u));
	assert_string_equal(text, "1:4,8:4294967293,*");
	assert_int_equal(seqset_next(known, 7), 4294967294u);
	assert_int_equal(seqset_next(known, 4294967294u), 0);
	assert_int_equal(seqset_next(all, G_MAXUINT32), 0);
}

static void check_against(const gboolean *model, const struct seqset *s, guint n)
{
	guint64 count = 0;

	for (guint uid = 1; uid < n; uid++) {
		assert_int_equal(seqset_has(s, uid), model[uid]);
		count += model[uid];
	}
	assert_true(seqset_count(s) == count);
}

static void adding_and_removing_agree_with_a_plain_array(void **state)
{
	enum { N = 200 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(21);
	auto_ptr(seqset) s = seqset_new();
	gboolean model[N] = {FALSE};

	for (int i = 0; i < 5000; i++) {
		guint a = (guint)g_rand_int_range(rand, 1, N), b = a;

		if (g_rand_boolean(rand)) {
			assert_int_equal(seqset_remove(s, a), model[a]);
			model[a] = FALSE;
			continue;
		}
		b += (guint)g_rand_int_range(rand, 0, 5);
		b = MIN(b, N - 1);
		seqset_add_range(s, b, a);
		for (guint uid = a; uid <= b; uid++)
			model[uid] = TRUE;
		if (i % 50 == 0)
			check_against(model, s, N);
	}
	check_against(model, s, N);
}

static void a_difference_is_what_the_first_has_alone(void **state)
{
	static const struct {
		const char *a, *b, *rest;
	} cases[] = {
	    {"1:10", "3,5:6", "1:2,4,7:10"},
	    {"1:3,7:9", "2:8", "1,9"},
	    {"1:3", "1:3", ""},
	    {"1:3", "9", "1:3"},
	    {"5:9", "1:5,9:12", "6:8"},
	    {"1:2,4:5", "1:5", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(seqset) a = seqset_parse(cases[i].a, -1);
		auto_ptr(seqset) b = seqset_parse(cases[i].b, -1);
		auto_ptr(seqset) rest = seqset_minus(a, b);
		g_autofree char *text = text_of(rest);

		assert_string_equal(text, cases[i].rest);
	}
}

static void parts_of_a_long_set_make_the_whole(void **state)
{
	auto_ptr(seqset) s = seqset_new();
	auto_ptr(seqset) again = seqset_new();
	g_autofree char *whole = NULL;
	g_autofree char *joined = NULL;
	gsize at = 0, n, parts = 0;

	for (guint32 uid = 1; uid < 5000; uid += 2)
		seqset_add(s, uid);
	seqset_ranges(s, &n);
	for (; at < n; parts++) {
		g_autofree char *part = seqset_format_part(s, &at, 100);
		auto_ptr(seqset) set = seqset_parse(part, -1);

		assert_true(strlen(part) < 120);
		for (guint32 uid = 0; (uid = seqset_next(set, uid));)
			seqset_add(again, uid);
	}
	assert_true(parts > 100);
	whole = text_of(s);
	joined = text_of(again);
	assert_string_equal(joined, whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sets_are_read_and_written),
	    cmocka_unit_test(huge_ranges_are_never_expanded),
	    cmocka_unit_test(adding_and_removing_agree_with_a_plain_array),
	    cmocka_unit_test(a_difference_is_what_the_first_has_alone),
	    cmocka_unit_test(parts_of_a_long_set_make_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
