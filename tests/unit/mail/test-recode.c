/* SPDX-License-Identifier: GPL-3.0-or-later */
/* P72, P73: a message for servers that take 7-bit text, or short lines, only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/mail/recode.h"

static char *recode(const char *text, gboolean allow_8bit)
{
	g_autoptr(GBytes) in = g_bytes_new_static(text, strlen(text));
	g_autoptr(GBytes) out = message_recode(in, allow_8bit);
	gsize n;
	const char *bytes = g_bytes_get_data(out, &n);

	return g_strndup(bytes, n);
}

static const struct {
	const char *name, *in, *out;
} cases[] = {
    {"an 8-bit text",
     "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
     "8bit\n\nna\xc3\xafve "
     "caf\xc3\xa9, mostly ASCII "
     "text\n",
     "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
     "quoted-printable\n\n"
     "na=C3=AFve caf=C3=A9, mostly ASCII text\n"},
    {"a text of another alphabet, with the line ends of MIME",
     "Content-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n\n\xd0\xb4\xd0\xb0\n",
     "Content-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\nContent-Transfer-Encoding: "
     "base64\n\n0LTQsA0K\n"},
    {"a script's text without any MIME field", "Subject: x\n\nmostly plain text, a caf\xc3\xa9\n",
     "Subject: x\nContent-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n"
     "Content-Type: text/plain; charset=utf-8\n\nmostly plain text, a caf=C3=A9\n"},
    {"one part of two, and the containers' words about it",
     "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
     "8bit\n\n"
     "--b\n\nplain\n--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
     "8bit\n"
     "Content-Transfer-Encoding: 8bit\n\na long enough \xe9\n--b--\n",
     "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
     "7bit\n\n"
     "--b\n\nplain\n--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
     "quoted-printable\n"
     "\na long enough =E9\n--b--\n"},
    {"a text in a message in a message",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nMIME-Version: "
     "1.0\nContent-Type: text/plain; charset=utf-8\n\nso much "
     "\xc3\xa9\n",
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\nMIME-Version: "
     "1.0\nContent-Type: text/plain; charset=utf-8\n"
     "Content-Transfer-Encoding: quoted-printable\n\nso much =C3=A9\n"},
    {"raw text in the header",
     "Subject: caf\xc3\xa9\nTo: Jos\xc3\xa9 <jose@example.net>\nX-Plain: as  it was\n\nplain\n",
     "Subject: =?UTF-8?b?Y2Fmw6k=?=\nTo: =?UTF-8?b?Sm9zw6k=?= <jose@example.net>\nX-Plain: as  "
     "it was\n\nplain\n"},
    {"what is signed stays, whatever it holds",
     "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Transfer-Encoding: "
     "8bit\n\n\xc3\xa9\n--b\n"
     "Content-Type: application/pgp-signature\n\nx\n--b--\n",
     "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Transfer-Encoding: "
     "8bit\n\n\xc3\xa9\n--b\n"
     "Content-Type: application/pgp-signature\n\nx\n--b--\n"},
    {"what is 7-bit stays to the byte",
     "Subject: x\nContent-Type: text/plain\n\nFrom here\n  to =there= \n",
     "Subject: x\nContent-Type: text/plain\n\nFrom here\n  to =there= \n"},
    {"bytes that are no text",
     "Content-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n\xff\xfe\n",
     "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\nMIME-Version: "
     "1.0\n\n//4K\n"},
    {"no byte at all", "", ""},
};

static void parts_with_8bit_text_are_encoded_and_no_others(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = recode(cases[i].in, FALSE);

		if (strcmp(out, cases[i].out))
			fail_msg("%s:\n%s\nin place of\n%s", cases[i].name, out, cases[i].out);
	}
}

static void a_line_too_long_for_mail_is_broken_and_8bit_text_may_stay(void **state)
{
	g_autofree char *long_line = g_strnfill(2000, 'x');
	g_autofree char *in =
	    g_strconcat("MIME-Version: 1.0\nContent-Type: text/plain\n\n", long_line, "\n", NULL);
	g_autofree char *out = recode(in, TRUE);
	g_auto(GStrv) lines = g_strsplit(out, "\n", -1);

	assert_non_null(strstr(out, "quoted-printable"));
	for (guint i = 0; lines[i]; i++)
		assert_true(strlen(lines[i]) <= 78);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *same = recode(cases[i].in, TRUE);

		assert_string_equal(same, cases[i].in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_with_8bit_text_are_encoded_and_no_others),
	    cmocka_unit_test(a_line_too_long_for_mail_is_broken_and_8bit_text_may_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
