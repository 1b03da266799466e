/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small values: packed text, flags, message ids, subjects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/base/regex.h"
#include "cur/mail/flags.h"
#include "cur/mail/msgid.h"
#include "cur/mail/row.h"
#include "cur/mail/subject.h"
#include "material.h"

static void a_packed_text_gives_its_fields_back(void **state)
{
	const char *fields[ENV_N_FIELDS] = {[ENV_FILE] = "1.host", [ENV_DATE] = "today"};
	gsize n;
	g_autofree char *text = envelope_pack(fields, &n);
	struct envelope env;
	envelope_init(&env, text, n);
	assert_string_equal(env.field[ENV_FILE], "1.host");
	assert_string_equal(env.field[ENV_SUBJECT], "");
	assert_string_equal(env.field[ENV_DATE], "today");
}

static void a_text_cut_anywhere_is_never_read_past_its_end(void **state)
{
	const char *fields[ENV_N_FIELDS] = {[ENV_SUBJECT] = "s", [ENV_LIST_ID] = "l"};
	gsize n;
	g_autofree char *text = envelope_pack(fields, &n);
	for (gsize cut = 0; cut <= n; cut++) {
		g_autofree char *exact = g_memdup2(text, cut);
		struct envelope env;
		envelope_init(&env, exact, cut);
		for (int i = 0; i < ENV_N_FIELDS; i++)
			assert_true(strlen(env.field[i]) <= 1);
	}
}

static void flags_keep_the_letters_of_others(void **state)
{
	g_autoptr(GString) rest = g_string_new(NULL);
	mark_t flags = flags_split("aFRxS", rest);
	assert_int_equal(flags, FLAG_FLAGGED | FLAG_ANSWERED | FLAG_SEEN);
	assert_string_equal(rest->str, "ax");
	g_autofree char *joined = flags_join(flags | FLAG_TRASHED, rest->str);
	assert_string_equal(joined, "FRSTax");
}

static void flags_have_names_in_imap(void **state)
{
	assert_int_equal(flags_from_imap("\\seen"), FLAG_SEEN);
	assert_int_equal(flags_from_imap("Forwarded"), FLAG_PASSED);
	assert_int_equal(flags_from_imap("$Junk"), 0);
	g_autofree char *imap = flags_to_imap(FLAG_SEEN | FLAG_FLAGGED);
	assert_string_equal(imap, "\\Flagged \\Seen");
}

static void the_index_character_is_that_of_mutt(void **state)
{
	assert_int_equal(flags_index_char(FLAG_TRASHED | FLAG_SEEN), 'D');
	assert_int_equal(flags_index_char(MARK_NEW), 'N');
	assert_int_equal(flags_index_char(0), 'O');
	assert_int_equal(flags_index_char(FLAG_SEEN | FLAG_ANSWERED), 'r');
	assert_int_equal(flags_index_char(FLAG_SEEN), ' ');
}

static void the_hash_of_an_id_does_not_see_its_brackets(void **state)
{
	assert_true(msgid_hash("<a@b>") == msgid_hash("a@b"));
	assert_true(msgid_hash("<a@b>") != msgid_hash("<a@c>"));
	assert_true(msgid_hash("") != 0);
}

static void ids_are_found_among_rubbish(void **state)
{
	const char *text = "x <a@b> <no blank@c> <<c@d>\r\n\t<> <e", *p = text;
	static const char *const expected[] = {"<a@b>", "<c@d>"};
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
		gsize n;
		const char *id = msgid_next(&p, &n);
		assert_non_null(id);
		assert_int_equal(n, strlen(expected[i]));
		assert_memory_equal(id, expected[i], n);
	}
	gsize n;
	assert_null(msgid_next(&p, &n));
	assert_int_equal(*p, '\0');
}

static void a_made_id_is_one_id_and_new_each_time(void **state)
{
	g_autofree char *a = msgid_make("host.example"), *b = msgid_make("host.example");
	const char *p = a;
	gsize n;
	assert_ptr_equal(msgid_next(&p, &n), a);
	assert_int_equal(n, strlen(a));
	assert_string_not_equal(a, b);
	assert_true(g_str_has_suffix(a, "@host.example>"));
}

static void a_subject_loses_its_prefixes(void **state)
{
	static const struct {
		const char *subject, *base;
	} cases[] = {
	    {"Re: hello", "hello"},	      {"RE: re[2]: Aw: hello", "hello"},
	    {"  Re:  Re:hello", "hello"},     {"Refund: hello", "Refund: hello"},
	    {"Re[x]: hello", "Re[x]: hello"}, {"Re:", ""},
	    {"Отв: Re: привет", "привет"},    {"", ""},
	};
	auto_ptr(regex) reply = regex_new("^(re)(\\[[0-9]+\\])*:[ \t]*", REGEX_IGNORE_CASE, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_string_equal(subject_base(cases[i].subject, NULL), cases[i].base);
	assert_string_equal(subject_base("Re: Aw: x", reply), "Aw: x");
}

static void a_regular_expression_that_matches_nothing_does_not_loop(void **state)
{
	auto_ptr(regex) empty = regex_new("^(re)*", REGEX_IGNORE_CASE, NULL);
	assert_string_equal(subject_base("hello", empty), "hello");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_packed_text_gives_its_fields_back),
	    cmocka_unit_test(a_text_cut_anywhere_is_never_read_past_its_end),
	    cmocka_unit_test(flags_keep_the_letters_of_others),
	    cmocka_unit_test(flags_have_names_in_imap),
	    cmocka_unit_test(the_index_character_is_that_of_mutt),
	    cmocka_unit_test(the_hash_of_an_id_does_not_see_its_brackets),
	    cmocka_unit_test(ids_are_found_among_rubbish),
	    cmocka_unit_test(a_made_id_is_one_id_and_new_each_time),
	    cmocka_unit_test(a_subject_loses_its_prefixes),
	    cmocka_unit_test(a_regular_expression_that_matches_nothing_does_not_loop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
