/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailto: links of web pages, friendly and not (C10, C11, C12); bounces and forwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/bounce.h"
#include "cur/mail/forward.h"
#include "cur/mail/mailto.h"

static void links_fill_a_draft(void **state)
{
	auto_ptr(draft) d = mailto_parse("MAILTO:a@b,%22c%2Cd%22@e?subject=caf%C3%A9%20&cc=f@g&"
					 "to=h@i&body=one%0D%0Atwo&in-reply-to=%3Cx@y%3E#part",
					 NULL, NULL, NULL);

	assert_string_equal(d->to, "a@b,\"c,d\"@e, h@i");
	assert_string_equal(d->cc, "f@g");
	assert_string_equal(d->subject, "café");
	assert_string_equal(d->body, "one\ntwo");
	assert_string_equal(d->in_reply_to, "<x@y>");
}

/* C10 */
static void a_link_names_no_file_and_no_hidden_recipient(void **state)
{
	static const char *const allow_all[] = {"attach", "fcc", "bcc", "x-y", "body", NULL};
	static const char link[] = "mailto:a@b?attach=/etc/passwd&attachment=/x&bcc=c@d&"
				   "fcc=/etc/x&x-y=z&body=%0aAttach: y&from=boss@b&reply-to=q@q";
	g_autoptr(GPtrArray) ignored = NULL, ignored2 = NULL;
	auto_ptr(draft) d = mailto_parse(link, NULL, &ignored, NULL);
	auto_ptr(draft) e = mailto_parse(link, allow_all, &ignored2, NULL);

	assert_int_equal(ignored->len, 7);
	assert_null(d->bcc);
	assert_null(d->from);
	assert_int_equal(d->parts->len + d->fcc->len + d->headers->len, 0);
	assert_string_equal(d->body, "\nAttach: y");
	assert_string_equal(e->bcc, "c@d"); /* allowed by the user, shown in the compose menu */
	assert_int_equal(e->parts->len + e->fcc->len + e->headers->len, 0);
	assert_int_equal(ignored2->len, 6);
}

/* C11 */
static void links_that_want_more_than_they_may_are_refused(void **state)
{
	static const char *const bad[] = {
	    "mailto:a%00@b",	      "mailto:a@b%0d%0aBcc: x@y", "mailto:a@b?subject=x%0ABcc:%20y",
	    "mailto:a@b?cc=%0A",      "mailto:a%C0%AF@b",	  "mailto:a@b?body=%FF",
	    "mailto:a@b?subject=%4",  "mailto:a@b?body=%zz",	  "http://a@b",
	    "mailto:a@b?sub%0aject=x"};
	g_autofree char *big = g_strnfill(1 << 20, 'a');
	g_autofree char *long_link = g_strconcat("mailto:", big, NULL);
	g_autoptr(GString) many = g_string_new("mailto:");

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		print_message("%s\n", bad[i]);
		assert_null(mailto_parse(bad[i], NULL, NULL, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
	}
	assert_null(mailto_parse(long_link, NULL, NULL, NULL));
	for (int i = 0; i < 10000; i++)
		g_string_append_printf(many, "a%d@b,", i);
	assert_null(mailto_parse(many->str, NULL, NULL, NULL));
	g_string_truncate(many, 2000);
	assert_null(mailto_parse(many->str, NULL, NULL, NULL));
}

/* C12 */
static void recipients_that_look_like_options_are_only_text(void **state)
{
	auto_ptr(draft) d = mailto_parse("mailto:-oQ/tmp?subject=%7Ccmd", NULL, NULL, NULL);

	assert_string_equal(d->to, "-oQ/tmp");
	assert_string_equal(d->subject, "|cmd");
	assert_int_equal(d->parts->len, 0);
}

static void a_bounce_adds_resent_fields_and_changes_nothing_else(void **state)
{
	static const char original[] =
	    "From a@b Mon Jan 1\r\nReceived: x\r\n\ty\r\nBcc : hidden@x,\r\n"
	    " more@x\r\nDelivered-To: me@x\r\nSubject: s\r\n\r\n"
	    "Bcc: in the text\r\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(original, sizeof(original) - 1);
	const struct bounce_options options = {
	    .from = "Me <me@x>", .to = "You <you@x>, b@x", .hostname = "h", .now = 1710428400};
	struct built_message built;
	const char *text;

	assert_true(bounce_build(bytes, &options, &built, NULL));
	text = g_bytes_get_data(built.message, NULL);
	assert_true(g_str_has_prefix(text, "Resent-From: Me <me@x>\nResent-Date: "));
	assert_non_null(strstr(text,
			       "\nResent-To: You <you@x>, b@x\nReceived: x\n\ty\nSubject: s\n\n"
			       "Bcc: in the text\n"));
	assert_null(strstr(text, "hidden"));
	assert_null(strstr(text, "more@x"));
	assert_string_equal(built.envelope_from, "me@x");
	assert_int_equal(built.recipients->len, 2);
	built_message_clear(&built);
}

static void a_bounce_to_nobody_is_refused(void **state)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("A: b\n\nx", 7);
	g_autoptr(GBytes) nul = g_bytes_new_static("A: b\n\n\0", 7);
	struct bounce_options options = {.from = "me@x", .to = ""};
	struct built_message built;

	assert_false(bounce_build(bytes, &options, &built, NULL));
	options.to = "a@b";
	assert_false(bounce_build(nul, &options, &built, NULL));
}

static void forwarded_text_stands_between_its_lines(void **state)
{
	const struct forward_options options = {
	    .intro = "--- begin", .trailer = "--- end", .header = "From: a\n"};
	const struct forward_options quoted = {.indent_string = "> "};
	g_autoptr(GString) out = g_string_new(NULL);

	forward_text("x\n\ny\n", 5, &options, out);
	assert_string_equal(out->str, "--- begin\n\nFrom: a\n\nx\n\ny\n\n--- end\n");
	g_string_truncate(out, 0);
	forward_text("x\n\ny\n", 5, &quoted, out);
	assert_string_equal(out->str, "> x\n> \n> y\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_fill_a_draft),
	    cmocka_unit_test(a_link_names_no_file_and_no_hidden_recipient),
	    cmocka_unit_test(links_that_want_more_than_they_may_are_refused),
	    cmocka_unit_test(recipients_that_look_like_options_are_only_text),
	    cmocka_unit_test(a_bounce_adds_resent_fields_and_changes_nothing_else),
	    cmocka_unit_test(a_bounce_to_nobody_is_refused),
	    cmocka_unit_test(forwarded_text_stands_between_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
