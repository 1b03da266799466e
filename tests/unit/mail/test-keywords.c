/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyword letters and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the four above */
#include <cmocka.h>

#include "cur/mail/keywords.h"

static void what_no_server_would_take_is_no_keyword(void **state)
{
	static const struct {
		const char *name;
		gboolean valid;
	} cases[] = {
	    {"todo", TRUE},	   {"$Junk", TRUE},
	    {"$MDNSent", TRUE},	   {"a-b_c.d:e", TRUE},
	    {"", FALSE},	   {"two words", FALSE},
	    {"a\x1b[31m", FALSE},  {"a\nb", FALSE},
	    {"\\Seen", FALSE},	   {"\\Custom", FALSE},
	    {"$Forwarded", FALSE}, {"forwarded", FALSE},
	    {"a(b", FALSE},	   {"a)b", FALSE},
	    {"a{1}", FALSE},	   {"a%b", FALSE},
	    {"a*b", FALSE},	   {"a]b", FALSE},
	    {"a\"b", FALSE},	   {"gr\xc3\xbc\xc3\x9f", FALSE},
	};
	g_autofree char *longest = g_strnfill(KEYWORD_BYTES, 'k');
	g_autofree char *longer = g_strnfill(KEYWORD_BYTES + 1, 'k');

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		if (keyword_is_valid(cases[i].name, -1) != cases[i].valid)
			fail_msg("'%s'", cases[i].name);
	assert_true(keyword_is_valid(longest, -1));
	assert_false(keyword_is_valid(longer, -1));
	assert_true(keyword_is_valid("todo later", 4));
	assert_false(keyword_is_valid("todo later", 5));
}

static void a_text_of_names_is_read_and_written_the_same(void **state)
{
	static const char *const texts[] = {"", "a", "a b c", " b", "a  c", "   d"};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		auto_ptr(keywords) kw = keywords_parse(texts[i]);
		g_autofree char *text = keywords_format(kw);

		assert_string_equal(text, texts[i]);
	}
}

static void what_is_twice_or_too_much_in_a_text_is_left_out(void **state)
{
	auto_ptr(keywords) kw = keywords_parse("a A (b c");
	g_autoptr(GString) many = g_string_new(NULL);
	auto_ptr(keywords) full = NULL;

	assert_int_equal(keywords_named(kw), (mark_t)9 << KEYWORD_SHIFT);
	for (guint i = 0; i < 1000; i++)
		g_string_append_printf(many, "%sw%u", i ? " " : "", i);
	full = keywords_parse(many->str);
	assert_int_equal(keywords_named(full), KEYWORD_BITS);
	assert_int_equal(keywords_bit(full, "w22"), (mark_t)1 << 31);
	assert_int_equal(keywords_bit(full, "w23"), 0);
	assert_int_equal(keywords_add(full, "new", 0), 0);
}

static void a_new_name_gets_a_letter_that_no_message_has(void **state)
{
	auto_ptr(keywords) kw = keywords_parse("a  c");
	mark_t b = (mark_t)2 << KEYWORD_SHIFT, d = (mark_t)8 << KEYWORD_SHIFT;

	assert_int_equal(keywords_add(kw, "new", b), d);
	assert_int_equal(keywords_add(kw, "NEW", 0), d);
	assert_int_equal(keywords_add(kw, "other", 0), b);
	assert_int_equal(keywords_add(kw, "no good", 0), 0);
}

static void names_become_bits_and_bits_sorted_names(void **state)
{
	auto_ptr(keywords) kw = keywords_parse("todo $Junk Later");
	mark_t bits;

	assert_true(keywords_find(kw, "later  TODO \\Odd", &bits));
	assert_int_equal(bits, (mark_t)5 << KEYWORD_SHIFT);
	g_autofree char *names = keywords_names(kw, bits | 0x3f);
	assert_string_equal(names, "Later todo");
	assert_false(keywords_find(kw, "todo new", &bits));
	assert_int_equal(bits, (mark_t)1 << KEYWORD_SHIFT);
	g_autofree char *none = keywords_names(kw, 0x3f);
	assert_string_equal(none, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_no_server_would_take_is_no_keyword),
	    cmocka_unit_test(a_text_of_names_is_read_and_written_the_same),
	    cmocka_unit_test(what_is_twice_or_too_much_in_a_text_is_left_out),
	    cmocka_unit_test(a_new_name_gets_a_letter_that_no_message_has),
	    cmocka_unit_test(names_become_bits_and_bits_sorted_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
