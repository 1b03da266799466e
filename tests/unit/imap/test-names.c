/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modified UTF-7 and folder names (P47, P48). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cur/imap/names.h"
#include "cur/imap/utf7.h"

static void utf7_goes_both_ways(void **state)
{
	static const struct {
		const char *imap, *text;
	} cases[] = {
	    {"INBOX", "INBOX"},
	    {"A & B", NULL},
	    {"A &- B", "A & B"},
	    {"Entw&APw-rfe", "Entwürfe"},
	    {"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные"},
	    {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
	    {"&2D3eAA-", "😀"},
	    {"a&AAE-b", "a\001b"},
	    {"", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = utf7_decode(cases[i].imap, -1);
		g_autofree char *imap = cases[i].text ? utf7_encode(cases[i].text, -1) : NULL;

		if (!cases[i].text) {
			assert_null(text);
			continue;
		}
		assert_string_equal(text, cases[i].text);
		assert_string_equal(imap, cases[i].imap);
	}
}

static void utf7_that_is_none_is_refused(void **state)
{
	static const char *const cases[] = {
	    "&",	   /* nothing */
	    "&AA",	   /* no end */
	    "&AA-",	   /* half a unit */
	    "&AAA-",	   /* U+0000 */
	    "&AGE-",	   /* encoded ASCII */
	    "&2D0-",	   /* high surrogate alone */
	    "&3gA-",	   /* low surrogate alone */
	    "&2D0AZA-",	   /* high surrogate, then a letter */
	    "&AOk-&AOk-",  /* two runs that are one */
	    "&AOkA-",	   /* padding bits of a digit and more */
	    "&AOl-",	   /* padding bits that are not 0 */
	    "&A?k-",	   /* no digit */
	    "caf\xc3\xa9", /* raw 8-bit */
	    "a\001",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_null(utf7_decode(cases[i], -1));
	assert_null(utf7_encode("\xff", -1));
}

static void names_of_a_server_read_well_and_come_back(void **state)
{
	static const struct {
		const char *imap;
		char delimiter;
		const char *folder;
	} cases[] = {
	    {"inbox", '/', "INBOX"},
	    {"Lists.mutt.users", '.', "Lists/mutt/users"},
	    {"Lists/mutt", '/', "Lists/mutt"},
	    {"Entw&APw-rfe", '/', "Entwürfe"},
	    {"a/b", '.', "a%2Fb"},
	    {"a/b", 0, "a%2Fb"},
	    {"a.b", 0, "a.b"},
	    {"100%", '/', "100%"},
	    {"%41", '/', "%2541"},
	    {"%%41", '/', "%%2541"},
	    {"&", '/', "%26"},
	    {"&-&", '/', "%26-%26"},
	    {"&AOk-&AOk-", '/', "%26AOk-%26AOk-"},
	    {"ok.&AGE-.&APw-", '.', "ok/%26AGE-/ü"},
	    {"caf\xc3\xa9", '/', "caf%C3%A9"},
	    {"caf\xe9", '/', "caf%E9"},
	    {"a\001b", '/', "a%01b"},
	    {"../x", '/', "../x"},
	    {"a//b", '/', "a//b"},
	    {"a\"b", '"', "a/b"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folder = folder_from_imap(cases[i].imap, cases[i].delimiter);
		g_autofree char *back = folder_to_imap(folder, cases[i].delimiter);

		assert_string_equal(folder, cases[i].folder);
		if (g_ascii_strcasecmp(cases[i].imap, "INBOX"))
			assert_string_equal(back, cases[i].imap);
	}
}

/* P48: whatever bytes a server names a mailbox with, it gets them back. */
static void any_bytes_come_back(void **state)
{
	static const char bytes[] = "&-%2F/.aAOk,+\\\"~ \001\177\303\251\377\355\240\200";
	g_autoptr(GRand) rand = g_rand_new_with_seed(48);

	for (int i = 0; i < 20000; i++) {
		char name[24];
		int n = g_rand_int_range(rand, 1, sizeof(name));
		char delimiter = "/.\\"[g_rand_int_range(rand, 0, 4)];

		for (int j = 0; j < n; j++)
			name[j] = bytes[g_rand_int_range(rand, 0, sizeof(bytes) - 1)];
		name[n] = '\0';
		g_autofree char *folder = folder_from_imap(name, delimiter);
		g_autofree char *back = folder ? folder_to_imap(folder, delimiter) : NULL;

		assert_non_null(folder);
		assert_true(g_utf8_validate(folder, -1, NULL));
		assert_string_equal(back, name);
	}
}

static void names_over_the_limits_are_left_out(void **state)
{
	g_autofree char *wide = g_strnfill(5000, 'x');
	g_autofree char *deep = g_strnfill(900, '/');

	assert_null(folder_from_imap("", '/'));
	assert_null(folder_from_imap(wide, '/'));
	assert_null(folder_from_imap(deep, '/'));
	assert_null(folder_to_imap("a%00b", '/'));
	assert_null(folder_to_imap("\xff", '/'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf7_goes_both_ways),
	    cmocka_unit_test(utf7_that_is_none_is_refused),
	    cmocka_unit_test(names_of_a_server_read_well_and_come_back),
	    cmocka_unit_test(any_bytes_come_back),
	    cmocka_unit_test(names_over_the_limits_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
