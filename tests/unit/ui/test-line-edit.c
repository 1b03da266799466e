/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../../src/ui/line-edit.h"
#include "cur/conf/names.h"

/* '|' is the cursor, before and after. */
static const struct {
	const char *before;
	int fn;
	const char *after;
} cases[] = {
    {"abc|", FN_BOL, "|abc"},
    {"|abc", FN_EOL, "abc|"},
    {"ab|c", FN_BACKWARD_CHAR, "a|bc"},
    {"|", FN_BACKWARD_CHAR, "|"},
    {"ab|c", FN_FORWARD_CHAR, "abc|"},
    {"one two|", FN_BACKWARD_WORD, "one |two"},
    {"|one two", FN_FORWARD_WORD, "one| two"},
    {"ab|c", FN_BACKSPACE, "a|c"},
    {"ae\xcc\x81|", FN_BACKSPACE, "a|"},
    {"|", FN_BACKSPACE, "|"},
    {"a|bc", FN_DELETE_CHAR, "a|c"},
    {"abc|", FN_DELETE_CHAR, "abc|"},
    {"a|bc", FN_KILL_EOL, "a|"},
    {"ab|c", FN_KILL_LINE, "|c"},
    {"ab|c", FN_KILL_WHOLE_LINE, "|"},
    {"one two |x", FN_KILL_WORD, "one |x"},
    {"one| two x", FN_KILL_EOW, "one| x"},
    {"|word up", FN_CAPITALIZE_WORD, "Word| up"},
    {"|привет", FN_UPCASE_WORD, "ПРИВЕТ|"},
    {"|ABC", FN_DOWNCASE_WORD, "abc|"},
    {"ab|", FN_TRANSPOSE_CHARS, "ba|"},
    {"a|b", FN_TRANSPOSE_CHARS, "ba|"},
    {"|a", FN_TRANSPOSE_CHARS, "|a"},
};

static void set_up(struct line_edit *le, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "|", 2);
	g_autofree char *whole = g_strconcat(parts[0], parts[1], NULL);

	line_edit_init(le, whole);
	le->cursor = g_utf8_strlen(parts[0], -1);
}

static void functions_edit_as_in_mutt(void **state)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct line_edit le;
		g_autofree char *text = NULL, *before = NULL, *shown = NULL;

		set_up(&le, cases[i].before);
		assert_true(line_edit_function(&le, cases[i].fn));
		text = line_edit_text(&le);
		before = line_edit_before(&le);
		shown = g_strconcat(before, "|", text + strlen(before), NULL);
		assert_string_equal(shown, cases[i].after);
		line_edit_clear(&le);
	}
}

static void other_functions_are_left_to_others(void **state)
{
	struct line_edit le;

	line_edit_init(&le, "x");
	assert_false(line_edit_function(&le, FN_COMPLETE));
	line_edit_clear(&le);
}

static void a_line_has_an_end(void **state)
{
	struct line_edit le;

	line_edit_init(&le, "");
	for (guint i = 0; i < LINE_EDIT_MAX + 10; i++)
		line_edit_insert(&le, 'x');
	assert_int_equal(le.chars->len, LINE_EDIT_MAX);
	line_edit_clear(&le);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(functions_edit_as_in_mutt),
	    cmocka_unit_test(other_functions_are_left_to_others),
	    cmocka_unit_test(a_line_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
