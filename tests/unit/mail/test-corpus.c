/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each message of the corpus cut at every byte, and with bytes changed at random (M27, M28). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../fuzz/message.h"
#include "material.h"

enum { FLIPS = 1000, FLIPS_AT_ONCE = 4 };

typedef void (*mutilate_fn)(const char *bytes, gsize n);

static void for_the_corpus(mutilate_fn mutilate)
{
	g_autoptr(GPtrArray) names = corpus_names();
	assert_true(names->len > 40);
	for (guint i = 0; i < names->len; i++) {
		g_autoptr(GBytes) bytes = corpus_read(names->pdata[i]);
		gsize n;
		const char *data = g_bytes_get_data(bytes, &n);
		mutilate(data ? data : "", n);
	}
}

static void truncate_everywhere(const char *bytes, gsize n)
{
	for (gsize cut = 0; cut <= n; cut++) {
		/* In memory of its own, so that a read past the end is seen. */
		g_autofree char *exact = g_memdup2(bytes, cut);
		fuzz_message(exact ? exact : "", cut);
	}
}

static void flip_at_random(const char *bytes, gsize n)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)n);
	for (int round = 0; n && round < FLIPS; round++) {
		g_autofree char *copy = g_memdup2(bytes, n);
		for (int i = 0; i < FLIPS_AT_ONCE; i++)
			copy[g_rand_int_range(rand, 0, (gint32)n)] =
			    (char)g_rand_int_range(rand, 0, 256);
		clock_t start = clock();
		fuzz_message(copy, n);
		assert_quick(start);
	}
}

static void a_message_cut_anywhere_is_read(void **state) /* M27 */
{
	for_the_corpus(truncate_everywhere);
}

static void a_message_with_random_bytes_is_read(void **state) /* M28 */
{
	for_the_corpus(flip_at_random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_cut_anywhere_is_read),
	    cmocka_unit_test(a_message_with_random_bytes_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
