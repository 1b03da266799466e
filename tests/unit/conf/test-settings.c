/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set, unset, toggle, reset and questions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/dump.h"
#include "muttrc.h"

/* Commands that work, then what `set ?name` says. */
static void values_are_what_mutt_makes_of_them(void **state)
{
	static const struct {
		const char *command, *name, *value;
	} cases[] = {
	    {"set header", "header", "header=yes"},
	    {"set noheader", "header", "header=no"},
	    {"set invheader", "header", "header=yes"},
	    {"toggle header", "header", "header=yes"},
	    {"set header; unset header", "header", "header=no"},
	    {"set header=YES", "header", "header=yes"},
	    {"set header = on", "header", "header=yes"},
	    {"set header noinclude history=3", "include", "include=no"},
	    {"set header noinclude history=3", "history", "history=3"},
	    {"set include", "include", "include=yes"},
	    {"set include=Ask-Yes invinclude", "include", "include=ask-no"},
	    {"toggle include", "include", "include=ask-no"},
	    {"set history=010", "history", "history=10"},
	    {"set history=5 history+=3", "history", "history=8"},
	    {"set history=5 history-=7", "history", "history=-2"},
	    {"unset history", "history", "history=10"},
	    {"set history=5 &history", "history", "history=10"},
	    {"set history=5; reset history", "history", "history=10"},
	    {"set history=5; reset all", "history", "history=10"},
	    {"set hostname=", "hostname", "hostname=\"\""},
	    {"set hostname=a hostname+=b", "hostname", "hostname=\"ab\""},
	    {"set nohostname", "hostname", "hostname=\"\""},
	    {"set sort=reverse-last-date-received", "sort", "sort=reverse-last-date-received"},
	    {"set sort=mailbox-order", "sort", "sort=unsorted"},
	    {"set sort=Threads sort_aux=last-date-sent", "sort_aux", "sort_aux=last-date"},
	    {"set sort_aux=threads", "sort_aux", "sort_aux=date"},
	    {"set hidden_tags=a,b hidden_tags+=c hidden_tags-=a", "hidden_tags",
	     "hidden_tags=\"b,c\""},
	    {"set send_charset=a:b send_charset+=a", "send_charset", "send_charset=\"b:a\""},
	    {"set mask=!^x", "mask", "mask=\"!^x\""},
	    {"set use_threads=reverse", "use_threads", "use_threads=reverse"},
	    {"set spool_file=/x", "spoolfile", "spoolfile=\"/x\""}, /* a synonym */
	    {"set my_a=1 my_a+=2", "my_a", "my_a=\"12\""},
	    {"set my_a='x y' hostname=\"$my_a z\"", "hostname", "hostname=\"x y z\""},
	    {"set folder=/m record=+sent folder=/n", "record", "record=\"/m/sent\""},
	    {"set folder=imaps://h/ record==Sent", "record", "record=\"imaps://h/Sent\""},
	    {"set folder=imaps://h record=+Sent", "record", "record=\"imaps://h/Sent\""},
	    {"set spoolfile=/s mbox=!", "mbox", "mbox=\"/s\""},
	    {"set signature='fortune|'", "signature", "signature=\"fortune|\""},
	    {"set signature=/a/../b//c", "signature", "signature=\"/b/c\""},
	    {"set indent_string=\"a b\"", "indent_string", "indent_string=\"a b\""},
	    {"ifdef imap 'set indent_string=\"a b\"'", "indent_string", "indent_string=\"a b\""},
	    {"ifdef nosuch set history=1; set history=2", "history", "history=2"},
	    {"ifndef nosuch set history=7", "history", "history=7"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].command);
		g_autofree char *line = g_strconcat("set ?", cases[i].name, NULL);
		g_autofree char *message = NULL;

		assert_true(conf_command(conf, line, &message, NULL));
		assert_string_equal(message, cases[i].value);
	}
}

static void bad_values_leave_the_old_one_and_say_why(void **state)
{
	static const struct {
		const char *command, *words;
	} cases[] = {
	    {"set header=maybe", "yes or no"},
	    {"set include=maybe", "ask-yes"},
	    {"set history=0x10", "a number"},
	    {"set history=5x", "a number"},
	    {"set history=99999999999999999999", "out of range"},
	    {"set sort=last-reverse-date", "no value for sort"},
	    {"set sort=count", "no value for sort"},
	    {"set mask=(", "'('"},
	    {"set header+=x", "does not take +="},
	    {"set hostname-=x", "does not take -="},
	    {"set idnex_format=x", "did you mean 'index_format'?"},
	    {"set noheadr", "'headr' (did you mean 'header'?)"},
	    {"set nomyvar_x", "unknown variable"},
	    {"unset header=yes", "takes no value"},
	    {"set ?header header", "too many arguments"},
	    {"set my_nothing", "unknown variable"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_new(0);
		g_autofree char *before = conf_dump(conf, 0);
		g_autofree char *after = NULL;
		g_autoptr(GError) error = NULL;

		assert_false(conf_command(conf, cases[i].command, NULL, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
		assert_non_null(strstr(error->message, cases[i].words));
		after = conf_dump(conf, 0);
		if (!strstr(cases[i].command, "unset"))
			assert_string_equal(before, after);
	}
}

static void typed_fields_hold_the_values(void **state)
{
	auto_ptr(conf) conf = conf_of("set sort=reverse-threads delete=ask-no mask='!x' timeout=9");
	const struct settings *s = conf_settings(conf);

	assert_int_equal(s->sort, SORT_THREADS | SORT_REVERSE);
	assert_int_equal(s->delete, QUAD_ASK_NO);
	assert_int_equal(s->timeout, 9);
	assert_true(s->mask.negated);
	assert_true(regex_match(s->mask.re, "x", -1));
	assert_int_equal(s->sort_browser, SORT_ALPHA);
	assert_non_null(s->reply_regexp.re);
}

/* Every row has a default that its own parser takes. */
static void all_defaults_are_valid(void **state)
{
	auto_ptr(settings) s = settings_new();
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++) {
		g_autofree char *text = settings_text(s, v);
		g_autoptr(GError) error = NULL;

		if (!settings_set(s, v, text, &error))
			fail_msg("%s: %s", v->name, error->message);
		assert_true(settings_is_default(s, v));
		assert_false(g_str_has_prefix(v->name, "no") || g_str_has_prefix(v->name, "inv"));
		if (v->state != STATE_LATER)
			assert_true(*v->help);
	}
}

static void synonyms_have_targets(void **state)
{
	const struct variable *target;

	for (guint i = 0; variable_synonym_at(i, &target); i++)
		if (!target)
			fail_msg("%s has no target", variable_synonym_at(i, NULL));
}

/* A dump is a muttrc: read again it gives the same dump. */
static void a_dump_can_be_read_again(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("set folder=/m index_format=\"%s \\\"x\\\" $\" my_x='`y`' mask='!z'");
	auto_ptr(conf) again = conf_new(0);
	g_autofree char *dump = conf_dump(conf, 0);
	g_autofree char *dump_again = NULL;
	g_autofree char *problems = problems_of(again, dump, -1);

	assert_string_equal(problems, "");
	dump_again = conf_dump(again, 0);
	assert_string_equal(dump, dump_again);
}

static void secrets_are_hidden_when_asked(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("set imap_pass=secret1 smtp_url=smtps://u:secret2@h/ "
		    "spoolfile=imaps://u:sec/ret3@h/ record=imaps://u:s@secret4@h:x/ "
		    "my_pass=secret5");
	g_autofree char *dump = conf_dump(conf, DUMP_HIDE_SECRETS | DUMP_CHANGED);

	assert_null(strstr(dump, "sec"));
	assert_null(strstr(dump, "ret3"));
	assert_non_null(strstr(dump, "set my_pass=\"***\""));
	assert_non_null(strstr(dump, "set spoolfile=\"imaps://u@h/\""));
	assert_non_null(strstr(dump, "set imap_pass=\"***\""));
	assert_non_null(strstr(dump, "smtps://u@h/"));
}

static void a_wrong_name_is_answered_with_the_nearest(void **state)
{
	auto_ptr(conf) conf = conf_new(0);
	g_autoptr(GError) error = NULL;
	g_autofree char *good = conf_query(conf, "history", 0, NULL);

	assert_string_equal(good, "history=10");
	assert_null(conf_query(conf, "histroy", 0, &error));
	assert_non_null(strstr(error->message, "'history'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_what_mutt_makes_of_them),
	    cmocka_unit_test(bad_values_leave_the_old_one_and_say_why),
	    cmocka_unit_test(typed_fields_hold_the_values),
	    cmocka_unit_test(all_defaults_are_valid),
	    cmocka_unit_test(synonyms_have_targets),
	    cmocka_unit_test(a_dump_can_be_read_again),
	    cmocka_unit_test(secrets_are_hidden_when_asked),
	    cmocka_unit_test(a_wrong_name_is_answered_with_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
