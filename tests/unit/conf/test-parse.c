/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: lines, errors with their place, source, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "muttrc.h"

/* C01, C03 */
static void problems_say_file_line_and_column(void **state)
{
	static const struct {
		const char *text, *problems;
	} cases[] = {
	    {"set header\nsett x\n", "F:2:1: unknown command 'sett' (did you mean 'set'?)\n"},
	    {"set header idnex_format=x\n",
	     "F:1:12: unknown variable 'idnex_format' (did you mean 'index_format'?)\n"},
	    {"set header \\\n  histry=1\nfoo_bar_baz",
	     "F:2:3: unknown variable 'histry' (did you mean 'history'?)\n"
	     "F:3:1: unknown command 'foo_bar_baz'\n"},
	    {"set realname=\"\u00fc\u00fc\" \\\n \\\n  a_b_c  \\\n\t mark_old d_e_f\nx_x",
	     "F:3:3: unknown variable 'a_b_c'\nF:5:1: unknown command 'x_x'\n"},
	    {"# comment \\\nset nosuch_at_all=1\nset header", ""},
	    {"\xef\xbb\xbfset header\r\n\r\nset x_y_z\r\n", "F:3:5: unknown variable 'x_y_z'\n"},
	    {"set header; sett; set quit",
	     "F:1:13: unknown command 'sett' (did you mean 'set'?)\n"},
	    {"bind index", "F:1:11: bind: too few arguments\n"},
	    {"bind \"\nunbind '' x",
	     "F:1:6: a menu without a name\nF:2:8: a menu without a name\n"},
	    {"bind indx x exit", "F:1:6: unknown menu 'indx' (did you mean 'index'?)\n"},
	    {"bind index x exitt", "F:1:14: unknown function 'exitt' (did you mean 'exit'?)\n"},
	    {"bind pager x limit",
	     "F:1:14: warning: menu pager has no function 'limit': not bound\n"},
	    {"bind index <c-return> exit",
	     "F:1:12: warning: '<c-return>' is longer than 8 keys: not bound\n"},
	    {"bind index <F-x> exit",
	     "F:1:12: warning: no key is called '<F-x>': taken letter by letter\n"},
	    {"bind index x Noop; push", "F:1:20: warning: push names nothing\n"},
	    {"color indx red blue", "F:1:7: unknown object 'indx' (did you mean 'index'?)\n"},
	    {"color error rot blue", "F:1:13: unknown color 'rot'\n"},
	    {"color error red", "F:1:13: warning: no background: default\n"},
	    {"color error reverse; color status bold #010203 #040506",
	     "F:1:13: warning: no background: default\n"},
	    {"color index color300 red ~N", "F:1:13: warning: 'color300' is beyond 255: default\n"},
	    {"color sidebar red blue; color quoted12 red blue", ""},
	    {"uncolor indx x; set beep",
	     "F:1:9: warning: unknown object 'indx' (did you mean 'index'?)\n"},
	    {"my_hdr Foo", "F:1:8: my_hdr: no 'Name:' in 'Foo'\n"},
	    {"alias x", "F:1:7: warning: alias names nothing\n"},
	    {"set hostname=\"a`b\"", "F:1:14: backtick without end\n"},
	    {"source /no/such/file",
	     "F:1:8: warning: cannot open '/no/such/file': no such file or directory\n"},
	    {"source \"exit 3|\"; set x_y", "F:1:8: warning: 'exit 3' failed with status 3\n"
					    "F:1:23: unknown variable 'x_y'\n"},
	    {"set edit_headers=ask-yes",
	     "F:1:18: warning: 'ask-yes' is no value for edit_headers: 'yes'\n"},
	    {"set; set all", "F:1:1: warning: set shows nothing here\n"
			     "F:1:6: warning: set shows nothing here\n"},
	    {"set move=true", "F:1:10: warning: 'true' is no value for move: 'yes'\n"},
	    {"set timeout=`true` beep", "F:1:13: warning: no value: timeout stays as it was\n"},
	    {"ignore; auto_view", "F:1:1: warning: ignore names nothing\n"
				  "F:1:9: warning: auto_view names nothing\n"},

	    /* C03 */
	    {"set imap_pass=secret",
	     "F:1:5: warning: a password in a file that others can read (chmod 600 it)\n"},
	    {"set imap_pass='' smtp_pass=`pass x` pop_pass=\"$my_p\"", ""},
	    {"finish\nsett", ""},
	    {"SET header", "F:1:1: unknown command 'SET'\n"},
	    {"echo a b", "F:1:6: echo: too many arguments\n"},
	    {"set realname=\"J\xe4rn\"",
	     "F:1:1: warning: not UTF-8: read as ISO-8859-1 (set config_charset)\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_new(0);
		g_autofree char *problems = problems_of(conf, cases[i].text, -1);

		assert_string_equal(problems, cases[i].problems);
	}
}

/* C01 */
static void nul_and_endless_lines_are_refused(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	auto_ptr(conf) other = conf_new(0);
	g_autofree char *big = g_strnfill(1000000, 'x');
	g_autofree char *text = g_strconcat("set my_a=", big, "\nset history=3\n", NULL);
	g_autofree char *nul = problems_of(conf, "set a\0b\nset history=4", 21);
	g_autofree char *endless = NULL;

	assert_string_equal(nul, "F:1:6: NUL byte\n");
	assert_int_equal(conf_settings(conf)->history, 4);
	endless = problems_of(other, text, -1);
	assert_string_equal(endless, "F:1:1: line is longer than 262144 bytes\n");
	assert_int_equal(conf_settings(other)->history, 3);
}

static void a_double_backslash_joins_lines_too(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autofree char *problems = problems_of(conf, "set hostname=a\\\\\nb", -1);

	assert_string_equal(problems, "");
	assert_string_equal(conf_settings(conf)->hostname, "ab");
}

static void latin1_is_read_when_it_is_named(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autofree char *problems =
	    problems_of(conf, "set config_charset=iso-8859-1\nset realname=J\xe4rn", -1);

	assert_string_equal(problems, "");
	assert_string_equal(conf_settings(conf)->realname, "J\303\244rn");
}

static void a_file_with_too_many_errors_is_given_up(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *problems = NULL;

	for (int i = 0; i < 1000; i++)
		g_string_append(text, "bad\n");
	g_string_append(text, "set history=99\n");
	problems = problems_of(conf, text->str, -1);
	assert_int_equal(conf_n_errors(conf), 129);
	assert_int_not_equal(conf_settings(conf)->history, 99);
}

static void a_known_command_without_effect_is_noted(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	const struct conf_problem *p;

	assert_true(conf_command(conf, "lua x = 1", NULL, NULL));
	assert_int_equal(conf_problems(conf)->len, 1);
	p = g_ptr_array_index(conf_problems(conf), 0);
	assert_int_equal(p->severity, CONF_NOTE);
	assert_int_equal(conf_n_errors(conf), 0);
}

/* C06: loops, folders, devices */
static void sources_that_never_end_are_refused(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("conf-XXXXXX", NULL);
	g_autofree char *a = g_build_filename(dir, "a", NULL);
	g_autofree char *b = g_build_filename(dir, "b", NULL);
	g_autofree char *loop = g_build_filename(dir, "loop", NULL);
	const char *const paths[] = {"/", "/dev/zero", "~", loop};
	auto_ptr(conf) conf = conf_new(0);

	/* b is named without its folder: it is sought beside the file that names it */
	g_file_set_contents(a, "set history=1\nsource b\nset history=2\n", -1, NULL);
	g_file_set_contents(b, "source a\n", -1, NULL);
	assert_int_equal(symlink("loop", loop), 0);
	assert_true(conf_source(conf, a, NULL));
	assert_int_equal(conf_n_errors(conf), 1);
	assert_int_equal(conf_settings(conf)->history, 2);
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
		assert_false(conf_source(conf, paths[i], NULL));
	g_unlink(a);
	g_unlink(b);
	g_unlink(loop);
	g_rmdir(dir);
}

static void a_command_can_be_a_source(void **state)
{
	auto_ptr(conf) conf = conf_of("source \"echo set history=31|\"");
	g_autoptr(GError) error = NULL;

	assert_int_equal(conf_settings(conf)->history, 31);
	assert_false(conf_command(conf, "source 'exit 3|'", NULL, &error));
	assert_non_null(strstr(error->message, "status 3"));
}

static void backticks_give_their_first_line(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("set hostname=`printf 'a\\nb\\n'`\nset realname=\"`echo x y`\"");

	assert_string_equal(conf_settings(conf)->hostname, "a");
	assert_string_equal(conf_settings(conf)->realname, "x y");
}

static void without_a_shell_nothing_is_run_or_read(void **state)
{
	auto_ptr(conf) conf = conf_new(CONF_NO_SHELL);

	assert_true(conf_command(conf, "set hostname=x`echo y`", NULL, NULL));
	assert_string_equal(conf_settings(conf)->hostname, "x");
	assert_false(conf_command(conf, "source /etc/passwd", NULL, NULL));
	assert_false(conf_command(conf, "source 'echo|'", NULL, NULL));
}

static void endless_nesting_is_refused(void **state)
{
	g_autoptr(GString) line = g_string_new(NULL);
	auto_ptr(conf) conf = conf_new(0);

	for (int i = 0; i < 100; i++)
		g_string_append(line, "ifdef imap ");
	g_string_append(line, "set history=1");
	assert_false(conf_command(conf, line->str, NULL, NULL));
}

static void messages_go_to_the_user(void **state)
{
	auto_ptr(conf) conf = conf_of("setenv CUR_A b");
	static const struct {
		const char *line, *message;
	} cases[] = {
	    {"echo 'a b'", "a b"},
	    {"set history", "history=10"},
	    {"setenv ?CUR_A", "CUR_A=b"},
	    {"set header", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *message = NULL;

		assert_true(conf_command(conf, cases[i].line, &message, NULL));
		if (cases[i].message)
			assert_string_equal(message, cases[i].message);
		else
			assert_null(message);
	}
}

/* The personal file of cur comes before mutt's. */
static void the_files_are_found_in_their_order(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("conf-XXXXXX", NULL);
	g_autofree char *missing = g_build_filename(dir, "missing", NULL);
	auto_ptr(conf) conf = conf_new(0);
	g_auto(GStrv) paths = conf_search_path();
	g_autoptr(GError) error = NULL;

	assert_true(g_str_has_suffix(paths[0], "/cur/muttrc"));
	assert_true(g_str_has_suffix(paths[1], "/.muttrc"));
	assert_false(conf_load(conf, (const char *const[]){missing, NULL}, TRUE, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
	assert_true(conf_load(conf, (const char *const[]){"/dev/null", NULL}, TRUE, NULL));
	g_rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(problems_say_file_line_and_column),
	    cmocka_unit_test(nul_and_endless_lines_are_refused),
	    cmocka_unit_test(a_double_backslash_joins_lines_too),
	    cmocka_unit_test(latin1_is_read_when_it_is_named),
	    cmocka_unit_test(a_file_with_too_many_errors_is_given_up),
	    cmocka_unit_test(a_known_command_without_effect_is_noted),
	    cmocka_unit_test(sources_that_never_end_are_refused),
	    cmocka_unit_test(a_command_can_be_a_source),
	    cmocka_unit_test(backticks_give_their_first_line),
	    cmocka_unit_test(without_a_shell_nothing_is_run_or_read),
	    cmocka_unit_test(endless_nesting_is_refused),
	    cmocka_unit_test(messages_go_to_the_user),
	    cmocka_unit_test(the_files_are_found_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
