/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where OpenPGP blocks begin and end in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the four above */
#include <cmocka.h>

#include "../../../src/crypt/armor.h"

#define MESSAGE "-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----\n"
#define SIGNED                                                                                     \
	"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\ntext\n-----BEGIN PGP "                \
	"SIGNATURE-----\n"                                                                         \
	"x\n-----END PGP SIGNATURE-----\n"
#define KEY "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n-----END PGP PUBLIC KEY BLOCK-----\n"

/* The blocks of a text as one letter each: t(ext), m(essage), s(igned), k(ey). */
static void expect(const char *text, const char *letters)
{
	g_autoptr(GString) found = g_string_new(NULL);
	gsize n = strlen(text), at = 0;
	struct armor block;

	while (armor_next(text, n, at, &block)) {
		assert_int_equal(block.start, at);
		assert_true(block.n > 0);
		g_string_append_c(found, "tmsk"[block.kind]);
		at += block.n;
	}
	assert_int_equal(at, n);
	assert_string_equal(found->str, letters);
	assert_int_equal(armor_has_block(text, n), strpbrk(letters, "msk") != NULL);
}

static void blocks_and_what_is_between(void **state)
{
	expect("", "");
	expect("no block\n", "t");
	expect(MESSAGE, "m");
	expect("before\n" MESSAGE "between\n" SIGNED KEY "behind", "tmtskt");
	expect("-----BEGIN PGP MESSAGE----- \r\nabc\r\n-----END PGP MESSAGE-----\r\n", "m");
}

static void what_is_no_block(void **state)
{
	expect("> " MESSAGE, "t");
	expect(" " MESSAGE, "t");
	expect("-----BEGIN PGP MESSAGE-----\nwithout an end\n", "t");
	expect("-----BEGIN PGP MESSAGE-----\n" KEY, "tk");
	expect("-----BEGIN PGP MESSAGE----- x\n-----END PGP MESSAGE-----\n", "t");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blocks_and_what_is_between),
	    cmocka_unit_test(what_is_no_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
