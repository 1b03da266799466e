/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lexer: what mutt and NeoMutt were seen to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/conf/words.h"

static char *variable(void *data, const char *name)
{
	if (!strcmp(name, "x"))
		return g_strdup("value of x");
	return strcmp(name, "odd name") ? NULL : g_strdup("odd");
}

/* "command" answers itself: enough to see what was asked. */
static char *shell(void *data, const char *command)
{
	return g_strdup(command);
}

static const struct words_source source = {variable, shell, NULL};

/* All words of all commands: "a|b" for two words, " ; " between commands. */
static char *all_words(const char *line, enum words_flags flags)
{
	auto_ptr(words) w = words_new(line, &source);
	GString *out = g_string_new(NULL);

	for (;;) {
		const char *between = "";
		char *word;

		while ((word = words_next(w, flags))) {
			g_string_append_printf(out, "%s%s", between, word);
			between = "|";
			g_free(word);
		}
		if (words_error(w)) {
			g_string_append_printf(out, "(%s)", words_error(w));
			break;
		}
		if (!words_next_command(w))
			break;
		g_string_append(out, " ; ");
	}
	return g_string_free(out, FALSE);
}

static void words_are_taken_as_mutt_takes_them(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
	    {"", ""},
	    {"a  b\tc", "a|b|c"},
	    {"a#b c", "a"},
	    {"# all", ""},
	    {"a;b c", "a ; b|c"},
	    {"a ;; b", "a ; b"},
	    {"'a b' \"c d\"", "a b|c d"},
	    {"a\"b c\"d", "ab cd"},
	    {"'a\\n$x`y`'", "a\\n$x`y`"},
	    {"'' a", "|a"},
	    {"\"never closed; # b", "never closed; # b"},
	    {"\\n\\t\\e\\r\\f", "\n\t\033\r\f"},
	    {"\\cA\\CX", "\001\030"},
	    {"\\101\\10", "A10"},
	    {"\\;\\#\\ \\\\\\\"", ";# \\\""},
	    {"$x ${odd name} $1 $_x $ $unknown.", "value of x|odd|$1|$_x|$|."},
	    {"\"$x\" '$x' \\$x", "value of x|$x|$x"},
	    {"${x", "${x"},
	    {"`a b` c", "a|b|c"},
	    {"\"`a b`\" c", "a b|c"},
	    {"`a;b`", "a ; b"},
	    {"`a # b` c", "a"},
	    {"`$x`", "value of x"},
	    {"`a\\`b`", "a`b"},
	    {"\"`a\\`b\\\\`\"", "a\\`b\\\\"},
	    {"`open", "(backtick without end)"},
	    {"``", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = all_words(cases[i].line, 0);

		assert_string_equal(words, cases[i].words);
	}
}

static void flags_change_what_ends_a_word(void **state)
{
	static const struct {
		const char *line;
		enum words_flags flags;
		const char *words;
	} cases[] = {
	    {"a b; c", WORDS_SPACE, "a b ; c"},
	    {"\"X; Y\" <a>; b # c", WORDS_SPACE | WORDS_QUOTES | WORDS_SEMICOLON,
	     "\"X; Y\" <a>; b "},
	    {"^x^[^^^1", WORDS_CONTROL, "\030\033^^1"},
	    {"^x", 0, "^x"},
	    {"#112233 red", WORDS_COMMENT, "#112233|red"},
	    {"$x `y`", WORDS_NO_DOLLAR, "$x|`y`"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = all_words(cases[i].line, cases[i].flags);

		assert_string_equal(words, cases[i].words);
	}
}

static void a_pattern_word_ends_at_an_operator(void **state)
{
	auto_ptr(words) w = words_new("foo#1~N|'a|b'", &source);
	g_autofree char *first = words_next(w, WORDS_PATTERN);

	assert_string_equal(first, "foo#1");
	assert_string_equal(words_rest(w), "~N|'a|b'");
}

static void the_column_is_that_of_the_line_as_written(void **state)
{
	auto_ptr(words) w = words_new("\303\244 `12345678` zz", &source);

	for (int i = 0; i < 2; i++)
		g_free(words_next(w, 0));
	assert_int_equal(words_column(w), 3);
	g_free(words_next(w, 0));
	assert_int_equal(words_column(w), 14);
}

static void backticks_that_make_backticks_end(void **state)
{
	static const struct words_source loop = {variable, shell, NULL};
	g_autoptr(GString) line = g_string_new(NULL);
	auto_ptr(words) w = NULL;

	for (int i = 0; i < 1000; i++)
		g_string_append(line, "`x`");
	w = words_new(line->str, &loop);
	assert_null(words_next(w, 0));
	assert_non_null(words_error(w));
}

static void quoted_text_is_read_back(void **state)
{
	static const char *const texts[] = {"",	    "a b",	"\"\\$x`y`'", "a\nb\tc\033\001\177",
					    "#;=+", "\303\244", "100%"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *quoted = words_quote(texts[i]);
		auto_ptr(words) w = words_new(quoted, &source);
		g_autofree char *back = words_next(w, 0);

		assert_string_equal(back, texts[i]);
		assert_true(words_at_end(w));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_taken_as_mutt_takes_them),
	    cmocka_unit_test(flags_change_what_ends_a_word),
	    cmocka_unit_test(a_pattern_word_ends_at_an_operator),
	    cmocka_unit_test(the_column_is_that_of_the_line_as_written),
	    cmocka_unit_test(backticks_that_make_backticks_end),
	    cmocka_unit_test(quoted_text_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
