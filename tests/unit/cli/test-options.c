/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, by mutt's rules and by sendmail's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cur/base/error.h"
#include "cur/cli/options.h"

/* "cur <line>", words at blanks, as typed with standard input on a terminal or not. */
static struct options *parse(const char *line, gboolean tty, GError **error)
{
	g_autofree char *all = g_strconcat("cur ", line, NULL);
	g_auto(GStrv) words = g_strsplit(g_strchomp(all), " ", -1);

	return options_parse((int)g_strv_length(words), words, tty, error);
}

static void append_list(GString *out, const char *name, const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(out, "%s=%s ", name, (char *)list->pdata[i]);
}

static void append_string(GString *out, const char *name, const char *text)
{
	if (text)
		g_string_append_printf(out, "%s=%s ", name, text);
}

/* What was understood, as text. */
static char *describe(const struct options *o)
{
	static const char *const modes[] = {"interface", "command", "batch", "info"};
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s ", modes[o->mode]);
	append_string(out, "command", o->command);
	append_list(out, "argument", o->arguments);
	append_string(out, "rc", o->muttrc);
	append_list(out, "e", o->commands);
	append_string(out, "mailbox", o->mailbox);
	append_string(out, "subject", o->subject);
	append_list(out, "attach", o->attach);
	append_list(out, "cc", o->cc);
	append_list(out, "bcc", o->bcc);
	append_string(out, "draft", o->draft);
	append_string(out, "include", o->include);
	append_string(out, "sender", o->sender);
	append_list(out, "to", o->to);
	append_list(out, "query", o->query);
	append_list(out, "alias", o->alias);
	if (o->sendmail)
		g_string_append(out, "-t ");
	if (o->sendmail && o->no_system)
		g_string_append(out, "-n ");
	return g_strchomp(g_string_free(out, FALSE));
}

static void command_lines_are_understood_as_mutt_does(void **state)
{
	static const struct {
		const char *line;
		gboolean tty;
		const char *means;
	} cases[] = {
	    {"", TRUE, "interface"},
	    {"-f =x -R", TRUE, "interface mailbox==x"},
	    {"-f=x -yz", TRUE, "interface mailbox==x"},
	    {"a@b", TRUE, "interface to=a@b"},
	    {"a@b", FALSE, "batch to=a@b"},
	    {"-s hi a@b c@d", FALSE, "batch subject=hi to=a@b to=c@d"},
	    {"a@b -s hi", FALSE, "batch subject=hi to=a@b"},
	    {"-a f g -- a@b", FALSE, "batch attach=f attach=g to=a@b"},
	    {"-a f -s hi a@b", FALSE, "batch subject=hi attach=f to=a@b"},
	    {"-c x -b y -H d -i t -- z", FALSE, "batch cc=x bcc=y draft=d include=t to=z"},
	    {"-H - ", FALSE, "batch draft=-"},
	    {"-F rc -e cmd -nd3 list -x", FALSE, "command command=list argument=-x rc=rc e=cmd"},
	    {"-- list", FALSE, "batch to=list"},
	    {"-s list a@b", FALSE, "batch subject=list to=a@b"},
	    {"-- -s", FALSE, "batch to=-s"},
	    {"-Q a b", TRUE, "info query=a query=b"},
	    {"-A a", TRUE, "info alias=a"},
	    {"-D", FALSE, "info"},
	    {"-t", FALSE, "batch -t"},
	    {"-oi -t -f me@h", FALSE, "batch sender=me@h -t"},
	    {"-i -f me@h -t -- a@b", FALSE, "batch sender=me@h to=a@b -t"},
	    {"-s -t a@b", FALSE, "batch subject=-t to=a@b"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(options) o = parse(cases[i].line, cases[i].tty, NULL);
		g_autofree char *means = o ? describe(o) : NULL;

		assert_non_null(o);
		assert_string_equal(means, cases[i].means);
	}
}

static void what_is_not_understood_is_a_usage_error(void **state)
{
	/* C09 */
	static const struct {
		const char *line, *why;
	} cases[] = {
	    {"-W", "unknown option '-W'"},
	    {"--nonsense", "unknown option '--nonsense'"},
	    {"-s", "option -s needs an argument"},
	    {"-d x", "option -d takes a level from 0 to 5"},
	    {"a\nBcc:x@y", "a recipient has a line end"},
	    {"-s a\nb c", "the subject has a line end"},
	    {"mailto:a@b c@d", "a mailto: link stands alone, without other recipients"},
	    {"-t -W", "unknown option '-W'"},
	    {"-E -H draft", "option -E is not for cur: the file of -H or -i stays as it is, what "
			    "becomes of it is sent or postponed"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(parse(cases[i].line, FALSE, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
		assert_string_equal(error->message, cases[i].why);
	}
}

/* cron calls "sendmail -FCronDaemon -i -oem user": a name and a manner, no configuration. */
static void a_program_called_sendmail_reads_its_options_as_sendmail_does(void **state)
{
	static const struct {
		const char *line, *means;
	} cases[] = {
	    {"/usr/sbin/sendmail -FCronDaemon -i -B8BITMIME -oem root", "batch to=root"},
	    {"sendmail -F name -em -n -t", "batch -t"},
	    {"cur -n -F rc -e cmd -t", "batch rc=rc e=cmd -t -n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) words = g_strsplit(cases[i].line, " ", -1);
		auto_ptr(options) o = options_parse((int)g_strv_length(words), words, FALSE, NULL);
		g_autofree char *means = o ? describe(o) : NULL;

		assert_non_null(o);
		assert_string_equal(means, cases[i].means);
	}
}

static void the_engine_gets_our_configuration(void **state)
{
	auto_ptr(options) o = parse("-n -F /rc -e one -e two", TRUE, NULL);
	g_auto(GStrv) args = options_engine_args(o);
	g_autofree char *line = g_strjoinv(" ", args);

	assert_string_equal(line, "-n -F /rc -e one -e two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(command_lines_are_understood_as_mutt_does),
	    cmocka_unit_test(what_is_not_understood_is_a_usage_error),
	    cmocka_unit_test(a_program_called_sendmail_reads_its_options_as_sendmail_does),
	    cmocka_unit_test(the_engine_gets_our_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
