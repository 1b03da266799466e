/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `account` command: what it stands for, and what is wrong with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/conf/accounts.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "muttrc.h"

static const char two_accounts[] =
    "account home imap=imaps://imap.x smtp=smtps://smtp.x user=anna@x.org "
    "pass_command='pass show home' identities='a@x.org, A. M. <am@x.org>' archive=Old spam=Junk\n"
    "account work imap=imap://am@w.example:1143 smtp=smtp://w.example:587 user=mailer "
    "oauth_command=token from='Anna Müller <am@w.example>' realname='Dr. M' sent='Sent Items' "
    "trash=''";

static char *values_in(struct conf *conf, const char *mailbox, const char *const *names)
{
	GString *out = g_string_new(NULL);

	assert_true(conf_run_folder_hooks(conf, mailbox, NULL));
	for (; *names; names++) {
		g_autofree char *value = conf_lookup(conf, *names);

		g_string_append_printf(out, "%s%s", out->len ? "|" : "", value);
	}
	return g_string_free(out, FALSE);
}

static void the_first_holds_at_once_and_each_where_one_is(void **state)
{
	static const char *const names[] = {"from",   "record",	  "trash",	  "archive",
					    "junk",   "smtp_url", "reverse_name", "realname",
					    "folder", NULL};
	static const char home[] =
	    "anna@x.org|imaps://anna%40x.org@imap.x/Sent|imaps://anna%40x.org@imap.x/Trash|"
	    "imaps://anna%40x.org@imap.x/Old|imaps://anna%40x.org@imap.x/Junk|"
	    "smtps://anna%40x.org@smtp.x/|yes|Before|imaps://anna%40x.org@imap.x/";
	static const char work[] =
	    "Anna Müller <am@w.example>|imap://am@w.example:1143/Sent Items||||"
	    "smtp://mailer@w.example:587/|no|Dr. M|imap://am@w.example:1143/";
	g_autofree char *text = g_strconcat("set realname=Before\n", two_accounts, NULL);
	auto_ptr(conf) conf = conf_of(text);
	g_autofree char *first = values_in(conf, "/elsewhere", names);
	g_autofree char *second = values_in(conf, "imap://am@w.example:1143/x", names);
	g_autofree char *third = values_in(conf, "imaps://anna%40x.org@imap.x/INBOX", names);

	assert_string_equal(first, home);
	assert_string_equal(second, work);
	assert_string_equal(third, home);
}

static void each_server_gets_its_own_secret(void **state)
{
	static const char *const ways[][2] = {{"smtps://anna%40x.org@smtp.x:465", "pass show home"},
					      {"smtp://mailer@w.example:587", ""}};
	auto_ptr(conf) conf = conf_of(two_accounts);
	g_autoptr(GPtrArray) accounts = conf_accounts(conf, NULL);
	const struct account *home = g_ptr_array_index(accounts, 0);
	const struct account *work = g_ptr_array_index(accounts, 1);

	assert_int_equal(accounts->len, 2);
	assert_string_equal(home->name, "anna@x.org@imap.x");
	assert_string_equal(home->pass_command, "pass show home");
	assert_string_equal(home->oauth_refresh_command, "");
	assert_string_equal(work->name, "am@w.example-1143");
	assert_string_equal(work->pass_command, "");
	assert_string_equal(work->oauth_refresh_command, "token");
	for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
		auto_ptr(transport) t = conf_transport_of(conf, ways[i][0], NULL);

		assert_non_null(t);
		assert_string_equal(t->smtp->pass_command, ways[i][1]);
		assert_string_equal(t->smtp->oauth_refresh_command, i ? "token" : "");
	}
	/* What a hook gave to one is nobody else's. */
	assert_string_equal(conf_settings(conf)->imap_pass_command, "");
}

static void what_it_stands_for_makes_the_same_again(void **state)
{
	static const char *const names[] = {"folder",	"from",	    "record",
					    "smtp_url", "realname", NULL};
	static const char *const mailboxes[] = {"imap://am@w.example:1143/x",
						"imaps://anna%40x.org@imap.x/INBOX"};
	auto_ptr(conf) conf = conf_of(two_accounts);
	g_autofree char *lines = conf_account_blocks(conf);
	auto_ptr(conf) again = conf_of(lines);

	for (int type = 0; type < HOOK_N; type++)
		assert_int_equal(conf_hooks(conf, type)->len, conf_hooks(again, type)->len);
	for (guint i = 0; i < G_N_ELEMENTS(mailboxes); i++) {
		g_autofree char *first = values_in(conf, mailboxes[i], names);
		g_autofree char *second = values_in(again, mailboxes[i], names);

		assert_string_equal(first, second);
	}
	assert_true(conf_is_alternate(again, "am@x.org"));
	assert_true(conf_is_alternate(again, "am@w.example"));
	assert_false(conf_is_alternate(again, "sam@w.example"));
	assert_int_equal(conf_mailboxes(again)->len, 2);
}

/* Nothing of a block with a mistake holds. */
static void a_mistake_is_told_at_its_place(void **state)
{
	static const struct {
		const char *line, *problem;
	} cases[] = {
	    {"account work", "F:1:9: there is no account 'work'\n"},
	    {"account imap=imaps://h", "F:1:9: an account has a name first: account NAME imap=…\n"},
	    {"account a imp=imaps://h", "F:1:11: an account has no 'imp' (did you mean 'imap'?)\n"},
	    {"account a imap imaps://h", "F:1:11: imap wants a value: imap=…\n"},
	    {"account a user=x",
	     "F:1:16: account a: where its mail is says imap=, pop= or folder=\n"},
	    {"account a imap=h",
	     "F:1:16: imap: 'h': not a URL of a mail server (imaps://HOST or imap://HOST)\n"},
	    {"account a imap=smtp://h",
	     "F:1:16: imap: 'smtp://h' is another kind of server (imaps://HOST or imap://HOST)\n"},
	    {"account a imap=imaps://u:geheim@h:x",
	     "F:1:16: imap: 'imaps://u@h:x': what follows the host in the URL of a server is no "
	     "port "
	     "(a '/' in its password is written %2F) (imaps://HOST or imap://HOST)\n"},
	    {"account a folder=~/a from=nobody", "F:1:27: from: 'nobody' is not an address\n"},
	    {"account a folder=~/a identities='a@x, b'",
	     "F:1:33: identities: 'a@x, b' is not a list of addresses\n"},
	    {"account a imap=imaps://h sent=S record=T", "F:1:40: sent is given twice\n"},
	    {"account a imap=imaps://h folder=~/x",
	     "F:1:33: account a: imap= and folder= exclude each other\n"},
	    {"account a folder=~/x\naccount a folder=~/y",
	     "F:2:9: there is an account 'a' already\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_new(0);
		g_autofree char *problems = problems_of(conf, cases[i].line, -1);

		assert_string_equal(problems, cases[i].problem);
		assert_true(i == G_N_ELEMENTS(cases) - 1 || !conf_mailboxes(conf)->len);
	}
}

static void a_password_is_not_shown(void **state)
{
	static const char *const texts[] = {"account a imap=imaps://u:geheim@h",
					    "account a imap=imaps://u@h pass=geheim"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		auto_ptr(conf) conf = conf_of(texts[i]);
		g_autofree char *shown = conf_account_blocks(conf);
		auto_ptr(account) a = conf_account_of(conf, "imaps://u@h/INBOX", NULL);

		assert_string_equal(a->pass, "geheim");
		assert_null(strstr(shown, "geheim"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_holds_at_once_and_each_where_one_is),
	    cmocka_unit_test(each_server_gets_its_own_secret),
	    cmocka_unit_test(what_it_stands_for_makes_the_same_again),
	    cmocka_unit_test(a_mistake_is_told_at_its_place),
	    cmocka_unit_test(a_password_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
