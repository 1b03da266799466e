/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats with the values of one status line and one message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cur/format/expando.h"
#include "cur/format/of-status.h"

static const struct status_values values = {.mailbox_path = "~/In.Box",
					    .messages = 12,
					    .shown = 12,
					    .new = 3,
					    .deleted = 0,
					    .unread = 0,
					    .sort = "дата",
					    .sort_aux = "日本語",
					    .progress = "all",
					    .hostname = "evil\033[2J\nhost",
					    .state = STATUS_CHANGED,
					    .size = 5000};

static const struct {
	const char *format;
	int cols;
	const char *expected;
} cases[] = {
    /* widths, flags, precision */
    {"%m", -1, "12"},
    {"[%5m]", -1, "[   12]"},
    {"[%-5m]", -1, "[12   ]"},
    {"[%05m]", -1, "[00012]"},
    {"[%.4m]", -1, "[0012]"},
    {"[%10f]", -1, "[  ~/In.Box]"},
    {"[%-10f]", -1, "[~/In.Box  ]"},
    {"[%=10f]", -1, "[ ~/In.Box ]"},
    {"[%.4f]", -1, "[~/In]"},
    {"[%-6.4f]", -1, "[~/In  ]"},
    {"[%_f]", -1, "[~/in.box]"},
    {"[%:f]", -1, "[~/In_Box]"},
    {"[%6s]", -1, "[  дата]"},
    {"[%.5S]", -1, "[日本]"},
    {"[%-7.5S]", -1, "[日本   ]"},
    {"[%=8S]", -1, "[ 日本語 ]"},
    {"%l", -1, "4.9K"},
    {"100%% %m", -1, "100% 12"},
    {"%r%s", -1, "*дата"},
    {"%j %m", -1, "%j 12"},
    {"%", -1, "%"},
    {"%5", -1, "%5"},
    {"a\\tb\\nc\\%m\\x", -1, "a\tb\nc%mx"},
    /* conditions */
    {"%?n?new %n&none?", -1, "new 3"},
    {"%?d?del %d&none?", -1, "none"},
    {"%?d?del %d?.", -1, "."},
    {"%<n?new %n&none>", -1, "new 3"},
    {"%?n?a\\&b&c?", -1, "a&b"},
    {"%<n?%<d?x&y>&z>", -1, "y"},
    {"%?n?A%?d?B&C?D&E?", -1, "ACD"},
    {"[%8<n?%n>]", -1, "[       3]"},
    {"[%-8<n?%n>]", -1, "[3       ]"},
    {"%?n?never closed", -1, "never closed"},
    {"%?j?x?", -1, "%?j?x?"},
    {"%?l?%l?", -1, "4.9K"},
    /* paddings */
    {"a%>-b", 8, "a------b"},
    {"abcdef%>-ghijkl", 8, "abcdefgh"},
    {"abcdef%*-ghijkl", 8, "abghijkl"},
    {"a%*-b", 8, "a------b"},
    {"a%|.b", 8, "a......."},
    {"a%>─b", 6, "a────b"},
    {"a%>日b", 7, "a日日 b"},
    {"a%>", 4, "a   "},
    {"a%>-b%>+c", 8, "a-----bc"},
    {"%f%> %m", 12, "~/In.Box  12"},
    {"a%>-b", -1, "ab"},
    {"日本", 3, "日"},
    /* what a name may do to a terminal */
    {"%h", -1, "evil␛[2J␊host"},
    {"x\\ny", 10, "x␊y"},
};

static char *render(const char *format, int cols)
{
	struct expando_source source = status_source(&values);
	auto_ptr(expando) expando = expando_compile(EXPANDO_STATUS, format, NULL);

	return expando_text(expando, cols, &source);
}

static void formats_give_their_text(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = render(cases[i].format, cases[i].cols);

		print_message("%s\n", cases[i].format);
		assert_string_equal(text, cases[i].expected);
	}
}

static void mutts_own_status_line_comes_out(void **state)
{
	g_autofree char *text = render("-%r-Mutt: %f [Msgs:%?M?%M/?%m%?n? New:%n?%?o? Old:%o?]---"
				       "(%s/%S)-%>-(%P)---",
				       60);

	assert_string_equal(text, "-*-Mutt: ~/In.Box [Msgs:12 New:3]---(дата/日本語)---(all)---");
}

static void complaints_name_the_column(void **state)
{
	static const struct {
		const char *format, *message;
	} wrong[] = {
	    {"%m %j", "column 4: unknown expando"},
	    {"%", "column 1: the format ends in a '%'"},
	    {"%?n?x", "column 5: the condition is not closed"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		auto_ptr(expando) e = expando_compile(EXPANDO_STATUS, wrong[i].format, &error);

		assert_non_null(e);
		assert_string_equal(error->message, wrong[i].message);
	}
}

static void a_bar_at_the_end_makes_a_command(void **state)
{
	static const struct {
		const char *format, *command; /* NULL: it is none */
	} bars[] = {
	    {"a\\|", NULL},
	    {"tool ~/x | tr a b|", "tool ~/x | tr a b"},
	    {"tool %f |", "tool '~/In.Box'"},
	    {"tool 'of %f' \"n %%\" %?f?a b? |", "tool 'of ~/In.Box' 'n %' 'a b'"},
	};
	struct expando_source source = status_source(&values);

	for (gsize i = 0; i < G_N_ELEMENTS(bars); i++) {
		auto_ptr(expando) e = expando_compile(EXPANDO_STATUS, bars[i].format, NULL);
		g_autofree char *command =
		    expando_is_command(e) ? expando_command(e, &source) : NULL;

		if (bars[i].command)
			assert_string_equal(command, bars[i].command);
		else
			assert_null(command);
	}
}

static void spans_tell_who_gave_which_cells(void **state)
{
	struct expando_source source = status_source(&values);
	auto_ptr(expando) e = expando_compile(EXPANDO_STATUS, "%4m %s%>-%f", NULL);
	struct expando_line line;
	const struct expando_span *span;

	expando_line_init(&line, TRUE);
	expando_render(e, 20, &source, &line);
	assert_string_equal(line.text->str, "  12 дата---~/In.Box");
	assert_int_equal(line.cols, 20);
	assert_int_equal(line.spans->len, 3);
	span = &g_array_index(line.spans, struct expando_span, 0);
	assert_int_equal(span->id, EXPANDO_STATUS_MESSAGE_COUNT);
	assert_int_equal(span->cols, 4);
	span = &g_array_index(line.spans, struct expando_span, 2);
	assert_int_equal(span->id, EXPANDO_STATUS_MAILBOX_PATH);
	assert_int_equal(span->col, 12);
	assert_int_equal(span->cols, 8);
	assert_string_equal(line.text->str + span->start, "~/In.Box");
	expando_line_clear(&line);
}

static void conditions_in_conditions_have_a_limit(void **state)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autofree char *text = NULL;

	for (int i = 0; i < 5000; i++)
		g_string_append(deep, "%<n?");
	text = render(deep->str, -1);
	assert_non_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(formats_give_their_text),
	    cmocka_unit_test(mutts_own_status_line_comes_out),
	    cmocka_unit_test(complaints_name_the_column),
	    cmocka_unit_test(a_bar_at_the_end_makes_a_command),
	    cmocka_unit_test(spans_tell_who_gave_which_cells),
	    cmocka_unit_test(conditions_in_conditions_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
