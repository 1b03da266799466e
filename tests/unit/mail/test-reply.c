/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets a reply (M42), its fields, and the quoted text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/mail/reply.h"

static gboolean is_me(const char *address, void *data)
{
	return strcmp(address, "me@x") == 0 || strcmp(address, "me2@x") == 0;
}

static gboolean is_list(const char *address, void *data)
{
	return g_str_has_prefix(address, "list") || g_str_has_prefix(address, "sub");
}

static gboolean is_subscribed(const char *address, void *data)
{
	return g_str_has_prefix(address, "sub");
}

struct original {
	const char *from, *reply_to, *to, *cc, *followup_to, *list_post;
};

static void fill(struct envelope *env, const struct original *o)
{
	for (int i = 0; i < ENV_N_FIELDS; i++)
		env->field[i] = "";
	env->field[ENV_FROM] = o->from ? o->from : "";
	env->field[ENV_REPLY_TO] = o->reply_to ? o->reply_to : "";
	env->field[ENV_TO] = o->to ? o->to : "";
	env->field[ENV_CC] = o->cc ? o->cc : "";
	env->field[ENV_FOLLOWUP_TO] = o->followup_to ? o->followup_to : "";
	env->field[ENV_LIST_POST] = o->list_post ? o->list_post : "";
}

enum {
	USE_REPLY_TO = 1,
	USE_FOLLOWUP = 2,
	REPLY_SELF = 4,
	METOO = 8,
	IGNORE_LIST = 16,
	ASKS_REPLY_TO = 32 /* the question is expected */
};

static const struct {
	struct original original;
	enum reply_kind kind;
	int options;
	const char *to, *cc; /* to NULL: nobody */
} cases[] = {
    /* reply */
    {{"a@x", NULL, "me@x"}, REPLY_SENDER, 0, "a@x", ""},
    {{"Ann <a@x>", "b@x", "me@x"}, REPLY_SENDER, USE_REPLY_TO | ASKS_REPLY_TO, "b@x", ""},
    {{"Ann <a@x>", "b@x", "me@x"}, REPLY_SENDER, ASKS_REPLY_TO, "Ann <a@x>", ""},
    {{"Ann <a@x>", "b@x, c@x", "me@x"}, REPLY_SENDER, USE_REPLY_TO | ASKS_REPLY_TO, "b@x, c@x", ""},
    {{"Ann <a@x>", "a@x", "me@x"}, REPLY_SENDER, USE_REPLY_TO, "Ann <a@x>", ""},
    {{"a@x", "Ann <a@x>", "me@x"}, REPLY_SENDER, 0, "Ann <a@x>", ""},
    {{"a@x", "list@x", "list@x"}, REPLY_SENDER, USE_REPLY_TO | IGNORE_LIST, "a@x", ""},
    {{"a@x", "list@x", "list@x"}, REPLY_SENDER, USE_REPLY_TO | ASKS_REPLY_TO, "list@x", ""},
    {{"me@x", NULL, "a@x, b@x"}, REPLY_SENDER, 0, "a@x, b@x", ""},
    {{"me@x", "c@x", "a@x"}, REPLY_SENDER, USE_REPLY_TO, "a@x", ""},
    {{"me@x", NULL, "a@x"}, REPLY_SENDER, REPLY_SELF, "me@x", ""},
    {{"me@x", NULL, "me@x"}, REPLY_SENDER, 0, "me@x", ""},
    {{NULL, NULL, "a@x"}, REPLY_SENDER, 0, NULL, NULL},
    /* group-reply */
    {{"a@x", NULL, "me@x, b@x", "c@x"}, REPLY_GROUP, 0, "a@x", "b@x, c@x"},
    {{"a@x", NULL, "me@x, b@x", "c@x"}, REPLY_GROUP, METOO, "a@x", "me@x, b@x, c@x"},
    {{"a@x", NULL, "a@x, B@x", "b@x, me2@x"}, REPLY_GROUP, 0, "a@x", "B@x"},
    {{"a@x", NULL, "b@x", "c@x", "list@x, a@x"}, REPLY_GROUP, USE_FOLLOWUP, "list@x, a@x", ""},
    {{"a@x", NULL, "b@x", "c@x", "list@x, a@x"}, REPLY_GROUP, 0, "a@x", "b@x, c@x"},
    {{"me@x", NULL, "a@x", "b@x"}, REPLY_GROUP, 0, "a@x", "b@x"},
    {{"a@x", NULL, "friends: b@x, c@x;, me@x", ""}, REPLY_GROUP, 0, "a@x", "b@x, c@x"},
    /* group-chat-reply */
    {{"a@x", NULL, "me@x, b@x", "c@x"}, REPLY_GROUP_CHAT, 0, "a@x, b@x, c@x", ""},
    /* list-reply */
    {{"a@x", NULL, "list@x, b@x", "sub@x"}, REPLY_LIST, 0, "list@x, sub@x", ""},
    {{"a@x", NULL, "b@x", NULL, NULL, "mailto:list9@x?subject=y"}, REPLY_LIST, 0, "list9@x", ""},
    {{"a@x", NULL, "b@x", NULL, NULL, "<mailto:list9@x>"}, REPLY_LIST, 0, "list9@x", ""},
    {{"a@x", NULL, "b@x", NULL, NULL, "<https://x/l>, <mailto:list%39@x> (post)"},
     REPLY_LIST,
     0,
     "list9@x",
     ""},
    {{"a@x", NULL, "b@x", NULL, NULL, "NO (posting is not allowed)"}, REPLY_LIST, 0, NULL, NULL},
    {{"a@x", NULL, "b@x"}, REPLY_LIST, 0, NULL, NULL},
    {{"a@x", NULL, "list@x", NULL, "list@x, a@x"}, REPLY_LIST, USE_FOLLOWUP, "list@x", "a@x"},
    /* compose-to-sender */
    {{"a@x", "b@x", "me@x"}, REPLY_TO_AUTHOR, USE_REPLY_TO, "a@x", ""},
};

static void replies_go_to_whom_mutt_sends_them(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		int o = cases[i].options;
		const struct reply_options options = {.is_me = is_me,
						      .is_list = is_list,
						      .is_subscribed = is_subscribed,
						      .use_reply_to = (o & USE_REPLY_TO) != 0,
						      .use_followup_to = (o & USE_FOLLOWUP) != 0,
						      .reply_self = (o & REPLY_SELF) != 0,
						      .metoo = (o & METOO) != 0,
						      .ignore_list_reply_to =
							  (o & IGNORE_LIST) != 0};
		struct envelope env;
		const struct envelope *envs[] = {&env};
		struct reply_recipients r;

		fill(&env, &cases[i].original);
		print_message("case %zu\n", i);
		assert_int_equal(reply_asks_reply_to(&env, cases[i].kind, &options),
				 (o & ASKS_REPLY_TO) != 0);
		assert_int_equal(reply_recipients(envs, 1, cases[i].kind, &options, &r, NULL),
				 cases[i].to != NULL);
		if (!cases[i].to)
			continue;
		assert_string_equal(r.to, cases[i].to);
		assert_string_equal(r.cc, cases[i].cc);
		reply_recipients_clear(&r);
	}
}

/* M16 */
static void a_hundred_thousand_recipients_cost_no_square_time(void **state)
{
	enum { N = 100000 };
	const struct reply_options options = {.is_me = is_me};
	g_autoptr(GString) cc = g_string_new(NULL);
	struct original o = {.from = "a@x", .to = "me@x"};
	struct envelope env;
	const struct envelope *envs[] = {&env};
	struct reply_recipients r;
	gint64 start = g_get_monotonic_time();

	for (int i = 0; i < N; i++)
		g_string_append_printf(cc, "%su%d@example.org", i ? ", " : "", i);
	o.cc = cc->str;
	fill(&env, &o);
	assert_true(reply_recipients(envs, 1, REPLY_GROUP, &options, &r, NULL));
	assert_true(r.n > REPLY_ASK_ABOVE);
	assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
	reply_recipients_clear(&r);
}

static void followups_to_lists_name_who_wants_a_copy(void **state)
{
	const struct reply_options options = {
	    .is_me = is_me, .is_list = is_list, .is_subscribed = is_subscribed};
	static const struct {
		const char *to, *cc, *expected;
	} followups[] = {
	    {"sub@x", "me@x, a@x", "sub@x, a@x"},
	    {"list@x", "a@x", "me@x, list@x, a@x"},
	    {"a@x", "b@x", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(followups); i++) {
		g_autofree char *text =
		    reply_mail_followup_to(followups[i].to, followups[i].cc, "me@x", &options);

		if (followups[i].expected)
			assert_string_equal(text, followups[i].expected);
		else
			assert_null(text);
	}
}

/* M40 */
static void subjects_get_one_re_and_no_line_break(void **state)
{
	static const struct {
		const char *subject, *reply;
	} subjects[] = {
	    {"Lunch", "Re: Lunch"},	   {"Re: Lunch", "Re: Lunch"}, {"", "Re: your mail"},
	    {"x\nBcc: y", "Re: x Bcc: y"}, {"Re: ", "Re: your mail"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
		g_autofree char *reply = reply_subject(subjects[i].subject, NULL, "Re: your mail");

		assert_string_equal(reply, subjects[i].reply);
	}
}

static void ids_follow_rfc_5322(void **state)
{
	struct original nobody = {0};
	struct envelope env;
	const struct envelope *envs[] = {&env};
	g_autofree char *in_reply_to = NULL, *references = NULL, *to2 = NULL, *references2 = NULL;

	fill(&env, &nobody);
	env.field[ENV_MESSAGE_ID] = "<c@x>";
	env.field[ENV_REFERENCES] = "<a@x> <b@x>";
	reply_ids(envs, 1, &in_reply_to, &references);
	assert_string_equal(in_reply_to, "<c@x>");
	assert_string_equal(references, "<a@x> <b@x> <c@x>");
	env.field[ENV_REFERENCES] = "";
	env.field[ENV_IN_REPLY_TO] = "<b@x>";
	reply_ids(envs, 1, &to2, &references2);
	assert_string_equal(references2, "<b@x> <c@x>");
}

static void my_address_that_it_went_to_becomes_from(void **state)
{
	struct original o = {.from = "a@x", .to = "b@x", .cc = "Myself <me2@x>, me@x"};
	struct envelope env;
	g_autofree char *with_name = NULL, *bare = NULL, *none = NULL;

	fill(&env, &o);
	with_name = reply_from(&env, is_me, NULL, TRUE);
	bare = reply_from(&env, is_me, NULL, FALSE);
	assert_string_equal(with_name, "Myself <me2@x>");
	assert_string_equal(bare, "me2@x");
	env.field[ENV_CC] = "";
	none = reply_from(&env, is_me, NULL, TRUE);
	assert_null(none);
}

static void text_is_quoted(void **state)
{
	static const char text[] = "one\n\n> two\nlast\n-- \nsig\n";
	const struct quote_options plain = {.indent_string = "> ",
					    .attribution = "On that day, Ann wrote:",
					    .post_indent_string = "--end--",
					    .indent_empty = TRUE};
	const struct quote_options flowed = {.text_flowed = TRUE, .strip_signature = TRUE};
	const struct quote_options header = {.indent_string = "| ", .header = "From: a\n"};
	g_autoptr(GString) out = g_string_new(NULL);

	reply_quote(text, sizeof(text) - 1, &plain, out);
	assert_string_equal(out->str, "On that day, Ann wrote:\n> one\n> \n> > two\n> last\n"
				      "> -- \n> sig\n--end--\n");
	g_string_truncate(out, 0);
	reply_quote(text, sizeof(text) - 1, &flowed, out);
	assert_string_equal(out->str, "> one\n>\n>> two\n> last\n");
	g_string_truncate(out, 0);
	reply_quote("x\n\ny", 4, &header, out);
	assert_string_equal(out->str, "| From: a\n\n| x\n\n| y\n");
	assert_int_equal(reply_text_end("-- \nall\n", 8), 0);
	assert_int_equal(reply_text_end("a-- \nb", 6), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_go_to_whom_mutt_sends_them),
	    cmocka_unit_test(a_hundred_thousand_recipients_cost_no_square_time),
	    cmocka_unit_test(followups_to_lists_name_who_wants_a_copy),
	    cmocka_unit_test(subjects_get_one_re_and_no_line_break),
	    cmocka_unit_test(ids_follow_rfc_5322),
	    cmocka_unit_test(my_address_that_it_went_to_becomes_from),
	    cmocka_unit_test(text_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
