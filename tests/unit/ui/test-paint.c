/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reaches the cells, as text: runs with their columns and styles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/text.h"
#include "cur/ui/paint.h"

struct seen {
	GString *text; /* runs as "style:text|" */
	int columns;
	gboolean safe;
};

static void collect(const char *utf8, int columns, int style, unsigned flags, void *data)
{
	struct seen *seen = data;

	g_string_append_printf(seen->text, "%d:%s|", style, utf8);
	seen->columns += columns;
	seen->safe &= g_utf8_validate(utf8, -1, NULL);
	for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		seen->safe &= c >= 0x20 && c != 0x7f && !(c >= 0x80 && c <= 0x9f);
	}
}

static struct seen paint(const struct span *spans, guint n, int cols, gboolean wins)
{
	struct seen seen = {.text = g_string_new(NULL), .safe = TRUE};
	struct line line = {
	    .cols = cols, .style = 0, .spans = spans, .n_spans = n, .style_wins = wins};

	paint_runs(&line, collect, &seen);
	return seen;
}

static struct seen paint_one(const char *text, int cols)
{
	struct span span = {text, -1, STYLE_NONE, 0};

	return paint(&span, 1, cols, FALSE);
}

static void a_line_is_filled_with_its_style(void **state)
{
	struct span spans[] = {{"ab", -1, 5, 0}, {"cd", 1, STYLE_NONE, 0}};
	struct seen seen = paint(spans, 2, 6, FALSE);

	assert_string_equal(seen.text->str, "5:ab|0:c|0:   |");
	assert_int_equal(seen.columns, 6);
	g_string_free(seen.text, TRUE);
}

static void the_indicator_hides_other_styles(void **state)
{
	struct span span = {"ab", -1, 5, 0};
	struct seen seen = paint(&span, 1, 2, TRUE);

	assert_string_equal(seen.text->str, "0:ab|");
	g_string_free(seen.text, TRUE);
}

/* U01, U02, U07: whatever the bytes are, no control reaches the terminal. */
static void no_control_comes_through(void **state)
{
	static const char *const texts[] = {
	    "\033[31mred",  "\033]0;title\007", "\033P+q544e\033\\",
	    "\302\233 31m", "a\tb\rc\bd\ve\ff", "\177",
	    "\377\376",	    "\342\200\256evil", "\033]52;c;aGk=\007",
	    "\033[6n",	    "line\nline",
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct seen seen = paint_one(texts[i], 40);

		assert_true(seen.safe);
		assert_int_equal(seen.columns, 40);
		g_string_free(seen.text, TRUE);
	}
}

/* U06: a row is exactly as wide as its line, whatever stands in it. */
static void a_row_never_overflows(void **state)
{
	static const char *const texts[] = {
	    "日本語の件名",
	    "e\xcc\x81\xcc\x81\xcc\x81",
	    "👨‍👩‍👧 ❤️ 🇺🇿",
	    "\xcc\x81 leading mark",
	    "مرحبا",
	    "\xee\x80\x80 private",
	    "plain ascii text that is long",
	    "",
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		for (int cols = 0; cols < 30; cols++) {
			struct seen seen = paint_one(texts[i], cols);

			assert_int_equal(seen.columns, cols);
			g_string_free(seen.text, TRUE);
		}
}

/* U06: five thousand marks on one letter are cut to what a cell can hold. */
static void marks_do_not_pile_up(void **state)
{
	g_autoptr(GString) text = g_string_new("e");

	for (int i = 0; i < 5000; i++)
		g_string_append(text, "\xcc\x81");
	struct seen seen = paint_one(text->str, 10);

	assert_true(seen.text->len < 64);
	assert_int_equal(seen.columns, 10);
	g_string_free(seen.text, TRUE);
}

/* U08: a megabyte of error text is one row. */
static void a_megabyte_is_cut_to_the_row(void **state)
{
	g_autofree char *text = g_strnfill(1 << 20, 'x');
	struct seen seen = paint_one(text, 80);

	assert_int_equal(seen.columns, 80);
	assert_int_equal(strlen(seen.text->str), 80 + 3);
	g_string_free(seen.text, TRUE);
}

static void right_to_left_names_are_fenced_in(void **state)
{
	struct span spans[] = {{"محمد", -1, STYLE_NONE, SPAN_ISOLATE},
			       {"Bob", -1, STYLE_NONE, SPAN_ISOLATE}};
	struct seen seen = paint(spans, 2, 7, FALSE);

	assert_string_equal(seen.text->str, "0:\xe2\x80\x8eمحمد\xe2\x80\x8e|0:Bob|");
	g_string_free(seen.text, TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_filled_with_its_style),
	    cmocka_unit_test(the_indicator_hides_other_styles),
	    cmocka_unit_test(no_control_comes_through),
	    cmocka_unit_test(a_row_never_overflows),
	    cmocka_unit_test(marks_do_not_pile_up),
	    cmocka_unit_test(a_megabyte_is_cut_to_the_row),
	    cmocka_unit_test(right_to_left_names_are_fenced_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
