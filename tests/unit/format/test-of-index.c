/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the letters of $index_format say of a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cur/format/of-index.h"
#include "cur/mail/flags.h"

static gboolean is_me(const char *address, void *data)
{
	return g_str_has_prefix(address, "me@");
}

static gboolean is_subscribed(const char *address, void *data)
{
	return g_str_has_prefix(address, "list@");
}

static const struct index_context context = {.mailbox_name = "inbox",
					     .n_messages = 42,
					     .date_format = "!%d %b %H:%M",
					     .hide_thread_subject = TRUE,
					     .mark_old = TRUE,
					     .is_me = is_me,
					     .is_subscribed = is_subscribed};

struct message {
	const char *from, *to, *cc, *subject;
	mark_t mark;
	guint16 kind;
};

static const struct message plain = {
    "Ann Smith <ann@example.org>", "<me@example.org>", "", "Lunch?", FLAG_SEEN | FLAG_ANSWERED, 0};
static const struct message to_list = {"\"O\\\"Neil, Bob\" <bob@x.org>",
				       "<you@x.org>, The List <list@x.org>",
				       "",
				       "News",
				       MARK_NEW,
				       ROW_SIGNED};
static const struct message mine = {
    "Me <me@example.org>", "Zoe Z <zoe@x.org>", "", "Hi", FLAG_FLAGGED, 0};
static const struct message copied = {"<a@x.org>", "<b@x.org>", "<me@example.org>", "", 0, 0};

static char *render(const char *format, const struct message *m, const char *tree)
{
	struct row row = {.date_sent = 1710428400, /* Thu, 14 Mar 2024 15:00 UTC */
			  .date_received = 1710432000,
			  .zone_minutes = 120,
			  .size_bytes = 12345,
			  .lines = 7,
			  .kind = m->kind};
	struct envelope env;
	struct index_subject subject = {.context = &context,
					.row = &row,
					.env = &env,
					.mark = m->mark,
					.number = 5,
					.score = -2,
					.tree = tree,
					.subject_shown_above = tree != NULL};
	struct expando_source source = index_source(&subject);
	auto_ptr(expando) e = expando_compile(EXPANDO_INDEX, format, NULL);

	for (int i = 0; i < ENV_N_FIELDS; i++)
		env.field[i] = "";
	env.field[ENV_FROM] = m->from;
	env.field[ENV_TO] = m->to;
	env.field[ENV_CC] = m->cc;
	env.field[ENV_SUBJECT] = m->subject;
	env.field[ENV_LABEL] = "work";
	return expando_text(e, -1, &source);
}

static const struct {
	const struct message *message;
	const char *format, *expected;
} cases[] = {
    {&plain, "%a|%n|%u|%v|%I|%f",
     "ann@example.org|Ann Smith|ann|Ann|AS|Ann Smith <ann@example.org>"},
    {&plain, "%F|%L|%t|%A|%b|%B|%O",
     "Ann Smith|Ann Smith|To me@example.org|ann@example.org|inbox|"
     "inbox|ann"},
    {&to_list, "%F|%L|%t|%n|%B|%K|%O",
     "O\"Neil, Bob|To The List|To The List|O\"Neil, Bob|list|"
     "list|list"},
    {&mine, "%F|%Fp|%L|%n|%v", "To Zoe Z|Zoe Z|To Zoe Z|Me|Zoe"},
    {&plain, "[%T]", "[+]"},
    {&to_list, "[%T]", "[L]"},
    {&mine, "[%T]", "[F]"},
    {&copied, "[%T]", "[C]"},
    {&plain, "[%Z] [%S]", "[r +] [r]"},
    {&to_list, "[%Z] [%S]", "[NsL] [N]"},
    {&mine, "[%Z] [%S]", "[O !] [!]"},
    {&copied, "[%zs%zc%zt]", "[O C]"},
    {&plain, "%d|%D", "14 Mar 17:00|14 Mar 15:00"},
    {&plain, "%{!%H:%M %z}|%[!%H:%M]|%(!%H:%M)", "17:00 +0200|15:00|16:00"},
    {&plain, "[%-12[!%b %d]]", "[Mar 14      ]"},
    {&plain, "%4C %m %l %N %y %c", "   5 42 7 -2 work 12K"},
    {&plain, "%s", "Lunch?"},
    {&plain, "%?F?from other&from me?", "from other"},
    {&mine, "%?F?from other&from me?", "from me"},
    {&plain, "%<[y?this year&%[%Y]>", "2024"},
    {&plain, "%?l?%4l&%4c?", "   7"},
    {&plain, "%4C %Z %{!%b %d} %-15.15L (%?l?%4l&%4c?) %s",
     "   5 r + Mar 14 Ann Smith       (   7) Lunch?"},
};

static void letters_say_what_the_table_promises(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = render(cases[i].format, cases[i].message, NULL);

		print_message("%s\n", cases[i].format);
		assert_string_equal(text, cases[i].expected);
	}
}

static void in_a_thread_the_tree_stands_for_the_same_subject(void **state)
{
	g_autofree char *text = render("[%s]", &plain, "└─>");

	assert_string_equal(text, "[└─>]");
}

static void a_row_is_drawn_in_microseconds(void **state)
{
	enum { ROWS = 20000 };
	struct row row = {.date_sent = 1710428400, .lines = 7};
	struct envelope env;
	struct index_subject subject = {.context = &context, .row = &row, .env = &env};
	struct expando_source source = index_source(&subject);
	auto_ptr(expando) e =
	    expando_compile(EXPANDO_INDEX, "%4C %Z %{%b %d} %-15.15L (%?l?%4l&%4c?) %s", NULL);
	struct expando_line line;
	gint64 start = g_get_monotonic_time();

	for (int i = 0; i < ENV_N_FIELDS; i++)
		env.field[i] = "";
	env.field[ENV_FROM] = "Ann Smith <ann@example.org>";
	env.field[ENV_TO] = "<me@example.org>, <you@example.org>";
	env.field[ENV_SUBJECT] = "A subject of the usual length, more or less";
	expando_line_init(&line, TRUE);
	for (int i = 0; i < ROWS; i++)
		expando_render(e, 120, &source, &line);
	print_message("%.1f us a row\n", (double)(g_get_monotonic_time() - start) / ROWS);
	assert_true(g_get_monotonic_time() - start < 100 * ROWS);
	expando_line_clear(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(letters_say_what_the_table_promises),
	    cmocka_unit_test(in_a_thread_the_tree_stands_for_the_same_subject),
	    cmocka_unit_test(a_row_is_drawn_in_microseconds),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
