/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions as mutt users write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/regex.h"

static void posix_is_understood(void **state)
{
	static const struct {
		const char *regex, *text;
		gboolean matches;
	} cases[] = {
	    {"\\<word\\>", "a word b", TRUE},
	    {"\\<word\\>", "swords", FALSE},
	    {"[[:<:]]word[[:>:]]", "a word b", TRUE},
	    {"[[:<:]]word[[:>:]]", "words", FALSE},
	    {"^([ \t]*[|>:}#])+", "> > x", TRUE},
	    {"[][)(><}{|/DP]", "]", TRUE},
	    {"[\\.]x", "\\x", TRUE}, /* a backslash in brackets is one */
	    {"[^]a]", "]", FALSE},
	    {"[[:digit:]]+$", "x12", TRUE},
	    {"a{2,3}b", "aab", TRUE},
	    {"^(re)(\\[[0-9]+\\])*:[ \t]*", "Re[2]: x", TRUE},
	    {"a.b", "a\nb", TRUE},
	    {"x$", "x\n", FALSE},
	    {"abc", "xABCx", TRUE},  /* no capital: case does not count */
	    {"Abc", "xABCx", FALSE}, /* a capital: it does */
	    {"\303\244", "\303\204", TRUE},
	    {"b", "\377b\376", TRUE}, /* a subject that is no UTF-8 */
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(regex) re = regex_new(cases[i].regex, REGEX_SMART_CASE, NULL);

		assert_non_null(re);
		assert_int_equal(regex_match(re, cases[i].text, -1), cases[i].matches);
	}
}

/* What glibc's regcomp takes, and does with it. */
static void what_the_grammars_differ_in_is_read_as_posix_does(void **state)
{
	static const struct {
		const char *regex, *text;
		gboolean matches;
	} cases[] = {
	    {"a)", "a)", TRUE}, /* a ')' that closes nothing */
	    {"((a)|b)+)", "ab)", TRUE},
	    {"mail\\i?to\\/\\_", "mailto/_", TRUE}, /* nothing to escape there */
	    {"\\<a\\>\\.\\`", "a.", FALSE},
	    {"x**y", "xxy", TRUE},
	    {"^x++y", "xy", TRUE}, /* not possessive: x+ once more */
	    {"^(ab*+)b", "abb", TRUE},
	    {"^[ab]{2}{2}$", "abab", TRUE},
	    {"^[ab]{2}{2}$", "aba", FALSE},
	    {"^\303\244{2}*$", "\303\244\303\244\303\244\303\244", TRUE},
	    {"^a{,2}b", "aab", TRUE},
	    {"^a{,2}b", "aaab", FALSE},
	    {"^{x}", "{x}", TRUE},
	    {"^[[.-.]a]+$", "-a-", TRUE},
	    {"^[[=a=]]$", "a", TRUE},
	    {"(?i)ABC", "abc", TRUE}, /* PCRE2's own, which POSIX has no meaning for */
	    {"^<.*?>$", "<a>", TRUE},
	    {"\\d+", "12", TRUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		auto_ptr(regex) re = regex_new(cases[i].regex, REGEX_MATCH_CASE, &error);

		if (!re || regex_match(re, cases[i].text, -1) != cases[i].matches)
			fail_msg("'%s' on '%s': %s", cases[i].regex, cases[i].text,
				 error ? error->message : "not so");
	}
}

static void flags_decide_about_case_and_lines(void **state)
{
	auto_ptr(regex) ignore = regex_new("ABC", REGEX_IGNORE_CASE, NULL);
	auto_ptr(regex) exact = regex_new("abc", REGEX_MATCH_CASE, NULL);
	auto_ptr(regex) lines = regex_new("^b$", REGEX_NEWLINE, NULL);

	assert_true(regex_match(ignore, "abc", -1));
	assert_false(regex_match(exact, "ABC", -1));
	assert_true(regex_match(lines, "a\nb\nc", -1));
}

static void groups_are_found_where_they_are(void **state)
{
	auto_ptr(regex) re = regex_new("(a)(x)?(b+)", 0, NULL);
	struct regex_span spans[5];

	assert_true(regex_find(re, "--abb--abb", -1, 3, spans, 5));
	assert_int_equal(spans[0].start, 7);
	assert_int_equal(spans[0].end, 10);
	assert_int_equal(spans[2].start, -1);
	assert_int_equal(spans[3].end, 10);
	assert_int_equal(spans[4].start, -1);
	assert_false(regex_find(re, "ab", -1, 3, spans, 5));
}

/* U23 */
static void a_pathological_expression_ends(void **state)
{
	auto_ptr(regex) re = regex_new("(a+)+$", 0, NULL);
	g_autofree char *text = g_strnfill(5000, 'a');
	gint64 start = g_get_monotonic_time();

	text[4999] = '!';
	assert_false(regex_match(re, text, -1));
	assert_true(g_get_monotonic_time() - start < 2 * G_USEC_PER_SEC);
}

static void a_bad_expression_is_an_error_with_its_text(void **state)
{
	static const char *const bad[] = {"(", "[", "(*ACCEPT)", "*a", "a\\", "[[:nosuch:]]"};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(regex_new(bad[i], 0, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
		assert_non_null(strstr(error->message, bad[i]));
	}
}

static void escaped_text_matches_itself(void **state)
{
	static const char text[] = "a.b*c[d]{e}(f)|g^h$i\\j?k+l";
	g_autofree char *escaped = regex_escape(text);
	auto_ptr(regex) re = regex_new(escaped, REGEX_MATCH_CASE, NULL);

	assert_true(regex_match(re, text, -1));
	assert_false(regex_match(re, "aXbc", -1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(posix_is_understood),
	    cmocka_unit_test(what_the_grammars_differ_in_is_read_as_posix_does),
	    cmocka_unit_test(flags_decide_about_case_and_lines),
	    cmocka_unit_test(groups_are_found_where_they_are),
	    cmocka_unit_test(a_pathological_expression_ends),
	    cmocka_unit_test(a_bad_expression_is_an_error_with_its_text),
	    cmocka_unit_test(escaped_text_matches_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
