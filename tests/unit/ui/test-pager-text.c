/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrapping, moving, hiding and searching in the pager's lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "../../../src/ui/pager-text.h"
#include "cur/base/text.h"

struct source {
	struct display_line lines[8];
	guint n;
	guint asked; /* how often a line was looked at */
};

static gboolean source_line(void *data, guint i, struct display_line *out)
{
	struct source *source = data;

	if (i >= source->n)
		return FALSE;
	source->asked++;
	*out = source->lines[i];
	return TRUE;
}

static void add(struct source *source, enum display_kind kind, const char *text)
{
	source->lines[source->n++] = (struct display_line){
	    .text = text,
	    .n = strlen(text),
	    .kind = kind,
	    .quote_level = kind == DISPLAY_QUOTED ? 1 : 0,
	};
}

/* All rows as "prefix|text" lines. */
static char *rows_text(struct pager_text *text)
{
	GString *out = g_string_new(NULL);
	struct text_pos pos = {0, 0};
	struct text_row row;

	pager_text_settle(text, &pos);
	do {
		if (!pager_text_row(text, pos, &row))
			break;
		g_string_append_len(out, row.prefix, (gssize)row.prefix_n);
		g_string_append_c(out, '|');
		g_string_append_len(out, row.line.text + row.start, (gssize)row.n);
		g_string_append_c(out, '\n');
	} while (pager_text_next(text, &pos));
	return g_string_free(out, FALSE);
}

static void lines_are_wrapped_as_the_settings_say(void **state)
{
	static const struct {
		const char *text, *wanted;
		struct text_layout layout;
		enum display_kind kind;
		gboolean flowed;
	} cases[] = {
	    {"one two three",
	     "|one two\n+|three\n",
	     {.cols = 8, .smart = TRUE, .markers = TRUE},
	     DISPLAY_BODY,
	     FALSE},
	    {"one two three", "|one two \n|three\n", {.cols = 8}, DISPLAY_BODY, FALSE},
	    {"abcdefghijkl", "|abcdefgh\n|ijkl\n", {.cols = 8, .smart = TRUE}, DISPLAY_BODY, FALSE},
	    {"one two three",
	     "|one\n|two\n|three\n",
	     {.cols = 20, .wrap = 5, .smart = TRUE},
	     DISPLAY_BODY,
	     FALSE},
	    {"one two three",
	     "|one two\n|three\n",
	     {.cols = 20, .wrap = -10, .smart = TRUE},
	     DISPLAY_BODY,
	     FALSE},
	    {"", "|\n", {.cols = 8}, DISPLAY_BODY, FALSE},
	    /* a wide character does not stick out over the edge */
	    {"abc日本", "|abc\n|日本\n", {.cols = 4}, DISPLAY_BODY, FALSE},
	    /* a tab reaches to the next multiple of eight */
	    {"a\tb", "|a\t\n|b\n", {.cols = 8}, DISPLAY_BODY, FALSE},
	    {"> one two three",
	     "|> one two\n> |three\n",
	     {.cols = 40, .reflow_wrap = 10, .smart = TRUE},
	     DISPLAY_QUOTED,
	     TRUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct source source = {.n = 0};
		auto_ptr(pager_text) text = pager_text_new(source_line, &source);
		g_autofree char *got = NULL;

		add(&source, cases[i].kind, cases[i].text);
		source.lines[0].flowed = cases[i].flowed;
		pager_text_set_layout(text, &cases[i].layout);
		got = rows_text(text);
		assert_string_equal(got, cases[i].wanted);
	}
}

static void going_up_meets_the_rows_that_going_down_met(void **state)
{
	struct source source = {.n = 0};
	auto_ptr(pager_text) text = pager_text_new(source_line, &source);
	struct text_layout layout = {.cols = 7, .smart = TRUE};
	g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(struct text_pos));
	struct text_pos pos = {0, 0};

	add(&source, DISPLAY_BODY, "the quick brown fox jumps over the lazy dog");
	add(&source, DISPLAY_BODY, "");
	add(&source, DISPLAY_BODY, "word 日本語日本語 e\u0301e\u0301e\u0301 end");
	pager_text_set_layout(text, &layout);
	do
		g_array_append_val(down, pos);
	while (pager_text_next(text, &pos));
	assert_int_equal(pager_text_move(text, &pos, 5), 0);
	for (guint i = down->len; i-- > 0;) {
		const struct text_pos *was = &g_array_index(down, struct text_pos, i);

		assert_int_equal(pos.line, was->line);
		assert_int_equal(pos.offset, was->offset);
		assert_int_equal(pager_text_previous(text, &pos), i > 0);
	}
}

static void control_bytes_never_come_out_as_they_are(void **state)
{
	/* U01, U07: escape sequences, carriage returns, backspaces, bad UTF-8 */
	struct source source = {.n = 0};
	auto_ptr(pager_text) text = pager_text_new(source_line, &source);
	struct text_layout layout = {.cols = 200};
	g_autofree char *got = NULL;

	add(&source, DISPLAY_BODY,
	    "a\033[2Jb\rc\bd\xff\xc2\x9b"
	    "5n \a");
	pager_text_set_layout(text, &layout);
	got = rows_text(text);
	assert_true(text_is_safe(got, -1, TEXT_SAFE_NEWLINES));
	assert_non_null(strstr(got, "\u241b[2Jb\u240dc\u2408d"));
}

static void quoted_lines_can_be_hidden_and_skipped(void **state)
{
	struct source source = {.n = 0};
	auto_ptr(pager_text) text = pager_text_new(source_line, &source);
	struct text_layout layout = {.cols = 40};
	struct text_pos pos = {0, 0};
	g_autofree char *got = NULL;

	add(&source, DISPLAY_HEADER, "Subject: x");
	add(&source, DISPLAY_BLANK, "");
	add(&source, DISPLAY_QUOTED, "> quoted");
	add(&source, DISPLAY_QUOTED, "> more");
	add(&source, DISPLAY_BODY, "answer");
	pager_text_set_layout(text, &layout);
	assert_true(pager_text_skip_quoted(text, 0, &pos));
	assert_int_equal(pos.line, 4);
	assert_false(pager_text_skip_quoted(text, 0, &pos));
	pos.line = 0;
	assert_true(pager_text_skip_header(text, &pos));
	assert_int_equal(pos.line, 2);
	layout.hide_quoted = TRUE;
	pager_text_set_layout(text, &layout);
	got = rows_text(text);
	assert_string_equal(got, "|Subject: x\n|\n|answer\n");
	/* a place that is hidden now moves to what is shown */
	pager_text_settle(text, &pos);
	assert_int_equal(pos.line, 4);
}

static void a_search_finds_each_match_once_in_both_directions(void **state)
{
	struct source source = {.n = 0};
	auto_ptr(pager_text) text = pager_text_new(source_line, &source);
	auto_ptr(regex) re = regex_new("fox", REGEX_SMART_CASE, NULL);
	struct text_layout layout = {.cols = 10, .smart = TRUE};
	struct text_pos pos = {0, 0};

	add(&source, DISPLAY_BODY, "nothing here");
	add(&source, DISPLAY_BODY, "a long line with a fox behind and a FOX at the end");
	add(&source, DISPLAY_BODY, "tail");
	pager_text_set_layout(text, &layout);
	assert_true(pager_text_find(text, re, FALSE, &pos));
	assert_int_equal(pos.line, 1);
	gsize first = pos.offset;
	assert_true(first > 0);
	assert_true(pager_text_find(text, re, FALSE, &pos));
	assert_true(pos.offset > first);
	assert_false(pager_text_find(text, re, FALSE, &pos));
	assert_true(pager_text_find(text, re, TRUE, &pos));
	assert_int_equal(pos.offset, first);
	assert_false(pager_text_find(text, re, TRUE, &pos));
}

static void a_line_of_a_megabyte_costs_what_is_seen(void **state)
{
	struct source source = {.n = 0};
	auto_ptr(pager_text) text = pager_text_new(source_line, &source);
	g_autofree char *line = g_malloc((1 << 20) + 1);
	struct text_layout layout = {.cols = 80, .smart = TRUE};
	struct text_pos pos = {0, 0};
	gint64 start;

	for (guint i = 0; i < 1 << 20; i++)
		line[i] = i % 7 == 6 ? ' ' : 'x';
	line[1 << 20] = '\0';
	add(&source, DISPLAY_BODY, line);
	pager_text_set_layout(text, &layout);
	assert_int_equal(pager_text_move(text, &pos, 24), 24);
	start = g_get_monotonic_time();
	/* A thousand screens down and up again: linear in what is passed. */
	assert_int_equal(pager_text_move(text, &pos, 10000), 10000);
	assert_int_equal(pager_text_move(text, &pos, -10000), -10000);
	assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
	pager_text_end(text, &pos);
	assert_true(pos.offset > (1 << 20) - 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_wrapped_as_the_settings_say),
	    cmocka_unit_test(going_up_meets_the_rows_that_going_down_met),
	    cmocka_unit_test(control_bytes_never_come_out_as_they_are),
	    cmocka_unit_test(quoted_lines_can_be_hidden_and_skipped),
	    cmocka_unit_test(a_search_finds_each_match_once_in_both_directions),
	    cmocka_unit_test(a_line_of_a_megabyte_costs_what_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
