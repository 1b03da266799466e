/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of decisions: server · agreed · local -> what is done. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "../../../src/sync/reconcile.h"
#include "cur/mail/flags.h"

/* Flags and two keywords by their Maildir letters; "-" is absent, "?" unsure. */
static guint32 flags_of(const char *s)
{
	static const struct {
		char letter;
		guint32 bit;
	} letters[] = {{'D', FLAG_DRAFT},    {'F', FLAG_FLAGGED}, {'P', FLAG_PASSED},
		       {'R', FLAG_ANSWERED}, {'S', FLAG_SEEN},	  {'T', FLAG_TRASHED},
		       {'a', 1 << 9},	     {'b', 1 << 10}};
	guint32 bits = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
		if (strchr(s, letters[i].letter))
			bits |= letters[i].bit;
	return bits;
}

static enum presence presence_of(const char *s)
{
	return *s == '-' ? ABSENT : *s == '?' ? UNSURE : PRESENT;
}

/* clang-format off */
static const struct {
	const char *server, *agreed, *local;
	unsigned acts;
	const char *flags, *add, *remove;
	const char *why;
} cases[] = {
	/* nothing to do */
	{ "",   "",  "",   0, "", "", "", "all agree" },
	{ "S",  "S", "S",  0, "S", "", "", "all agree on a flag" },
	{ "?",  "S", "S",  0, "S", "", "", "the server was not asked" },
	{ "-",  "-", "-",  0, "", "", "", "never was" },
	/* coming and going */
	{ "S",  "-", "-",  ACT_FETCH | ACT_AGREE, "S", "", "", "new there" },
	{ "-",  "-", "S",  ACT_APPEND, "S", "", "", "born here" },
	{ "?",  "-", "S",  0, "", "", "", "may be there already: look before appending" },
	{ "",   "-", "",   ACT_ADOPT, "", "", "", "killed between rename and commit: adopted, not fetched" },
	{ "S",  "-", "F",  ACT_ADOPT | ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "FS", "F", "", "adopted with the flags of both" },
	{ "-",  "",  "",   ACT_DELETE_LOCAL | ACT_FORGET, "", "", "", "expunged there" },
	{ "-",  "",  "S",  ACT_DELETE_LOCAL | ACT_FORGET, "S", "", "", "expunged there, only read here" },
	{ "-",  "",  "F",  ACT_RESCUE | ACT_DELETE_LOCAL | ACT_FORGET, "F", "", "", "D47 flagged here, expunged there" },
	{ "-",  "F", "F",  ACT_DELETE_LOCAL | ACT_FORGET, "F", "", "", "flagged on both sides before it went" },
	{ "-",  "S", "-",  ACT_FORGET, "", "", "", "gone on both sides" },
	{ "-",  "S", "?",  0, "", "", "", "gone there, missed once here: the next scan decides" },
	{ "S",  "S", "-",  ACT_DELETE_SERVER | ACT_FORGET, "S", "", "", "deleted here" },
	{ "?",  "S", "-",  ACT_DELETE_SERVER | ACT_FORGET, "", "", "", "deleted here, the server not asked" },
	{ "FS", "S", "-",  ACT_FETCH | ACT_AGREE, "FS", "", "", "flagged there since: deletion here does not win" },
	{ "S",  "S", "?",  0, "S", "", "", "D02 missing once is not deleted" },
	{ "FS", "S", "?",  0, "S", "", "", "D02 nor is anything else decided" },
	/* one side moved */
	{ "",   "",  "S",  ACT_STORE | ACT_AGREE, "S", "S", "", "read here" },
	{ "S",  "",  "",   ACT_SET_LOCAL | ACT_AGREE, "S", "", "", "read there" },
	{ "S",  "S", "",   ACT_STORE | ACT_AGREE, "", "", "S", "marked unread here" },
	{ "",   "S", "S",  ACT_SET_LOCAL | ACT_AGREE, "", "", "", "marked unread there" },
	{ "?",  "",  "F",  ACT_STORE | ACT_AGREE, "F", "F", "", "flagged here, the server not asked" },
	{ "T",  "",  "",   ACT_SET_LOCAL | ACT_AGREE, "T", "", "", "marked deleted there" },
	/* both moved: D46, per flag */
	{ "S",  "",  "S",  ACT_AGREE, "S", "", "", "both did the same" },
	{ "S",  "",  "F",  ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "FS", "F", "", "D46 different flags: both stay" },
	{ "R",  "S", "SF", ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "FR", "F", "", "D46 one removed there, one added here" },
	{ "S",  "",  "T",  ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "ST", "T", "", "D46 Seen is not lost" },
	{ "F",  "",  "T",  ACT_SET_LOCAL | ACT_AGREE, "F", "", "", "D46 flagged there, deleted here: kept" },
	{ "T",  "",  "F",  ACT_STORE | ACT_AGREE, "F", "F", "T", "D46 deleted there, flagged here: kept" },
	{ "",   "",  "FT", ACT_STORE | ACT_AGREE, "FT", "FT", "", "one hand did both: it knew" },
	{ "F",  "F", "FT", ACT_STORE | ACT_AGREE, "FT", "T", "", "flagged long ago, deleted now" },
	/* keywords */
	{ "a",  "",  "",   ACT_SET_LOCAL | ACT_AGREE, "a", "", "", "keyword set there" },
	{ "",   "",  "a",  ACT_STORE | ACT_AGREE, "a", "a", "", "keyword set here" },
	{ "a",  "a", "",   ACT_STORE | ACT_AGREE, "", "", "a", "keyword taken away here" },
	{ "",   "a", "a",  ACT_SET_LOCAL | ACT_AGREE, "", "", "", "keyword taken away there" },
	{ "",   "a", "",   ACT_AGREE, "", "", "", "keyword taken away on both sides" },
	{ "a",  "",  "b",  ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "ab", "b", "", "another keyword set on each side" },
	{ "b",  "a", "aS", ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "Sb", "S", "", "one changed for another there, read here" },
	{ "a",  "-", "b",  ACT_ADOPT | ACT_SET_LOCAL | ACT_STORE | ACT_AGREE, "ab", "b", "", "P30 adopted with the keywords of both" },
	{ "-",  "",  "a",  ACT_DELETE_LOCAL | ACT_FORGET, "a", "", "", "a keyword does not bring back what was expunged" },
	{ "ST", "S", "SF", ACT_STORE | ACT_AGREE, "FS", "F", "T", "D46 with other flags agreed" },
};
/* clang-format on */

static void each_case_of_the_table_is_decided_as_written(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct sides s = {
		    .server = presence_of(cases[i].server),
		    .server_flags = flags_of(cases[i].server),
		    .agreed = *cases[i].agreed != '-',
		    .agreed_flags = flags_of(cases[i].agreed),
		    .local = presence_of(cases[i].local),
		    .local_flags = flags_of(cases[i].local),
		};
		struct plan p = reconcile(&s);

		if (p.acts != cases[i].acts || p.flags != flags_of(cases[i].flags) ||
		    p.add != flags_of(cases[i].add) || p.remove != flags_of(cases[i].remove))
			fail_msg("%s: acts %x flags %x add %x remove %x", cases[i].why, p.acts,
				 p.flags, p.add, p.remove);
	}
}

/* G1, D02: whatever the flags, nothing unsure deletes, and no act contradicts another. */
static void no_combination_deletes_on_doubt(void **state)
{
	const unsigned deletes = ACT_DELETE_LOCAL | ACT_DELETE_SERVER;

	for (unsigned n = 0; n < 3 * 2 * 3 * 64 * 64; n++) {
		struct sides s = {.server = n % 3,
				  .agreed = n / 3 % 2,
				  .local = n / 6 % 3,
				  .server_flags =
				      n / 18 % 64 & (FLAG_FLAGGED | FLAG_TRASHED | FLAG_SEEN),
				  .local_flags = n / 1152 % 64,
				  .agreed_flags = (n * 2654435761u) >> 26};
		struct plan p = reconcile(&s);

		if (s.local == UNSURE || !s.agreed)
			assert_int_equal(p.acts & deletes, 0);
		if (s.server == UNSURE)
			assert_int_equal(p.acts & (ACT_DELETE_LOCAL | ACT_FETCH | ACT_APPEND), 0);
		if (p.acts & ACT_FETCH)
			assert_int_equal(p.acts & (deletes | ACT_FORGET), 0);
		assert_int_equal(p.add & p.remove, 0);
	}
}

/* Every bit but \Deleted beside \Flagged goes its own way. */
static void keywords_are_merged_one_by_one(void **state)
{
	guint32 random = 1;

	for (unsigned n = 0; n < 100000; n++) {
		guint32 side[3];

		for (unsigned i = 0; i < 3; i++) {
			random = random * 1664525 + 1013904223;
			side[i] = random ^ random >> 16;
		}
		guint32 merged = reconcile_flags(side[0], side[1], side[2]);
		guint32 moved = (side[0] ^ side[1]) | (side[2] ^ side[1]);

		assert_int_equal((merged ^ side[1] ^ moved) & ~(guint32)FLAG_ALL, 0);
	}
}

static void merging_again_changes_nothing(void **state)
{
	for (unsigned n = 0; n < 64 * 64 * 64; n++) {
		guint32 merged = reconcile_flags(n % 64, n / 64 % 64, n / 4096);

		assert_int_equal(reconcile_flags(merged, merged, merged), merged);
		assert_int_equal(reconcile_flags(n / 4096, n / 64 % 64, n % 64), merged);
	}
}

static void d06_more_than_twenty_and_a_twentieth_is_a_massacre(void **state)
{
	assert_false(reconcile_is_massacre(0, 0));
	assert_false(reconcile_is_massacre(20, 20));
	assert_true(reconcile_is_massacre(21, 21));
	assert_false(reconcile_is_massacre(500, 10000));
	assert_true(reconcile_is_massacre(501, 10000));
}

static void three_that_were_all_or_more_than_half_of_twenty_are_asked_about(void **state)
{
	assert_false(reconcile_is_emptied(0, 0));
	assert_false(reconcile_is_emptied(2, 2));
	assert_true(reconcile_is_emptied(3, 3));
	assert_false(reconcile_is_emptied(18, 19));
	assert_true(reconcile_is_emptied(19, 19));
	assert_false(reconcile_is_emptied(10, 20));
	assert_true(reconcile_is_emptied(11, 20));
	assert_false(reconcile_is_emptied(50000, 100000));
	assert_true(reconcile_is_emptied(50001, 100000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_case_of_the_table_is_decided_as_written),
	    cmocka_unit_test(no_combination_deletes_on_doubt),
	    cmocka_unit_test(keywords_are_merged_one_by_one),
	    cmocka_unit_test(merging_again_changes_nothing),
	    cmocka_unit_test(d06_more_than_twenty_and_a_twentieth_is_a_massacre),
	    cmocka_unit_test(three_that_were_all_or_more_than_half_of_twenty_are_asked_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
