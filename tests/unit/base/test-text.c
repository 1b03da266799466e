/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns, clusters and text that is safe for a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/text.h"

/* U06 */
static void width_is_what_terminals_do(void **state)
{
	static const struct {
		const char *text;
		int width;
	} cases[] = {
	    {"", 0},
	    {"abc", 3},
	    {"\303\244", 1},			     /* a umlaut */
	    {"a\314\210", 1},			     /* a and a combining diaeresis */
	    {"\346\227\245\346\234\254", 4},	     /* CJK */
	    {"\357\275\261", 1},		     /* half-width katakana */
	    {"\360\237\230\200", 2},		     /* a face */
	    {"\342\235\244\357\270\217", 1},	     /* a heart with VS16: drawn without it */
	    {"\360\237\207\251\360\237\207\252", 2}, /* a flag of two indicators */
	    {"\360\237\221\215\360\237\217\275", 2}, /* a thumb with a skin tone */
	    {"\360\237\221\250\342\200\215\360\237\221\251", 4}, /* two persons, joined */
	    {"\342\200\213", 0},				 /* zero width space */
	    {"\302\255", 1},					 /* soft hyphen */
	    {"\356\200\200", 1},				 /* private use */
	    {"\377\376", 2},					 /* no UTF-8 */
	    {"\001\033", 0},					 /* controls have no cell */
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(text_width(cases[i].text, -1), cases[i].width);
}

/* U06: 5,000 marks on one base */
static void marks_over_the_limit_are_not_drawn(void **state)
{
	g_autoptr(GString) text = g_string_new("a");
	g_autoptr(GString) out = g_string_new(NULL);
	struct text_iter it;

	for (int i = 0; i < 5000; i++)
		g_string_append(text, "\314\210");
	g_string_append_c(text, 'b');
	text_iter_init(&it, text->str, text->len);
	assert_true(text_iter_next(&it));
	assert_int_equal(it.n, 1 + 2 * TEXT_MARKS_MAX);
	assert_int_equal(it.width, 1);
	assert_true(text_iter_next(&it));
	assert_int_equal(it.base, 'b');
	assert_false(text_iter_next(&it));
	text_pad(out, text->str, -1, 2, TEXT_LEFT);
	assert_int_equal(out->len, 2 + 2 * TEXT_MARKS_MAX);
}

static void a_row_never_overflows(void **state)
{
	static const char text[] =
	    "a\346\227\245\360\237\230\200b\377\360\237\207\251\360\237\207\252e\314\201\tx";

	for (int columns = 0; columns < 14; columns++) {
		g_autoptr(GString) out = g_string_new(NULL);
		int width;
		gsize n = text_cut(text, -1, columns, &width);

		assert_true(width <= columns);
		assert_int_equal(text_width(text, n), width);
		text_pad(out, text, -1, columns, TEXT_RIGHT);
		assert_int_equal(text_width(out->str, -1), columns);
	}
}

static void text_is_padded_to_each_side(void **state)
{
	static const char *const want[] = {"ab  ", "  ab", " ab "};

	for (enum text_align align = TEXT_LEFT; align <= TEXT_CENTER; align++) {
		g_autoptr(GString) out = g_string_new(NULL);

		text_pad(out, "ab", -1, 4, align);
		assert_string_equal(out->str, want[align]);
	}
}

/* U01, U02, U07, M56 */
static void controls_become_pictures(void **state)
{
	static const struct {
		const char *text, *safe;
		enum text_safe_flags flags;
	} cases[] = {
	    {"plain \303\244", "plain \303\244", 0},
	    {"\033[31m", "\342\220\233[31m", 0},
	    {"\033]8;;x\007", "\342\220\233]8;;x\342\220\207", 0},
	    {"a\tb\n", "a\342\220\211b\342\220\212", 0},
	    {"a\tb\n", "a\tb\n", TEXT_SAFE_TABS | TEXT_SAFE_NEWLINES},
	    {"a\rb\bc\vd\fe", "a\342\220\215b\342\220\210c\342\220\213d\342\220\214e",
	     TEXT_SAFE_TABS | TEXT_SAFE_NEWLINES},
	    {"\177", "\342\220\241", 0},
	    {"\302\233\061m", "<U+009B>1m", 0}, /* CSI as C1 in UTF-8 */
	    {"\233\061m", "\357\277\2751m", 0}, /* CSI as a bare byte */
	    {"\342\200\256gpj.exe", "<U+202E>gpj.exe", 0},
	    {"\342\201\246x\342\201\251", "<U+2066>x<U+2069>", 0},
	    {"\342\200\250", "<U+2028>", 0},
	    {"\342\200\217", "<U+200F>", 0},
	    {"\342\200\217", "\342\200\217", TEXT_SAFE_MARKS},
	    {"\342\200\256", "<U+202E>", TEXT_SAFE_MARKS},
	    {"\363\240\201\201", "<U+E0041>", 0},
	    {"\355\240\200", "\357\277\275", 0},	 /* a surrogate */
	    {"\300\257", "\357\277\275\357\277\275", 0}, /* overlong */
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *safe = text_safe(cases[i].text, -1, cases[i].flags);

		assert_string_equal(safe, cases[i].safe);
		assert_int_equal(text_is_safe(cases[i].text, -1, cases[i].flags),
				 !strcmp(cases[i].text, cases[i].safe));
	}
}

/* U01: no byte of any kind gets through */
static void random_bytes_are_made_safe(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	char text[64];

	for (int i = 0; i < 5000; i++) {
		gsize n = g_rand_int_range(rand, 0, sizeof(text));
		g_autofree char *safe = NULL;

		for (gsize b = 0; b < n; b++)
			text[b] = g_rand_int_range(rand, 0, 256);
		safe = text_safe(text, n, 0);
		assert_true(text_valid_utf8(safe, -1));
		assert_true(text_is_safe(safe, -1, 0));
		for (const char *p = safe; *p; p++)
			assert_true((guchar)*p >= 0x20 && *p != 0x7f);
	}
}

static void a_nul_inside_is_shown(void **state)
{
	g_autofree char *safe = text_safe("a\0b", 3, 0);

	assert_string_equal(safe, "a\342\220\200b");
}

static void case_is_folded(void **state)
{
	g_autofree char *upper = text_casefold("STRASSE \303\204\316\243", -1);
	g_autofree char *lower = text_casefold("stra\303\237e \303\244\317\202", -1);

	assert_string_equal(upper, lower);
}

static void sizes_are_written_as_mutt_does(void **state)
{
	static const struct {
		guint64 bytes;
		enum text_size_flags flags;
		const char *text;
	} cases[] = {
	    {0, TEXT_SIZE_MUTT, "0K"},
	    {1, TEXT_SIZE_MUTT, "0.1K"},
	    {4608, TEXT_SIZE_MUTT, "4.5K"},
	    {10189, TEXT_SIZE_MUTT, "10K"},
	    {319488, TEXT_SIZE_MUTT, "312K"},
	    {1258291, TEXT_SIZE_MUTT, "1.2M"},
	    {104857600, TEXT_SIZE_MUTT, "100M"},
	    {500, TEXT_SIZE_MUTT | TEXT_SIZE_SHOW_BYTES, "500"},
	    {4096, TEXT_SIZE_UNIT_LEFT, "K4"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = text_human_size(cases[i].bytes, cases[i].flags);

		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(width_is_what_terminals_do),
	    cmocka_unit_test(marks_over_the_limit_are_not_drawn),
	    cmocka_unit_test(a_row_never_overflows),
	    cmocka_unit_test(text_is_padded_to_each_side),
	    cmocka_unit_test(controls_become_pictures),
	    cmocka_unit_test(random_bytes_are_made_safe),
	    cmocka_unit_test(a_nul_inside_is_shown),
	    cmocka_unit_test(case_is_folded),
	    cmocka_unit_test(sizes_are_written_as_mutt_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
