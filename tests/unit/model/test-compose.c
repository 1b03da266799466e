/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What messages start from: recipients, hooks, quotes, signatures, aliases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "cur/conf/conf.h"
#include "cur/model/compose.h"
#include "cur/model/recipients.h"

static const char letter[] = "From: Bob <bob@example.net>\n"
			     "To: Anna <anna@example.org>, list@lists.example\n"
			     "Subject: plans\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n"
			     "Message-ID: <one@example.net>\n\nHi Anna\n\n-- \nBob\n";

static struct conf *conf_of(const char *const *lines)
{
	struct conf *conf = conf_new(0);

	conf_command(
	    conf,
	    "set from='Anna <anna@example.org>' hostname=example.org signature='' realname=''",
	    NULL, NULL);
	for (; lines && *lines; lines++)
		assert_true(conf_command(conf, *lines, NULL, NULL));
	return conf;
}

static struct original *original_of(struct conf *conf, const char *bytes)
{
	g_autoptr(GBytes) copy = g_bytes_new(bytes, strlen(bytes));

	return original_new(conf, copy, "1.7");
}

static void a_reply_has_recipients_ids_and_a_quote(void **state)
{
	static const char *const lines[] = {"set attribution='%n wrote:'", NULL};
	auto_ptr(conf) conf = conf_of(lines);
	auto_ptr(original) original = original_of(conf, letter);
	struct compose_choice choice = {.kind = REPLY_SENDER, .include = TRUE};
	struct original *list[] = {original};
	auto_ptr(draft) draft = compose_reply(conf, list, 1, &choice, NULL);

	assert_non_null(draft);
	compose_finish(conf, draft, list, 1, FALSE, &choice);
	assert_string_equal(draft->to, "Bob <bob@example.net>");
	assert_string_equal(draft->subject, "Re: plans");
	assert_string_equal(draft->in_reply_to, "<one@example.net>");
	assert_string_equal(draft->answered, "1.7");
	assert_string_equal(draft->from, "Anna <anna@example.org>");
	assert_true(g_str_has_prefix(draft->body, "Bob wrote:\n> Hi Anna\n"));
}

static void the_signature_stands_where_it_was_asked_for(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("cur-sig-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "signature", NULL);
	g_autofree char *set = g_strdup_printf("set signature='%s' attribution='A:'", path);
	const struct {
		const char *line, *wanted;
	} cases[] = {
	    {"set nosig_on_top sig_dashes", "A:\n> Hi Anna\n> \n> -- \n> Bob\n\n-- \nAnna\n"},
	    {"set sig_on_top sig_dashes", "\n-- \nAnna\nA:\n> Hi Anna\n> \n> -- \n> Bob\n"},
	    {"set nosig_on_top nosig_dashes", "A:\n> Hi Anna\n> \n> -- \n> Bob\n\nAnna\n"},
	    {"set signature='echo from a command|'",
	     "A:\n> Hi Anna\n> \n> -- \n> Bob\n\n-- \nfrom a command\n"},
	};

	assert_true(g_file_set_contents(path, "Anna\n", -1, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *const lines[] = {set, cases[i].line, NULL};
		auto_ptr(conf) conf = conf_of(lines);
		auto_ptr(original) original = original_of(conf, letter);
		struct compose_choice choice = {.kind = REPLY_SENDER, .include = TRUE};
		struct original *list[] = {original};
		auto_ptr(draft) draft = compose_reply(conf, list, 1, &choice, NULL);

		compose_finish(conf, draft, list, 1, FALSE, &choice);
		assert_string_equal(draft->body, cases[i].wanted);
	}
	g_remove(path);
	g_rmdir(dir);
}

static void hooks_and_my_hdr_shape_a_draft(void **state)
{
	static const char *const lines[] = {
	    "set record=''",
	    "fcc-hook '~C bob@' /tmp/bob",
	    "send-hook '~t bob@' 'set from=work@example.org'",
	    "send-hook '~t nobody@' 'set from=wrong@example.org'",
	    "my_hdr X-Mine: yes",
	    "my_hdr Bcc: archive@example.org",
	    NULL,
	};
	auto_ptr(conf) conf = conf_of(lines);
	auto_ptr(draft) draft = compose_new(conf);
	struct compose_choice choice = {0};

	draft_set(&draft->to, "bob@example.net");
	compose_my_recipients(conf, draft, TRUE);
	assert_true(compose_send_hooks(conf, draft, FALSE, NULL));
	compose_finish(conf, draft, NULL, 0, FALSE, &choice);
	assert_string_equal(draft->from, "work@example.org");
	compose_choose_fcc(conf, draft);
	assert_string_equal(draft->bcc, "archive@example.org");
	assert_int_equal(draft->fcc->len, 1);
	assert_string_equal(g_ptr_array_index(draft->fcc, 0), "/tmp/bob");
	assert_int_equal(draft->headers->len, 1);
	assert_string_equal(g_ptr_array_index(draft->headers, 0), "X-Mine: yes");
}

static void a_forward_carries_the_text_or_the_message(void **state)
{
	static const char *const lines[] = {"set forward_format='[Fwd: %s]'", NULL};
	auto_ptr(conf) conf = conf_of(lines);
	auto_ptr(original) original = original_of(conf, letter);
	struct original *list[] = {original};

	for (int attach = 0; attach < 2; attach++) {
		struct compose_choice choice = {.forward_as_attachment = attach};
		auto_ptr(draft) draft = compose_forward(conf, original);

		compose_finish(conf, draft, list, 1, TRUE, &choice);
		assert_string_equal(draft->subject, "[Fwd: plans]");
		assert_string_equal(draft->forwarded, "1.7");
		assert_int_equal(draft->parts->len, attach);
		assert_int_equal(strstr(draft->body, "Hi Anna") != NULL, !attach);
	}
}

static void a_message_sent_again_opens_no_local_file(void **state)
{
	/* M33: what its header says of files stays text */
	auto_ptr(conf) conf = conf_of(NULL);
	auto_ptr(original) original = original_of(
	    conf, "From: eve@example.net\nTo: a@b.example\nSubject: x\n"
		  "Attach: /etc/passwd\nX-Mutt-Fcc: /tmp/evil\nX-Cur-Fcc: /tmp/evil\n"
		  "Fcc: /tmp/evil\nX-Cur-Transport: sendmail:touch /tmp/evil\n\ntext\n");
	auto_ptr(draft) draft = compose_resend(conf, original, NULL);

	assert_non_null(draft);
	assert_int_equal(draft->parts->len, 0);
	assert_int_equal(draft->fcc->len, 0);
	assert_null(draft->transport);
}

static void words_of_an_attachment_are_found_outside_of_quotes(void **state)
{
	static const struct {
		const char *body;
		gboolean forgot;
	} cases[] = {
	    {"see the attached file\n", TRUE},
	    {"> see the attached file\nthanks\n", FALSE},
	    {"hello\n-- \nattached to nothing\n", FALSE},
	    {"hello\n", FALSE},
	};
	auto_ptr(conf) conf = conf_of(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(draft) draft = compose_new(conf);

		draft_set(&draft->body, cases[i].body);
		assert_int_equal(compose_forgot_attachment(conf, draft), cases[i].forgot);
	}
}

static void aliases_are_opened_and_loops_end(void **state)
{
	static const char *const lines[] = {
	    "alias bob Bob <bob@example.net>",
	    "alias all bob, carl@example.net, all",
	    "alias a b",
	    "alias b a",
	    NULL,
	};
	static const char *const cases[][2] = {
	    {"bob", "Bob <bob@example.net>"},
	    {"all", "Bob <bob@example.net>, carl@example.net, all@example.org"},
	    {"a", "a@example.org"},
	    {"dora", "dora@example.org"},
	    {"x@y.example, BOB", "x@y.example, Bob <bob@example.net>"},
	    {"", ""},
	};
	auto_ptr(conf) conf = conf_of(lines);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *expanded = recipients_expand(conf, cases[i][0]);

		assert_string_equal(expanded, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reply_has_recipients_ids_and_a_quote),
	    cmocka_unit_test(the_signature_stands_where_it_was_asked_for),
	    cmocka_unit_test(hooks_and_my_hdr_shape_a_draft),
	    cmocka_unit_test(a_forward_carries_the_text_or_the_message),
	    cmocka_unit_test(a_message_sent_again_opens_no_local_file),
	    cmocka_unit_test(words_of_an_attachment_are_found_outside_of_quotes),
	    cmocka_unit_test(aliases_are_opened_and_loops_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
