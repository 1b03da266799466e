/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders by each word of $sort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/mail/sort.h"

static const struct {
	struct row row;
	const char *from, *to, *subject, *label;
	gint32 score;
	const char *spam;
} messages[] = {
    {{.date_sent = 30, .date_received = 1, .size_bytes = 500},
     "Zoe <a@x>",
     "<me@x>",
     "Re: lunch",
     "",
     5,
     ""},
    {{.date_sent = -10, .date_received = 3, .size_bytes = 20},
     "\"anna, b.\" <z@x>",
     "Carl <c@x>, <d@x>",
     "Lunch",
     "work",
     0,
     "3.5"},
    {{.date_sent = 20, .date_received = 2, .size_bytes = 700},
     "<mid@x>",
     "Bob <b@x>",
     "apples",
     "home",
     -5,
     "20"},
};
enum { N = G_N_ELEMENTS(messages) };

static const struct row *row(guint32 msg, void *data)
{
	return &messages[msg].row;
}

static void envelope(guint32 msg, struct envelope *env, void *data)
{
	for (int i = 0; i < ENV_N_FIELDS; i++)
		env->field[i] = "";
	env->field[ENV_FROM] = messages[msg].from;
	env->field[ENV_TO] = messages[msg].to;
	env->field[ENV_SUBJECT] = messages[msg].subject;
	env->field[ENV_LABEL] = messages[msg].label;
}

static gint32 score(guint32 msg, void *data)
{
	return messages[msg].score;
}

static const char *spam(guint32 msg, void *data)
{
	return messages[msg].spam;
}

static const char *base_subject(const char *subject, void *data)
{
	return g_str_has_prefix(subject, "Re: ") ? subject + 4 : subject;
}

static const struct sort_source source = {.n = N,
					  .row = row,
					  .envelope = envelope,
					  .score = score,
					  .spam = spam,
					  .base_subject = base_subject};

static void every_word_has_its_order(void **state)
{
	static const struct {
		enum sort_word word;
		gboolean reverse;
		guint32 order[N];
	} cases[] = {
	    {SORT_DATE, FALSE, {1, 2, 0}},    {SORT_DATE_RECEIVED, FALSE, {0, 2, 1}},
	    {SORT_FROM, FALSE, {1, 2, 0}},    {SORT_TO, FALSE, {2, 1, 0}},
	    {SORT_SUBJECT, FALSE, {2, 0, 1}}, {SORT_SIZE, FALSE, {1, 0, 2}},
	    {SORT_SCORE, FALSE, {0, 1, 2}},   {SORT_LABEL, FALSE, {2, 1, 0}},
	    {SORT_SPAM, FALSE, {0, 1, 2}},    {SORT_MAILBOX_ORDER, FALSE, {0, 2, 1}},
	    {SORT_DATE, TRUE, {0, 2, 1}},     {SORT_SUBJECT, TRUE, {0, 1, 2}},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint32 order[N] = {0, 1, 2};
		g_autofree guint64 *keys = sort_keys(cases[i].word, &source);

		print_message("word %d\n", cases[i].word);
		sort_order(order, N, keys, cases[i].reverse, NULL, FALSE);
		assert_memory_equal(order, cases[i].order, sizeof(order));
	}
}

static void ties_are_broken_by_the_second_key_and_else_kept(void **state)
{
	static const guint64 key[] = {1, 1, 0, 1}, aux[] = {5, 9, 0, 7};
	guint32 order[] = {0, 1, 2, 3};
	static const guint32 plain[] = {2, 0, 1, 3}, by_aux[] = {2, 1, 3, 0};

	sort_order(order, 4, key, FALSE, NULL, FALSE);
	assert_memory_equal(order, plain, sizeof(order));
	sort_order(order, 4, key, FALSE, aux, TRUE);
	assert_memory_equal(order, by_aux, sizeof(order));
}

static void many_messages_sort_as_few_do(void **state)
{
	enum { MANY = 100000 };
	g_autofree guint64 *key = g_new(guint64, MANY);
	g_autofree guint32 *order = g_new(guint32, MANY);
	guint64 x = 88172645463325252ull;

	for (guint32 i = 0; i < MANY; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		key[i] = i % 3 ? x : x % 100; /* with ties */
		order[i] = i;
	}
	sort_order(order, MANY, key, FALSE, NULL, FALSE);
	for (guint32 i = 1; i < MANY; i++) {
		assert_true(key[order[i - 1]] <= key[order[i]]);
		if (key[order[i - 1]] == key[order[i]])
			assert_true(order[i - 1] < order[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_word_has_its_order),
	    cmocka_unit_test(ties_are_broken_by_the_second_key_and_else_kept),
	    cmocka_unit_test(many_messages_sort_as_few_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
