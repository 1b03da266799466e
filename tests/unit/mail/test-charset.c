/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charsets and RFC 2047 words, honest and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/mail/charset.h"
#include "cur/mail/rfc2047.h"
#include "material.h"

#define BYTES(s) (s), sizeof(s) - 1

static void texts_of_many_charsets_become_utf8(void **state)
{
	static const struct {
		const char *charset, *bytes;
		gsize n;
		const char *utf8;
	} cases[] = {
	    {"koi8-r", BYTES("\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет"},
	    {"windows-1251", BYTES("\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет"},
	    {"cp1251", BYTES("\xcf\xf0"), "Пр"},
	    {"ISO-8859-1", BYTES("\x93quoted\x94 caf\xe9"), "“quoted” café"},
	    {"iso-2022-jp", BYTES("\x1b$B;3ED\x1b(B x"), "山田 x"},
	    {"gb2312", BYTES("\xcd\xf5"), "王"},
	    {"ks_c_5601-1987", BYTES("\xb1\xe8"), "김"},
	    {"utf-8",
	     BYTES("\xef\xbb\xbf"
		   "a\r\nb\rc"),
	     "a\nb\rc"},
	    {"", BYTES("caf\xc3\xa9"), "café"},
	    {NULL, BYTES("plain"), "plain"},
	    {"us-ascii", BYTES("caf\xc3\xa9"), "café"},
	    {"utf-8", BYTES("a\0b"),
	     "a\xef\xbf\xbd"
	     "b"},
	    /* M24: unknown, odd, hidden. */
	    {"x-evil", BYTES("caf\xe9"), "café"},
	    {"../../etc/passwd", BYTES("x"), "x"},
	    {"utf-8//TRANSLIT", BYTES("x"), "x"},
	    {"utf-16le", BYTES("h\0i\0\x1b\0x"), "hi\xef\xbf\xbd\xef\xbf\xbd"},
	    {"utf-7", BYTES("+ABsAWw-31m"), "+ABsAWw-31m"},
	    {"UNICODE-1-1-UTF-7", BYTES("+ABsAWw-"), "+ABsAWw-"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gsize n;
		g_autofree char *utf8 =
		    charset_to_utf8(cases[i].bytes, cases[i].n, cases[i].charset, NULL, &n);
		assert_string_equal(utf8, cases[i].utf8);
		assert_int_equal(n, strlen(utf8));
	}
}

static void raw_bytes_are_guessed(void **state) /* M08 */
{
	static const char *const assumed[] = {"utf-8", "koi8-u", NULL};
	assert_string_equal(charset_guess(BYTES("plain"), NULL), "us-ascii");
	assert_string_equal(charset_guess(BYTES("caf\xc3\xa9"), NULL), "utf-8");
	assert_string_equal(charset_guess(BYTES("M\xfcller gr\xfc\xdft"), NULL), "windows-1252");
	assert_string_equal(charset_guess(BYTES("\xd0\xd2\xc9\xd7\xc5\xd4"), NULL), "koi8-r");
	assert_string_equal(charset_guess(BYTES("\xef\xf0\xe8\xe2\xe5\xf2"), NULL), "windows-1251");
	assert_string_equal(charset_guess(BYTES("\xef\xf0\xe8"), assumed), "koi8-u");
}

static void words_are_decoded(void **state)
{
	static const struct {
		const char *value, *text;
	} cases[] = {
	    {"plain", "plain"},
	    {"  folded\r\n\tvalue \r\n", "folded value"},
	    {"=?utf-8?Q?a_b=5F?= c", "a b_ c"},
	    {"=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab"},
	    {"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"},
	    {"x=?utf-8?q?a?=y", "xay"},
	    {"=?utf-8*ru?B?0J8=?=", "П"},
	    {"=?utf-8?Q?=D0?= =?utf-8?Q?=9F?=", "П"},
	    {"=?utf-8?Q?caf=C3=A9 au lait?=", "café au lait"},
	    {"=?utf-8?Q?=?=", "="},
	    {"=?utf-8?X?a?= =?=", "=?utf-8?X?a?= =?="},
	    {"caf\xe9", "café"},
	    /* M40: a word can hide no line end. */
	    {"=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"},
	    /* M10: base64 with rubbish in it. */
	    {"=?utf-8?B?0J/R*A=?=", "П\xef\xbf\xbd"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = header_decode(cases[i].value, strlen(cases[i].value), NULL);
		assert_string_equal(text, cases[i].text);
	}
}

static void hostile_words_give_safe_text_in_linear_time(void **state) /* M09 */
{
	static const struct {
		const char *piece;
		gsize times;
	} hostile[] = {
	    {"=?utf-8?Q?x?= ", 30000},
	    {"=?koi8-r?Q?=D0?= =?utf-16?B?AAA=?= =?gb18030?B?xA==?= =?x-no?Q?x?= "
	     "=?euc-jp?B?xA==?= =?iso-2022-kr?B?xA==?= ",
	     5000},
	    {"=?", 500000},
	    {"=?a?q?", 200000},
	    {"=?utf-8?q?=", 100000},
	    {"=?iso-2022-jp?B?GyRC?= ", 20000},
	    {"\r\n ", 300000},
	    {"=?utf-7?Q?+ABs-?= =?ibm037?Q?=27=27?= ", 10000},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *value = repeat(hostile[i].piece, hostile[i].times);
		clock_t start = clock();
		g_autofree char *text = header_decode(value, strlen(value), NULL);
		assert_true(g_utf8_validate(text, -1, NULL));
		for (const char *p = text; *p; p++)
			assert_true((guchar)*p >= ' ' && *p != 0x7f);
		assert_quick(start);
	}
	g_autofree char *name = repeat("c", 5000);
	g_autofree char *value = g_strconcat("=?", name, "?Q?x?=", NULL);
	g_autofree char *text = header_decode(value, strlen(value), NULL);
	assert_string_equal(text, value);
}

static void the_first_charset_that_fits_is_sent(void **state)
{
	static const char *const charsets[] = {"us-ascii", "iso-8859-1", "koi8-r", NULL};
	static const struct {
		const char *text, *charset;
	} cases[] = {
	    {"plain", "us-ascii"}, {"café", "iso-8859-1"}, {"Привет", "koi8-r"},
	    {"你好", "utf-8"},	   {"100 €", "utf-8"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_string_equal(
		    charset_for_sending(cases[i].text, strlen(cases[i].text), charsets),
		    cases[i].charset);
	gsize n;
	g_autofree char *koi = charset_from_utf8("Пр", strlen("Пр"), "koi8-r", &n);
	assert_int_equal(n, 2);
	assert_memory_equal(koi, "\xf0\xd2", 2);
	assert_null(charset_from_utf8("你", 3, "koi8-r", NULL));
}

static void only_known_charsets_are_taken(void **state)
{
	assert_true(charset_is_known("KOI8-R"));
	assert_false(charset_is_known("x-evil"));
	assert_false(charset_is_known("utf-7"));
	assert_false(charset_is_known(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_of_many_charsets_become_utf8),
	    cmocka_unit_test(raw_bytes_are_guessed),
	    cmocka_unit_test(words_are_decoded),
	    cmocka_unit_test(hostile_words_give_safe_text_in_linear_time),
	    cmocka_unit_test(the_first_charset_that_fits_is_sent),
	    cmocka_unit_test(only_known_charsets_are_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
