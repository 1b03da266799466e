/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts, mailbox names and the transport out of a muttrc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "muttrc.h"

/* "name url tls user login pass" of each account, a line each. */
static char *accounts_of(const char *text)
{
	static const char *const tls[] = {"implicit", "starttls", "plain"};
	auto_ptr(conf) conf = conf_of(text);
	g_autoptr(GPtrArray) accounts = conf_accounts(conf, NULL);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < accounts->len; i++) {
		const struct account *a = g_ptr_array_index(accounts, i);

		g_string_append_printf(out, "%s %s %u %s %s %s %s\n", a->name, a->url, a->port,
				       tls[a->tls], a->user, a->login, a->pass ? a->pass : "-");
	}
	return g_string_free(out, FALSE);
}

static void a_muttrc_is_an_account(void **state)
{
	static const struct {
		const char *muttrc, *accounts;
	} cases[] = {
	    {"set folder=imaps://me@Mail.X/ spoolfile=+INBOX imap_pass=p",
	     "me@mail.x imaps://me@mail.x 993 implicit me me p\n"},
	    {"set imap_user=me@x.org imap_pass=p folder=imap://h",
	     "me@x.org@h imap://me%40x.org@h 143 starttls me@x.org me@x.org p\n"},
	    {"set folder=imaps://me%40x.org:p%20w@h:1993/x imap_login=l imap_pass=other",
	     "me@x.org@h-1993 imaps://me%40x.org@h:1993 1993 implicit me@x.org l p w\n"},
	    {"set folder=imaps://a@h/\nmailboxes =x imaps://b@h/y imaps://a@h/z /local",
	     "a@h imaps://a@h 993 implicit a a -\nb@h imaps://b@h 993 implicit b b -\n"},
	    {"set pop_host=pops://u@h pop_pass=q", "pop-u@h pops://u@h 995 implicit u u q\n"},
	    {"set pop_host=h:1110 pop_user=u", "pop-u@h-1110 pop://u@h:1110 1110 starttls u u -\n"},
	    {"set folder=imaps://u@[::1]:9/", "u@::1-9 imaps://u@[::1]:9 9 implicit u u -\n"},
	    /* account-hook: each account has its own, and nothing is left behind */
	    {"set folder=imaps://a@h/ imap_pass=none\nmailboxes imaps://b@h/x\n"
	     "account-hook imaps://a@h 'set imap_pass=pa'\n"
	     "account-hook ^imaps://b@h2?/ 'set imap_pass=pb imap_login=lb'",
	     "a@h imaps://a@h 993 implicit a a pa\nb@h imaps://b@h 993 implicit b lb pb\n"},
	    {"set folder=imaps://h/\naccount-hook imaps://h 'set imap_user=hooked'",
	     "hooked@h imaps://hooked@h 993 implicit hooked hooked -\n"},
	    {"set folder=/mail spoolfile=/var/x", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *accounts = accounts_of(cases[i].muttrc);

		assert_string_equal(accounts, cases[i].accounts);
	}
}

/* P01, C08: plain text needs both variables and a host that is loopback or listed. */
static void encryption_is_hard_to_lose(void **state)
{
	static const struct {
		const char *settings;
		enum account_tls tls;
	} cases[] = {
	    {"set folder=imaps://u@h/", ACCOUNT_TLS_IMPLICIT},
	    {"set folder=imap://u@h/", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@h:993/", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@h/ ssl_starttls=no", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@h/ ssl_starttls=ask-no ssl_force_tls=no", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@h/ ssl_starttls=no ssl_force_tls=no", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@h/ ssl_starttls=no ssl_force_tls=no insecure_plaintext_hosts=a:H",
	     ACCOUNT_TLS_PLAIN},
	    {"set folder=imap://u@127.0.0.1/ ssl_starttls=no ssl_force_tls=no", ACCOUNT_TLS_PLAIN},
	    {"set folder=imap://u@127.0.0.1/", ACCOUNT_TLS_STARTTLS},
	    {"set folder=imap://u@127.mail.example/ ssl_starttls=no ssl_force_tls=no",
	     ACCOUNT_TLS_STARTTLS},
	    {"set folder=imaps://u@127.0.0.1/ ssl_starttls=no ssl_force_tls=no",
	     ACCOUNT_TLS_IMPLICIT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].settings);
		g_autoptr(GPtrArray) accounts = conf_accounts(conf, NULL);
		const struct account *a = g_ptr_array_index(accounts, 0);

		assert_int_equal(a->tls, cases[i].tls);
	}
}

static void bad_urls_are_problems(void **state)
{
	static const char *const urls[] = {
	    "imaps://",		"imaps://u@/x",	     "imaps://h:0/",
	    "imaps://h:99999/", "imaps://h:x/",	     "imaps://-oProxy/",
	    "imaps://a b/",	"imaps://u:pw/1@h/", "smtps://u?x:pw/1@h/"};

	for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
		auto_ptr(conf) conf = conf_new(0);
		g_autoptr(GError) error = NULL;

		assert_null(conf_account_of(conf, urls[i], &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
		/* D51: it is logged, and where a password ends is what went wrong. */
		assert_null(strstr(error->message, "pw"));
	}
}

static void mailbox_names_are_made_canonical(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
	    {"=Sent", "imaps://me@h/Sent"},
	    {"+Lists//a/", "imaps://me@h/Lists/a"},
	    {"=", "imaps://me@h/INBOX"},
	    {"=inbox", "imaps://me@h/INBOX"},
	    {"inbox", "imaps://me@h/INBOX"},
	    {"!", "imaps://me@h/INBOX"},
	    {"imaps://me:pw@H", "imaps://me@h/INBOX"},
	    {"imaps://me@h/My%20Folder", "imaps://me@h/My Folder"},
	    {"imaps://me@h/100%", "imaps://me@h/100%"},
	    {"imaps://x@other/a", "imaps://x@other/a"},
	    {"^", "imaps://me@h/Now"},
	    {"-", "imaps://me@h/Before"},
	    {"!!", "imaps://me@h/Before"},
	    {"<", "imaps://me@h/Sent"},
	    {"@bob", "imaps://me@h/bobby"},
	    {"/abs/./x/../y/", "/abs/y"},
	};
	auto_ptr(conf) conf = conf_of("set folder=imaps://me@h/ spoolfile=+ record=+Sent\n"
				      "alias bob Bob <bobby@x>");

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = conf_resolve_mailbox(
		    conf, cases[i].text, "imaps://me@h/Now", "imaps://me@h/Before", NULL);
		g_autofree char *again = conf_resolve_mailbox(conf, name, NULL, NULL, NULL);

		assert_string_equal(name, cases[i].name);
		assert_string_equal(again, name);
	}
}

static void a_shortcut_for_nothing_is_an_error(void **state)
{
	static const char *const texts[] = {"^", "-", "!!", "@nobody", ""};
	auto_ptr(conf) conf = conf_new(0);

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_null(conf_resolve_mailbox(conf, texts[i], NULL, NULL, NULL));
}

static void screens_show_short_names(void **state)
{
	static const struct {
		const char *folder, *name, *shown;
	} cases[] = {
	    {"imaps://me@h/", "imaps://me@h/Lists/a", "=Lists/a"},
	    {"imaps://me@h", "imaps://me@h/INBOX", "=INBOX"},
	    {"imaps://me@h/top", "imaps://me@h/top/x", "=x"},
	    {"imaps://me@h", "imaps://me@other/x", "imaps://me@other/x"},
	    {"/m", "/m/x", "=x"},
	    {"/m", "/mx", "/mx"},
	    {"/m", "/m", "/m"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *line = g_strconcat("set folder=", cases[i].folder, NULL);
		auto_ptr(conf) conf = conf_of(line);
		g_autofree char *shown = conf_mailbox_display(conf, cases[i].name);

		assert_string_equal(shown, cases[i].shown);
	}
}

static void mail_leaves_by_smtp_or_sendmail(void **state)
{
	static const struct {
		const char *settings, *line;
	} cases[] = {
	    {"set smtp_url=smtps://u@H/ smtp_pass=p", "smtps://u@h:465"},
	    {"set smtp_url=smtp://u%40x:pw@h:587", "smtp://u%40x@h:587"},
	    {"set smtp_url=smtp://h", "smtp://h:25"},
	    {"set smtp_url='' sendmail='/bin/msmtp -a x'", "sendmail:/bin/msmtp -a x"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(conf) conf = conf_of(cases[i].settings);
		auto_ptr(transport) t = conf_transport(conf, NULL);
		auto_ptr(transport) again = NULL;

		assert_string_equal(t->outbox, cases[i].line);
		again = conf_transport_of(conf, t->outbox, NULL);
		assert_string_equal(again->outbox, cases[i].line);
		if (t->smtp)
			assert_true(!g_strcmp0(t->smtp->pass, again->smtp->pass));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_muttrc_is_an_account),
	    cmocka_unit_test(encryption_is_hard_to_lose),
	    cmocka_unit_test(bad_urls_are_problems),
	    cmocka_unit_test(mailbox_names_are_made_canonical),
	    cmocka_unit_test(a_shortcut_for_nothing_is_an_error),
	    cmocka_unit_test(screens_show_short_names),
	    cmocka_unit_test(mail_leaves_by_smtp_or_sendmail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
