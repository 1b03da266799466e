/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: mailboxes written as lines, the shown order and tree compared as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/mail/thread.h"

enum { MAX_MESSAGES = 16, MAX_REFERENCES = 8 };

/* Ids are small numbers; refs end with 0 and hold the ancestors oldest first. */
struct message {
	guint64 id;
	guint64 refs[MAX_REFERENCES];
	guint64 subject;
	gint64 date;
	guint8 flags;
};

struct mailbox {
	guint32 n;
	guint64 id[MAX_MESSAGES], parent[MAX_MESSAGES], subject[MAX_MESSAGES];
	gint64 date[MAX_MESSAGES];
	guint8 flags[MAX_MESSAGES];
	const struct message *messages;
};

static guint32 references(guint32 msg, guint64 *out, guint32 max, void *data)
{
	const struct mailbox *mb = data;
	guint32 n = 0;

	while (n < max && n < MAX_REFERENCES && mb->messages[msg].refs[n]) {
		out[n] = mb->messages[msg].refs[n];
		n++;
	}
	return n;
}

static void load(struct mailbox *mb, const struct message *messages)
{
	*mb = (struct mailbox){.messages = messages};
	for (; mb->n < MAX_MESSAGES && messages[mb->n].id; mb->n++) {
		const struct message *m = &messages[mb->n];

		mb->id[mb->n] = m->id;
		for (int i = 0; i < MAX_REFERENCES && m->refs[i]; i++)
			mb->parent[mb->n] = m->refs[i];
		mb->subject[mb->n] = m->subject;
		mb->date[mb->n] = m->date;
		mb->flags[mb->n] = m->flags;
	}
}

static struct thread_source source_of(struct mailbox *mb)
{
	return (struct thread_source){.n = mb->n,
				      .id = mb->id,
				      .parent = mb->parent,
				      .subject = mb->subject,
				      .date = mb->date,
				      .flags = mb->flags,
				      .sort_re = TRUE,
				      .duplicates = TRUE,
				      .references = references,
				      .data = mb};
}

/* "1 `->2 |->3": tree and id of every shown message. */
static char *shown(const struct thread_tree *tree, const struct mailbox *mb, const guint8 *visible,
		   const struct thread_drawing *drawing)
{
	auto_ptr(thread_view) view = thread_view_new(tree, visible, drawing);
	GString *text = g_string_new(NULL);

	for (guint32 i = 0; i < tree->n_order; i++) {
		guint32 msg = tree->order[i];
		g_autofree char *cells = thread_tree_text(view, msg, 100, TRUE);

		if (!visible || visible[msg])
			g_string_append_printf(text, "%s%s%d", text->len ? "\n" : "", cells,
					       (int)mb->id[msg]);
	}
	return g_string_free(text, FALSE);
}

/* mutt's defaults. */
static const struct thread_drawing drawing = {
    .hide_missing = TRUE, .hide_limited = FALSE, .hide_top_missing = TRUE};

static void assert_shown(const struct message *messages, const char *expected)
{
	struct mailbox mb;
	struct thread_source source;
	auto_ptr(thread_tree) tree = NULL;
	g_autofree char *text = NULL;

	load(&mb, messages);
	source = source_of(&mb);
	tree = thread_build(&source);
	thread_sort(tree, &(struct thread_sorting){0});
	text = shown(tree, &mb, NULL, &drawing);
	assert_string_equal(text, expected);
}

static const struct {
	const char *name;
	struct message messages[MAX_MESSAGES];
	const char *expected;
} cases[] = {
    {"replies stand under what they answer",
     {{1}, {2, {1}}, {3, {1}}, {4, {1, 2}}, {5}},
     "1\n|->2\n| `->4\n`->3\n5"},
    {"the order of arrival does not matter",
     {{4, {1, 2}}, {3, {1}}, {2, {1}}, {1}},
     "1\n|->3\n`->2\n  `->4"},
    {"siblings of a missing message stay together", {{2, {1}}, {5}, {3, {1}}}, "-->2\n`->3\n5"},
    {"one child of a missing message stands alone", {{2, {1}}, {3}}, "2\n3"},
    {"References bridge a gap in the middle", {{1}, {3, {1, 2}}}, "1\n`->3"},
    {"a gap joins those that name a common ancestor further up",
     {{3, {1, 2}}, {5, {1, 4}}},
     "-->3\n`->5"},
    {"a circle is cut at its oldest message",
     {{1, {3}, 0, 30}, {2, {1}, 0, 10}, {3, {2}, 0, 20}},
     "2\n`->3\n  `->1"},
    {"a message that answers itself is alone", {{1, {1}}, {2}}, "1\n2"},
    {"two that answer each other are one thread", {{1, {2}, 0, 1}, {2, {1}, 0, 2}}, "1\n`->2"},
    {"a duplicate hangs under its twin", {{1}, {1}, {2, {1}}}, "1\n|=>1\n`->2"},
    {"dead messages are as if missing",
     {{1, {0}, 0, 0, THREAD_DEAD}, {2, {1}}, {3, {1}}},
     "-->2\n`->3"},
    {"a reply without ids finds its thread by subject",
     {{1, {0}, 7, 1}, {2, {0}, 7, 2, THREAD_IS_REPLY}},
     "1\n`*>2"},
    {"several such replies are siblings",
     {{1, {0}, 7, 1}, {2, {0}, 7, 2, THREAD_IS_REPLY}, {3, {0}, 7, 3, THREAD_IS_REPLY}},
     "1\n|*>2\n`*>3"},
    {"no reply, no subject threading", {{1, {0}, 7, 1}, {2, {0}, 7, 2}}, "1\n2"},
    {"a reply older than the subject is no answer to it",
     {{1, {0}, 7, 5}, {2, {0}, 7, 2, THREAD_IS_REPLY}},
     "1\n2"},
    {"a broken thread has no parent at all",
     {{1, {0}, 7, 1}, {2, {1}, 7, 2, THREAD_BROKEN | THREAD_IS_REPLY}},
     "1\n2"},
    {"of a circle made by subjects no real answer is torn off",
     {{1, {0}, 7, 40, THREAD_IS_REPLY},
      {2, {1}, 8, 10},
      {3, {0}, 8, 30, THREAD_IS_REPLY},
      {4, {3}, 7, 20}},
     "3\n`->4\n  `*>1\n    `->2"},
    {"a thread whose head is missing finds its subject, too",
     {{1, {0}, 7, 1}, {3, {2}, 7, 3, THREAD_IS_REPLY}},
     "1\n`*>3"},
};

static void threads_are_made_from_ids(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_shown(cases[i].messages, cases[i].expected);
	}
}

static const struct message family[] = {{1},	  {2, {1}}, {3, {1, 2}}, {4, {1, 2}},
					{5, {1}}, {6},	    {0}};

static void what_the_limit_hides_is_told_in_the_tree(void **state)
{
	static const struct {
		guint8 visible[6];
		gboolean hide_limited, hide_top_limited, narrow;
		const char *expected;
	} limits[] = {
	    {{1, 1, 1, 1, 1, 1}, FALSE, FALSE, FALSE, "1\n|->2\n| |->3\n| `->4\n`->5\n6"},
	    {{1, 1, 1, 1, 1, 1}, FALSE, FALSE, TRUE, "1\n|>2\n||>3\n|`>4\n`>5\n6"},
	    {{1, 0, 1, 0, 1, 0}, FALSE, FALSE, FALSE, "1\n|-&->3\n`->5"},
	    {{1, 0, 1, 0, 1, 0}, TRUE, FALSE, FALSE, "1\n|->3\n`->5"},
	    {{0, 0, 1, 1, 0, 0}, FALSE, FALSE, FALSE, "&-&->3\n  `->4"},
	    {{0, 0, 1, 0, 0, 0}, FALSE, TRUE, FALSE, "3"},
	    {{0, 0, 1, 1, 0, 0}, TRUE, FALSE, FALSE, "-->3\n`->4"},
	};
	struct mailbox mb;
	struct thread_source source;
	auto_ptr(thread_tree) tree = NULL;

	load(&mb, family);
	source = source_of(&mb);
	tree = thread_build(&source);
	for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
		struct thread_drawing d = drawing;
		g_autofree char *text = NULL;

		d.hide_limited = limits[i].hide_limited;
		d.hide_top_limited = limits[i].hide_top_limited;
		d.narrow_tree = limits[i].narrow;
		text = shown(tree, &mb, limits[i].visible, &d);
		assert_string_equal(text, limits[i].expected);
	}
}

static void a_missing_parent_is_a_question_mark_on_request(void **state)
{
	static const struct message gap[] = {{1}, {3, {1, 2}}, {0}};
	struct thread_drawing d = {0};
	struct mailbox mb;
	struct thread_source source;
	auto_ptr(thread_tree) tree = NULL;
	g_autofree char *text = NULL;

	load(&mb, gap);
	source = source_of(&mb);
	tree = thread_build(&source);
	text = shown(tree, &mb, NULL, &d);
	assert_string_equal(text, "1\n`-?->3");
}

static void lines_are_drawn_in_utf8_unless_ascii_is_asked_for(void **state)
{
	struct mailbox mb;
	struct thread_source source;
	auto_ptr(thread_tree) tree = NULL;
	auto_ptr(thread_view) view = NULL;
	g_autofree char *text = NULL, *cut = NULL;

	load(&mb, family);
	source = source_of(&mb);
	tree = thread_build(&source);
	view = thread_view_new(tree, NULL, &drawing);
	text = thread_tree_text(view, 3, 100, FALSE);
	assert_string_equal(text, "│ └─>");
	cut = thread_tree_text(view, 3, 3, FALSE);
	assert_string_equal(cut, "│ └");
}

static void assert_sorted(const struct thread_sorting *sorting, const char *expected)
{
	struct mailbox mb;
	struct thread_source source;
	struct thread_drawing d = drawing;
	auto_ptr(thread_tree) tree = NULL;
	g_autofree char *text = NULL;

	load(&mb, family);
	source = source_of(&mb);
	tree = thread_build(&source);
	thread_sort(tree, sorting);
	d.upside_down = sorting->upside_down;
	text = shown(tree, &mb, NULL, &d);
	assert_string_equal(text, expected);
}

static void siblings_and_threads_are_sorted_by_their_keys(void **state)
{
	static const guint64 key[] = {1, 20, 3, 90, 10, 50};
	static const guint64 group[] = {5, 0, 0, 0, 0, 4};
	struct thread_sorting sorting = {.key = key};

	assert_sorted(&sorting, "1\n|->5\n`->2\n  |->3\n  `->4\n6");
	sorting.last = TRUE;
	assert_sorted(&sorting, "6\n1\n|->5\n`->2\n  |->3\n  `->4");
	sorting.reverse = TRUE;
	assert_sorted(&sorting, "1\n|->2\n| |->4\n| `->3\n`->5\n6");
	sorting = (struct thread_sorting){.key = key, .upside_down = TRUE};
	assert_sorted(&sorting, "6\n  ,->4\n  |->3\n,->2\n|->5\n1");
	sorting = (struct thread_sorting){.key = key, .group_key = group};
	assert_sorted(&sorting, "6\n1\n|->5\n`->2\n  |->3\n  `->4");
}

static void a_thread_can_be_asked_about(void **state)
{
	struct mailbox mb;
	struct thread_source source;
	auto_ptr(thread_tree) tree = NULL;

	load(&mb, family);
	source = source_of(&mb);
	tree = thread_build(&source);
	assert_true(thread_is_unanswered(tree, 2));
	assert_false(thread_is_unanswered(tree, 1));
}

/* M-class load: depth must cost neither stack nor square time. */
static void a_thread_of_50000_answers_is_no_trouble(void **state)
{
	enum { N = 50000 };
	g_autofree guint64 *id = g_new(guint64, N), *parent = g_new0(guint64, N);
	struct thread_source source = {.n = N, .id = id, .parent = parent};
	struct thread_drawing d = drawing;
	auto_ptr(thread_tree) tree = NULL;
	auto_ptr(thread_view) view = NULL;
	guint8 cells[80];
	gint64 start = g_get_monotonic_time();

	for (guint64 i = 0; i < N; i++) {
		id[i] = i + 1;
		parent[i] = i;
	}
	tree = thread_build(&source);
	assert_int_equal(tree->n_order, N);
	view = thread_view_new(tree, NULL, &d);
	assert_int_equal(thread_cells(view, N - 1, cells, 80), 80);
	assert_int_equal(cells[79], CELL_SPACE);
	assert_true(g_get_monotonic_time() - start < 2 * G_USEC_PER_SEC);
}

static void a_million_messages_thread_in_a_moment(void **state)
{
	enum { N = 1000000 };
	g_autofree guint64 *id = g_new(guint64, N), *parent = g_new0(guint64, N);
	g_autofree gint64 *date = g_new(gint64, N);
	g_autofree guint64 *key = g_new(guint64, N);
	struct thread_source source = {.n = N, .id = id, .parent = parent, .date = date};
	struct thread_sorting sorting = {.key = key, .last = TRUE};
	auto_ptr(thread_tree) tree = NULL;
	guint64 x = 88172645463325252ull;
	gint64 start, built;

	for (guint32 i = 0; i < N; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		id[i] = x;
		date[i] = 1500000000 + (gint64)i * 60 + (gint64)(x % 5000);
		key[i] = (guint64)date[i];
		if (x % 3 && i > 0)
			parent[i] = id[i - 1 - x % MIN(i, 200)];
	}
	start = g_get_monotonic_time();
	tree = thread_build(&source);
	built = g_get_monotonic_time();
	thread_sort(tree, &sorting);
	print_message("built in %d ms, sorted in %d ms\n", (int)((built - start) / 1000),
		      (int)((g_get_monotonic_time() - built) / 1000));
	assert_int_equal(tree->n_order, N);
	assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(threads_are_made_from_ids),
	    cmocka_unit_test(what_the_limit_hides_is_told_in_the_tree),
	    cmocka_unit_test(a_missing_parent_is_a_question_mark_on_request),
	    cmocka_unit_test(lines_are_drawn_in_utf8_unless_ascii_is_asked_for),
	    cmocka_unit_test(siblings_and_threads_are_sorted_by_their_keys),
	    cmocka_unit_test(a_thread_can_be_asked_about),
	    cmocka_unit_test(a_thread_of_50000_answers_is_no_trouble),
	    cmocka_unit_test(a_million_messages_thread_in_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
