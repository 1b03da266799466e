/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns asked of a small mailbox: which of its messages match. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/mail/flags.h"
#include "cur/mail/thread.h"
#include "cur/query/pattern.h"

/* Message 1 is answered by 2, which is answered by 3; 4 is alone. */
static const struct {
	struct row row;
	mark_t mark;
	const char *from, *to, *cc, *subject, *label;
	gint32 score;
	gboolean tagged, deleted;
	guint32 parent; /* number, 0: none */
} messages[] = {
    {{.size_bytes = 1000, .lines = 3, .kind = ROW_PARTS, .date_sent = 100},
     FLAG_SEEN,
     "Ann Smith <ann@example.org>",
     "<bob@example.org>",
     "",
     "Team Lunch",
     "work",
     5,
     FALSE,
     FALSE,
     0},
    {{.size_bytes = 5000, .kind = ROW_SIGNED},
     FLAG_SEEN | FLAG_ANSWERED,
     "\"Bob, Jr.\" <bob@example.org>",
     "Ann Smith <ann@example.org>, <me@example.org>",
     "<list@example.org>",
     "Re: Team Lunch",
     "",
     0,
     TRUE,
     FALSE,
     1},
    {{.size_bytes = 300000, .kind = ROW_PARTS},
     FLAG_FLAGGED,
     "<ann@example.org>",
     "friends: <bob@example.org>, <zed@example.org>;",
     "",
     "one|two a[(]b",
     "",
     -3,
     FALSE,
     TRUE,
     2},
    {{.size_bytes = 70},
     MARK_NEW,
     "Жан <zhan@пример.рф>",
     "<me@example.org>",
     "",
     "Совещание",
     "",
     0,
     FALSE,
     FALSE,
     0},
};
enum { N = G_N_ELEMENTS(messages) };

static void envelope(guint32 msg, struct envelope *env, void *data)
{
	for (int i = 0; i < ENV_N_FIELDS; i++)
		env->field[i] = "";
	env->field[ENV_FROM] = messages[msg].from;
	env->field[ENV_TO] = messages[msg].to;
	env->field[ENV_CC] = messages[msg].cc;
	env->field[ENV_SUBJECT] = messages[msg].subject;
	env->field[ENV_LABEL] = messages[msg].label;
	env->field[ENV_EXPIRES] = msg == 0 ? "Mon, 1 Jan 2001 00:00:00 +0000" : "";
	env->field[ENV_MESSAGE_ID] = msg == 1 ? "<id-two@x>" : "<other@x>";
	env->field[ENV_REFERENCES] = msg == 2 ? "<id-one@x> <id-two@x>" : "";
}

static const char *text(guint32 msg, enum pattern_op op, gsize *n, void *data)
{
	const char *found = op == PATTERN_HEADER ? "X-Mailer: pigeon\n"
			    : op == PATTERN_BODY ? "see you at noon\n"
						 : "X-Mailer: pigeon\n\nsee you at noon\n";

	*n = strlen(found);
	return msg == 2 ? found : NULL;
}

static gboolean types(guint32 msg, gboolean (*each)(const char *type, void *arg), void *arg,
		      void *data)
{
	return each("text/plain", arg) || (msg == 0 && each("image/png", arg));
}

static guint attachments(guint32 msg, void *data)
{
	return msg == 0 ? 2 : msg == 2 ? 7 : 0;
}

static gboolean is_me(const char *address, void *data)
{
	return strcmp(address, "me@example.org") == 0;
}

static gboolean is_list(const char *address, void *data)
{
	return strcmp(address, "list@example.org") == 0;
}

static gboolean is_alias(const char *address, void *data)
{
	return strcmp(address, "ann@example.org") == 0;
}

static gboolean in_group(const char *group, const char *address, const char *name, void *data)
{
	return strcmp(group, "team") == 0 && strcmp(address, "bob@example.org") == 0;
}

static gint32 score(guint32 msg, void *data)
{
	return messages[msg].score;
}

static gboolean parent(guint32 msg, guint32 *out, void *data)
{
	*out = messages[msg].parent - 1;
	return messages[msg].parent != 0;
}

static gboolean child_first(guint32 msg, guint32 *out, void *data)
{
	*out = msg + 1;
	return msg + 1 < N && messages[msg + 1].parent == msg + 1;
}

static gboolean thread_first(guint32 msg, guint32 *first, void *data)
{
	*first = msg < 3 ? 0 : msg;
	return TRUE;
}

static gboolean thread_next(guint32 first, guint32 msg, guint32 *next, void *data)
{
	*next = msg + 1;
	return first == 0 && msg < 2;
}

static guint8 links(guint32 msg, void *data)
{
	return msg == 1 ? THREAD_DUPLICATE : msg == 2 ? THREAD_BY_SUBJECT : 0;
}

static gboolean is_unanswered(guint32 msg, void *data)
{
	return msg >= 2;
}

static gboolean subject(guint32 msg, struct pattern_subject *out, void *data);

static const struct pattern_calls calls = {.envelope = envelope,
					   .text = text,
					   .types = types,
					   .attachments = attachments,
					   .is_me = is_me,
					   .is_list = is_list,
					   .is_subscribed = is_list,
					   .is_alias = is_alias,
					   .in_group = in_group,
					   .score = score,
					   .parent = parent,
					   .child_first = child_first,
					   .thread_first = thread_first,
					   .thread_next = thread_next,
					   .subject = subject,
					   .links = links,
					   .is_unanswered = is_unanswered};

static gboolean subject(guint32 msg, struct pattern_subject *out, void *data)
{
	*out = (struct pattern_subject){.msg = msg,
					.row = &messages[msg].row,
					.mark = messages[msg].mark,
					.number = msg + 1,
					.tagged = messages[msg].tagged,
					.collapsed = msg == 3,
					.deleted = messages[msg].deleted,
					.calls = &calls};
	return TRUE;
}

/* "1 3": the numbers of what matches. */
static char *matching(const struct pattern *pattern)
{
	auto_ptr(pattern_memo) memo = pattern_memo_new();
	GString *found = g_string_new(NULL);

	for (guint32 i = 0; i < N; i++) {
		struct pattern_subject s;

		subject(i, &s, NULL);
		s.memo = memo;
		if (pattern_match(pattern, &s))
			g_string_append_printf(found, "%s%u", found->len ? " " : "", i + 1);
	}
	return g_string_free(found, FALSE);
}

static const struct {
	const char *pattern, *found;
} cases[] = {
    {"~A", "1 2 3 4"},
    {"!~A", ""},
    {"! !~A", "1 2 3 4"},
    {"~f ann", "1 3"},
    {"~f Ann", "1"},
    {"~f ^ann@", "1 3"},
    {"~f \"Bob, Jr\"", "2"},
    {"~f 'ANN'", ""},
    {"=f smith", "1"},
    {"=s LUNCH", ""},
    {"=s Lunch", "1 2"},
    {"=s совещ", "4"},
    {"~s совещ", "4"},
    {"~f жан", "4"},
    {"~s 'one|two'", "3"},
    {"~s one\\|lunch", "1 2 3"},
    {"~f ann~s lunch", "1"},
    {"~f ann ~s lunch", "1"},
    {"~f ann | ~f bob ~s lunch", "1 2"},
    {"~f ann | ~f bob (~s lunch)", "1 2 3"},
    {"~s lunch ~f bob | ~f zhan", "2 4"},
    {"~f ann | (~f bob ~s nothing)", "1 3"},
    {"! ~f ann ~t me", "2 4"},
    {"!(~f ann ~t bob)", "2 4"},
    {"~t bob", "1 3"},
    {"^~t bob", "1"},
    {"^~c list", "1 2 3 4"},
    {"~c list", "2"},
    {"~C list", "2"},
    {"~L ann", "1 2 3"},
    {"@~f a", "1 3"},
    {"%f team", "2"},
    {"%C team", "1 3"},
    {"%f nobody", ""},
    {"~p", "2 4"},
    {"~P", ""},
    {"~l", "2"},
    {"~u", "2"},
    {"~F", "3"},
    {"~N", "4"},
    {"~O", "3"},
    {"~U", "3 4"},
    {"~R", "1 2"},
    {"~Q", "2"},
    {"~T", "2"},
    {"~D", "3"},
    {"~v", "4"},
    {"~g", "2"},
    {"~E", "1"},
    {"~y work", "1"},
    {"~i two", "2"},
    {"~x two", "3"},
    {"~n 5", "1"},
    {"~n >-4", "1 2 3 4"},
    {"~n <0", "3"},
    {"~z 1K-", "2 3"},
    {"~z <1000", "4"},
    {"~z -1000", "1 4"},
    {"~z 0x3e8", "1"},
    {"~z 4K-290K", "2"},
    {"~X 2", "1"},
    {"~X 7", "3"},
    {"~m 2-3", "2 3"},
    {"~m 3-2", "2 3"},
    {"~m .", "3"},
    {"~m ^-.", "1 2 3"},
    {"~m .-$", "3 4"},
    {"~m -1,1", "2 3 4"},
    {"~m ,.", "1 2 3"},
    {"~m 0", "3"},
    {"~m >3", "4"},
    {"~h pigeon", "3"},
    {"~b noon", "3"},
    {"~b pigeon", ""},
    {"~B pigeon", "3"},
    {"=b Noon", ""},
    {"~M image/", "1"},
    {"~(~f bob)", "1 2 3"},
    {"~<(~f ann)", "2"},
    {"~>(~f bob)", "1"},
    {"!~(~f bob)", "4"},
    {"~(~<(~f bob))", "1 2 3"},
    {"~=", "2"},
    {"~#", "3"},
    {"~$", "3 4"},
    {"~d 1/1/1970", "1 2 3 4"},
};

static void patterns_find_what_they_say(void **state)
{
	const struct pattern_options options = {.current = 3, .last = 4};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		auto_ptr(pattern) pattern = pattern_compile(cases[i].pattern, &options, &error);
		g_autofree char *found = NULL;

		print_message("%s\n", cases[i].pattern);
		assert_null(error);
		found = matching(pattern);
		assert_string_equal(found, cases[i].found);
	}
}

static void rows_alone_answer_as_the_whole_does(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct pattern_options options = {.current = 3, .last = 4};
		auto_ptr(pattern) pattern = pattern_compile(cases[i].pattern, &options, NULL);

		for (guint32 msg = 0; msg < N; msg++) {
			struct pattern_subject s;
			guint8 answer;

			subject(msg, &s, NULL);
			pattern_match_rows(pattern, s.row, &s.mark, 1, &answer);
			if (answer != PATTERN_ASK)
				assert_int_equal(answer, pattern_match(pattern, &s));
		}
	}
}

static void flags_and_sizes_are_settled_without_text(void **state)
{
	auto_ptr(pattern) cheap = pattern_compile("~U ~z >100 | ~F", NULL, NULL);
	auto_ptr(pattern) mixed = pattern_compile("~b x ~F", NULL, NULL);
	guint8 answer;

	assert_int_equal(pattern_cost(cheap), COST_ROW);
	assert_int_equal(pattern_cost(mixed), COST_BODY);
	pattern_match_rows(cheap, &messages[1].row, &messages[1].mark, 1, &answer);
	assert_int_equal(answer, PATTERN_NO);
	pattern_match_rows(mixed, &messages[1].row, &messages[1].mark, 1, &answer);
	assert_int_equal(answer, PATTERN_NO);
	pattern_match_rows(mixed, &messages[2].row, &messages[2].mark, 1, &answer);
	assert_int_equal(answer, PATTERN_ASK);
}

static void without_callbacks_nothing_matches_and_nothing_breaks(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct pattern_options options = {.current = 3, .last = 4};
		auto_ptr(pattern) pattern = pattern_compile(cases[i].pattern, &options, NULL);
		struct pattern_subject bare = {0};

		(void)pattern_match(pattern, &bare);
	}
}

static void a_wrong_pattern_is_told_with_its_column(void **state)
{
	static const struct {
		const char *pattern, *message;
	} wrong[] = {
	    {"~j", "column 1: unknown operator '~j'"},
	    {"~F ~j x", "column 4: unknown operator '~j'"},
	    {"~F (~A ~j)", "column 8: unknown operator '~j'"},
	    {"~", "column 1: unknown operator '~'"},
	    {"", "column 1: the pattern is empty"},
	    {"()", "column 2: the pattern is empty"},
	    {"(~A", "column 1: this parenthesis is not closed"},
	    {"(~s \"a[(]b\")", "column 1: this parenthesis is not closed"},
	    {"~f", "column 1: the operator needs an argument"},
	    {"~s one|two", "column 8: an operator such as ~f is expected here"},
	    {"lunch", "column 1: an operator such as ~f is expected here"},
	    {"~z big", "column 1: 'big' is no range of numbers such as 5, 5-9, 5-, -9, >5 or <5"},
	    {"~m +1", "column 1: '+1' is no range of messages such as 5-9, ^-. or -2,2"},
	    {"%s team", "column 1: '%s' has no addresses that a group could hold"},
	    {"~d =1d", "column 1: the operator needs an argument"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(pattern_compile(wrong[i].pattern, NULL, &error));
		assert_string_equal(error->message, wrong[i].message);
	}
}

static void hooks_refuse_what_needs_the_message(void **state)
{
	const struct pattern_options options = {.no_message = TRUE};
	g_autoptr(GError) error = NULL;

	assert_null(pattern_compile("~f ann ~b x", &options, &error));
	assert_string_equal(error->message, "column 8: '~b' needs the message text, which is not "
					    "at hand here");
}

static void text_without_an_operator_is_a_simple_search(void **state)
{
	static const struct {
		const char *text, *pattern;
	} searches[] = {
	    {"team lunch", "~f \"team lunch\" | ~s \"team lunch\""},
	    {"a\"b\\c", "~f \"a\\\"b\\\\c\" | ~s \"a\\\"b\\\\c\""},
	    {"ALL", "~A"},
	    {".", "~A"},
	    {"unread", "~U"},
	    {"repl", "~Q"},
	    {"a\\~b", "~f \"a\\\\~b\" | ~s \"a\\\\~b\""},
	    {"~s x", "~s x"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(searches); i++) {
		g_autofree char *pattern = pattern_expand_simple(searches[i].text, "~f %s | ~s %s");

		assert_string_equal(pattern, searches[i].pattern);
	}
}

static void parentheses_have_a_limit(void **state)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 60; i++)
		g_string_append_c(deep, '(');
	g_string_append(deep, "~A");
	for (int i = 0; i < 60; i++)
		g_string_append_c(deep, ')');
	assert_null(pattern_compile(deep->str, NULL, &error));
	assert_string_equal(error->message, "column 51: too many parentheses in each other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns_find_what_they_say),
	    cmocka_unit_test(rows_alone_answer_as_the_whole_does),
	    cmocka_unit_test(flags_and_sizes_are_settled_without_text),
	    cmocka_unit_test(without_callbacks_nothing_matches_and_nothing_breaks),
	    cmocka_unit_test(a_wrong_pattern_is_told_with_its_column),
	    cmocka_unit_test(hooks_refuse_what_needs_the_message),
	    cmocka_unit_test(text_without_an_operator_is_a_simple_search),
	    cmocka_unit_test(parentheses_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
