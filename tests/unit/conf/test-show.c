/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are asked: what they show can be read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "muttrc.h"

static char *answer(struct conf *conf, const char *question)
{
	char *message = NULL;

	assert_true(conf_command(conf, question, &message, NULL));
	assert_non_null(message);
	return message;
}

/* What is shown, run in a configuration where all of it was taken away. */
static void what_is_shown_can_be_read_again(void **state)
{
	static const struct {
		const char *clear, *set, *ask;
	} cases[] = {
	    {"unbind *", "set realname=x", "bind"},
	    {"unmacro *",
	     "macro index,pager \\Cb \"|url view<enter>\" 'what \"it\" does'\n"
	     "macro index ,\\; ^A\\t\nmacro generic \\e1 \"$x `y`\"",
	     "macro"},
	    {"uncolor *",
	     "color index brightred default ~D\ncolor status bold italic color236 #00ff7f\n"
	     "color compose header lightblue alertwhite\ncolor status red blue '(x)' 1\n"
	     "color body default default \"^a b$|'\\\\$\"\ncolor normal none default color7",
	     "color"},
	    {"unmono *", "mono bold bold\nmono index underline ~N\nmono status none", "mono"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].set);
		g_autofree char *shown = answer(conf, cases[i].ask);
		auto_ptr(conf) again = conf_of(cases[i].clear);
		g_auto(GStrv) lines = g_strsplit(shown, "\n", -1);
		g_autofree char *second = NULL;

		assert_true(g_strv_length(lines) > 2);
		for (char **line = lines; *line; line++)
			assert_true(conf_command(again, *line, NULL, NULL));
		second = answer(again, cases[i].ask);
		assert_string_equal(second, shown);
	}
}

static void one_menu_or_object_can_be_asked(void **state)
{
	static const struct {
		const char *set, *ask, *answer;
	} cases[] = {
	    {"macro index Z a\nmacro pager Z b", "macro pager", "macro pager Z \"b\"\n"},
	    {"macro index Z a\nmacro pager Z b", "macro pager,index",
	     "macro index Z \"a\"\nmacro pager Z \"b\"\n"},
	    {"unbind pager; bind pager q exit; bind pager Z noop", "bind pager",
	     "bind pager : enter-command\nbind pager ? help\nbind pager Z noop\nbind pager q "
	     "exit\n"},
	    {"color index red default ~D\ncolor tree red default", "color index",
	     "color index red default \"~D\"\n"},
	    {"", "macro compose", "There are no macros."},
	    {"", "color tree", "No colour is set."},
	    {"set mixmaster=m", "set ?mixmaster",
	     "mixmaster=\"m\"  # no effect: the remailers it spoke to are gone"},
	    {"", "set ?strict_thread", "strict_threads=no\n    *"},
	    {"set imap_pass=geheim", "set ?imap_pass", "imap_pass=\"***\""},
	    {"set realname=A imap_pass=geheim", "set",
	     "set imap_pass=\"***\"\nset realname=\"A\"\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].set);
		g_autofree char *shown = answer(conf, cases[i].ask);

		if (!g_pattern_match_simple(cases[i].answer, shown))
			assert_string_equal(shown, cases[i].answer);
	}
}

/* Where nobody reads an answer, half a command is a mistake. */
static void a_file_asks_nothing(void **state)
{
	static const char *const lines[] = {"bind", "macro index", "color", "mono bold",
					    "set ?nothing_such"};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		auto_ptr(conf) conf = conf_new(0);
		g_autofree char *problems = problems_of(conf, lines[i], -1);

		assert_string_not_equal(problems, "");
		assert_false(conf_command(conf, lines[i], NULL, NULL));
	}
}

static void the_explanations_can_be_searched(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autofree char *all = answer(conf, "set ?");
	g_autofree char *values = answer(conf, "set all");
	g_autofree char *some = answer(conf, "set ?trash"), *none = NULL;

	assert_true(strstr(all, "wait_key") && strstr(values, "wait_key"));
	assert_true(strstr(some, "trash=") && !strstr(some, "wait_key"));
	assert_false(conf_command(conf, "set ?no_such_name_anywhere", &none, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_shown_can_be_read_again),
	    cmocka_unit_test(one_menu_or_object_can_be_asked),
	    cmocka_unit_test(a_file_asks_nothing),
	    cmocka_unit_test(the_explanations_can_be_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
