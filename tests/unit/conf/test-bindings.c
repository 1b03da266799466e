/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, bindings, macros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/bindings.h"
#include "muttrc.h"

/* What a key sequence in muttrc notation does: a name, "macro:…", "more" or "nothing". */
static char *meaning(struct conf *conf, enum menu menu, const char *text)
{
	int keys[KEYS_MAX];
	guint n = keys_parse(text, keys, NULL);
	gboolean partial;
	const struct binding *b = conf_binding_find(conf, menu, keys, n, &partial);

	if (!b)
		return g_strdup(partial ? "more" : "nothing");
	if (b->macro)
		return g_strconcat("macro:", b->macro, NULL);
	return g_strdup(function_name(b->function));
}

static void names_of_keys_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int keys[3];
		const char *name;
	} cases[] = {
	    {"q", {'q'}, "q"},
	    {"<PageUp>", {KEYCODE_PAGE_UP}, "<PageUp>"},
	    {"<pageup>x", {KEYCODE_PAGE_UP, 'x'}, "<PageUp>x"},
	    {"<Esc>v", {27, 'v'}, "<Esc>v"},
	    {"\033v", {27, 'v'}, "<Esc>v"},
	    {"<F12>", {KEYCODE_F0 + 12}, "<F12>"},
	    {"<177>", {127}, "^?"},
	    {"\003", {3}, "^C"},
	    {"<C-Up>", {KEYCODE_UP | KEYCODE_CTRL}, "<C-Up>"},
	    {"<s-left>", {KEYCODE_LEFT | KEYCODE_SHIFT}, "<S-Left>"},
	    {"<Enter><Return><Tab>", {10, 13, 9}, "<Enter><Return><Tab>"},
	    {"<x>", {'<', 'x', '>'}, "<x>"},
	    {"^y", {'^', 'y'}, "^y"},
	    {"\303\244", {0xe4}, "\303\244"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		int keys[KEYS_MAX] = {0};
		guint n = keys_parse(cases[i].text, keys, NULL);
		g_autofree char *name = keys_name(keys, n);

		for (guint k = 0; k < n; k++)
			assert_int_equal(keys[k], cases[i].keys[k]);
		assert_string_equal(name, cases[i].name);
	}
}

static void more_than_eight_keys_are_counted(void **state)
{
	g_autoptr(GError) error = NULL;
	int keys[KEYS_MAX];

	assert_int_equal(keys_parse("12345678", keys, NULL), 8);
	assert_int_equal(keys_parse("123456789", keys, NULL), 9);
	assert_int_equal(keys_parse("", keys, &error), 0);
	assert_true(error_is(error, CUR_ERROR_USAGE));
}

static void a_sequence_may_name_functions(void **state)
{
	g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(int));
	const int want[] = {KEYCODE_FUNCTION + FN_SAVE_MESSAGE, '=', 'x', 10, '<', 'n', 'o', '>'};

	keys_parse_sequence("<Save-Message>=x<enter><no>", codes);
	assert_int_equal(codes->len, G_N_ELEMENTS(want));
	assert_memory_equal(codes->data, want, sizeof(want));
}

static void defaults_are_those_of_mutt(void **state)
{
	static const struct {
		enum menu menu;
		const char *keys, *meaning;
	} cases[] = {
	    {MENU_INDEX, "q", "quit"},
	    {MENU_INDEX, "r", "reply"},
	    {MENU_INDEX, "<Esc>", "more"},
	    {MENU_INDEX, "<Esc>V", "collapse-all"},
	    {MENU_INDEX, "j", "next-undeleted"},
	    {MENU_PAGER, "j", "next-undeleted"},
	    {MENU_INDEX, "<PageDown>", "next-page"}, /* of the generic menu */
	    {MENU_INDEX, "\\", "nothing"},
	    {MENU_PAGER, "/", "search"},
	    {MENU_COMPOSE, "y", "send-message"},
	    {MENU_EDITOR, "\001", "bol"},
	    {MENU_PAGER, "Z", "nothing"},
	};
	auto_ptr(conf) conf = conf_new(0);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *found = meaning(conf, cases[i].menu, cases[i].keys);

		assert_string_equal(found, cases[i].meaning);
	}
}

static void commands_change_bindings(void **state)
{
	static const struct {
		const char *commands;
		enum menu menu;
		const char *keys, *meaning;
	} cases[] = {
	    {"bind index Z exit", MENU_INDEX, "Z", "exit"},
	    {"bind INDEX,Pager Z exit", MENU_PAGER, "Z", "exit"},
	    {"bind generic Z first-entry", MENU_INDEX, "Z", "first-entry"},
	    {"bind generic Z first-entry", MENU_PAGER, "Z", "nothing"},
	    {"bind generic Z first-entry; bind index Z noop", MENU_INDEX, "Z", "nothing"},
	    {"bind index gg first-entry", MENU_INDEX, "g", "more"},
	    {"bind index gg first-entry", MENU_INDEX, "gg", "first-entry"},
	    {"bind index gg first-entry; bind index g noop", MENU_INDEX, "gg", "nothing"},
	    {"bind index ^y exit", MENU_INDEX, "^", "more"},
	    {"macro index Z ^X^^<exit> text", MENU_INDEX, "Z", "macro:\030^<exit>"},
	    {"macro index Z a; unmacro index Z", MENU_INDEX, "Z", "previous-page"},
	    {"macro index Z a; unmacro *", MENU_INDEX, "Z", "previous-page"},
	    {"macro index Z a; unbind index Z", MENU_INDEX, "Z", "macro:a"},
	    {"unbind index r", MENU_INDEX, "r", "nothing"},
	    {"unbind index", MENU_INDEX, "r", "nothing"},
	    {"unbind *", MENU_GENERIC, ":", "enter-command"},
	    {"bind index <F3> exit", MENU_INDEX, "<f3>", "exit"},
	    {"bind index \\Cx exit", MENU_INDEX, "\030", "exit"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].commands);
		g_autofree char *found = meaning(conf, cases[i].menu, cases[i].keys);

		assert_string_equal(found, cases[i].meaning);
	}
}

static void a_users_longer_sequence_is_not_lost_in_silence(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autofree char *problems =
	    problems_of(conf, "bind index Zx exit\nbind index Z exit\n", -1);

	assert_string_equal(problems,
			    "F:2:12: warning: 'Z' takes the place of 'Zx' in index (F:1)\n");
}

static void a_key_that_is_bound_twice_is_told_with_both_places(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autofree char *problems = problems_of(conf,
						"bind index,pager Z exit\nmacro pager Z x\n"
						"bind index g noop\nbind index g help\n"
						"bind index q help\nbind pager Z exit\n",
						-1);

	assert_string_equal(problems,
			    "F:2:13: warning: 'Z' in pager is bound twice: before at F:1\n"
			    "F:6:12: warning: 'Z' in pager is bound twice: before at F:2\n");
}

static void pushed_keys_wait_for_the_screen(void **state)
{
	auto_ptr(conf) conf = conf_of("push <limit>~N<enter>\nexec exit quit");
	g_autoptr(GPtrArray) pushed = conf_take_pushed(conf);

	assert_int_equal(pushed->len, 3);
	assert_string_equal(g_ptr_array_index(pushed, 0), "<limit>~N<enter>");
	assert_string_equal(g_ptr_array_index(pushed, 2), "<quit>");
	assert_null(conf_take_pushed(conf));
}

static void the_key_of_a_function_is_found(void **state)
{
	auto_ptr(conf) conf = conf_new(0);

	assert_int_equal(conf_binding_of(conf, MENU_INDEX, FN_QUIT)->keys[0], 'q');
	assert_int_equal(conf_binding_of(conf, MENU_INDEX, FN_HELP)->keys[0], '?');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_keys_are_read_and_written),
	    cmocka_unit_test(more_than_eight_keys_are_counted),
	    cmocka_unit_test(a_sequence_may_name_functions),
	    cmocka_unit_test(defaults_are_those_of_mutt),
	    cmocka_unit_test(commands_change_bindings),
	    cmocka_unit_test(a_users_longer_sequence_is_not_lost_in_silence),
	    cmocka_unit_test(a_key_that_is_bound_twice_is_told_with_both_places),
	    cmocka_unit_test(pushed_keys_wait_for_the_screen),
	    cmocka_unit_test(the_key_of_a_function_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
