/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON lines: valid whatever the text, and harmless to a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../src/cli/json.h"

static void structures_get_their_commas(void **state)
{
	struct json json;

	json_init(&json);
	json_object(&json, NULL);
	json_string(&json, "a", "x");
	json_array(&json, "b");
	json_number(&json, NULL, -1);
	json_object(&json, NULL);
	json_end_object(&json);
	json_end_array(&json);
	json_boolean(&json, "c", TRUE);
	json_end_object(&json);
	assert_string_equal(json.out->str, "{\"a\":\"x\",\"b\":[-1,{}],\"c\":true}");
	json_clear(&json);
}

static void text_is_escaped_and_made_valid(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
	    {"", "\"\""},
	    {"a\"b\\c", "\"a\\\"b\\\\c\""},
	    {"l\n\t\r", "\"l\\n\\t\\u000d\""},
	    {"\x1b[2J", "\"\\u001b[2J\""},
	    {"\x7f", "\"\\u007f\""},
	    {"\xc2\x9b"
	     "31m",
	     "\"\\u009b31m\""},
	    {"\xff", "\"\xef\xbf\xbd\""},
	    {"\xe2\x80\xa8", "\"\\u2028\""},
	    {"J\xc3\xbcrgen", "\"J\xc3\xbcrgen\""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct json json;

		json_init(&json);
		json_string(&json, NULL, cases[i].text);
		assert_string_equal(json.out->str, cases[i].json);
		json_clear(&json);
	}
}

static void a_nul_does_not_end_a_text(void **state)
{
	struct json json;

	json_init(&json);
	json_text(&json, NULL, "a\0b\0", 4);
	assert_string_equal(json.out->str, "\"a\\u0000b\\u0000\"");
	json_clear(&json);
}

static void any_bytes_give_valid_utf8(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	for (int i = 0; i < 5000; i++) {
		char bytes[33] = "";
		struct json json;

		for (int k = 0; k < 32; k++)
			bytes[k] = g_rand_int_range(rand, 1, 256);
		json_init(&json);
		json_string(&json, NULL, bytes);
		assert_true(g_utf8_validate(json.out->str, json.out->len, NULL));
		for (gsize k = 0; k < json.out->len; k++)
			assert_true((guchar)json.out->str[k] >= 0x20);
		json_clear(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(structures_get_their_commas),
	    cmocka_unit_test(text_is_escaped_and_made_valid),
	    cmocka_unit_test(a_nul_does_not_end_a_text),
	    cmocka_unit_test(any_bytes_give_valid_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
