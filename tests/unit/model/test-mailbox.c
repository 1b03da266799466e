/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open mailbox over a cache written here, without an engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "cur/base/error.h"
#include "cur/conf/conf.h"
#include "cur/mail/flags.h"
#include "cur/mail/msgid.h"
#include "cur/model/mailbox.h"
#include "cur/query/pattern.h"
#include "cur/store/hcache-write.h"

#define NAME "imaps://me@example.org/INBOX"
enum { NUMBER = 7 };

struct world {
	char *dir;
	struct hcache_writer *writer;
	struct conf *conf;
	struct mailbox *mb;
};

/* ---- writing the cache ------------------------------------------------------------- */

static void put(struct world *w, guint32 lid, gint64 date, const char *subject, const char *parent,
		mark_t mark)
{
	const char *fields[ENV_N_FIELDS];
	g_autofree char *id = g_strdup_printf("<%u@x>", lid);
	g_autofree char *text = NULL;
	struct row row = {.date_sent = date, .date_received = date, .lid = lid, .size_bytes = 100};
	gsize n;

	for (int i = 0; i < ENV_N_FIELDS; i++)
		fields[i] = "";
	fields[ENV_SUBJECT] = subject;
	fields[ENV_FROM] = lid % 2 ? "Odd <odd@example.org>" : "Even <even@example.org>";
	fields[ENV_MESSAGE_ID] = id;
	row.id_hash = msgid_hash(id);
	row.parent_hash = parent ? msgid_hash(parent) : 0;
	text = envelope_pack(fields, &n);
	hcache_append(w->writer, NUMBER, &row, mark, text, n);
}

static void begin(struct world *w)
{
	assert_true(hcache_begin(w->writer, NULL));
}

static void commit(struct world *w)
{
	assert_true(hcache_commit(w->writer, NULL));
}

static void kill_message(struct world *w, guint32 lid)
{
	begin(w);
	assert_true(hcache_kill(w->writer, NUMBER, lid));
	commit(w);
}

static void enter_mailbox(struct world *w)
{
	struct hcache_mailbox info = {.number = NUMBER,
				      .name = NAME,
				      .account = "me@example.org",
				      .folder = "INBOX",
				      .path = w->dir,
				      .role = ""};

	begin(w);
	hcache_put_mailbox(w->writer, &info);
	commit(w);
}

static int set_up(void **state)
{
	struct world *w = g_new0(struct world, 1);
	g_autofree char *path = NULL;

	w->dir = g_dir_make_tmp("cur-mailbox-XXXXXX", NULL);
	path = g_build_filename(w->dir, "headers.mdb", NULL);
	w->writer = hcache_writer_open(path, 1, NULL);
	assert_non_null(w->writer);
	w->conf = conf_new(CONF_NO_SHELL);
	enter_mailbox(w);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	g_autofree char *command = g_strdup_printf("rm -rf '%s'", w->dir);

	mailbox_close(w->mb);
	hcache_writer_close(w->writer);
	conf_free(w->conf);
	assert_int_equal(system(command), 0);
	g_free(w->dir);
	g_free(w);
	return 0;
}

static void command(struct world *w, const char *line)
{
	assert_true(conf_command(w->conf, line, NULL, NULL));
}

static struct mailbox *open_box(struct world *w)
{
	struct mailbox_source source = {.cache = hcache_writer_reader(w->writer), .conf = w->conf};

	w->mb = mailbox_open(&source, NAME, FALSE);
	return w->mb;
}

static struct mailbox_change update(struct world *w, guint32 anchor)
{
	struct mailbox_change change = {.anchor = anchor};

	mailbox_release(w->mb);
	mailbox_update(w->mb, &change);
	return change;
}

/* The lids shown, as text. */
static char *shown(struct world *w)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < mailbox_count(w->mb); i++)
		g_string_append_printf(text, "%s%u", i ? " " : "", mailbox_lid(w->mb, i));
	return g_string_free(text, FALSE);
}

static void assert_shown(struct world *w, const char *expected)
{
	g_autofree char *text = shown(w);

	assert_string_equal(text, expected);
}

static void three_messages(struct world *w)
{
	begin(w);
	put(w, 1, 300, "three", NULL, FLAG_SEEN);
	put(w, 2, 100, "one", NULL, MARK_NEW);
	put(w, 3, 200, "two", NULL, 0);
	commit(w);
}

/* ---- order and arrivals -------------------------------------------------------------- */

static void rows_are_in_the_users_order(void **state)
{
	struct world *w = *state;

	three_messages(w);
	open_box(w);
	update(w, 0);
	assert_shown(w, "2 3 1");
	command(w, "set sort=reverse-date");
	mailbox_resort(w->mb);
	update(w, 0);
	assert_shown(w, "1 3 2");
	command(w, "set sort=subject");
	mailbox_resort(w->mb);
	update(w, 0);
	assert_shown(w, "2 1 3");
}

static void an_unknown_mailbox_is_empty_until_the_cache_has_it(void **state)
{
	struct world *w = *state;
	struct mailbox_source source = {.conf = w->conf};
	struct mailbox_change change = {0};

	w->mb = mailbox_open(&source, NAME, FALSE);
	mailbox_update(w->mb, &change);
	assert_int_equal(mailbox_count(w->mb), 0);
	three_messages(w);
	mailbox_set_cache(w->mb, hcache_writer_reader(w->writer));
	change = update(w, 0);
	assert_true(change.order);
	assert_int_equal(mailbox_count(w->mb), 3);
}

/* U15: new mail never moves the cursor to another message. */
static void the_anchor_stays_with_its_message(void **state)
{
	struct world *w = *state;
	struct mailbox_change change;
	guint pos;

	three_messages(w);
	open_box(w);
	update(w, 0);
	begin(w);
	put(w, 4, 50, "earlier than all", NULL, MARK_NEW);
	commit(w);
	change = update(w, 3);
	assert_int_equal(change.arrived, 1);
	assert_int_equal(change.anchor, 3);
	assert_true(mailbox_find(w->mb, 3, &pos));
	assert_int_equal(pos, 2);
}

/* U15: when its message goes, the next one takes the cursor, at the end the one before. */
static void a_gone_anchor_passes_to_its_neighbour(void **state)
{
	struct world *w = *state;

	three_messages(w);
	open_box(w);
	update(w, 0);
	kill_message(w, 3);
	assert_int_equal(update(w, 3).anchor, 1);
	kill_message(w, 1);
	assert_int_equal(update(w, 1).anchor, 2);
	kill_message(w, 2);
	assert_int_equal(update(w, 2).anchor, 0);
	assert_int_equal(mailbox_count(w->mb), 0);
}

static void nothing_changed_costs_nothing(void **state)
{
	struct world *w = *state;
	struct mailbox_change change;

	three_messages(w);
	open_box(w);
	assert_true(update(w, 0).any);
	change = update(w, 2);
	assert_false(change.any);
	assert_false(change.order);
}

static void a_mark_changes_without_a_new_order(void **state)
{
	struct world *w = *state;
	struct mailbox_change change;
	guint pos;

	three_messages(w);
	open_box(w);
	update(w, 0);
	begin(w);
	hcache_set_mark(w->writer, NUMBER, 2, FLAG_SEEN | FLAG_FLAGGED);
	commit(w);
	change = update(w, 1);
	assert_true(change.any);
	assert_false(change.order);
	assert_true(mailbox_find(w->mb, 2, &pos));
	assert_int_equal(mailbox_flags(w->mb, pos), FLAG_SEEN | FLAG_FLAGGED);
}

/* ---- session --------------------------------------------------------------------------- */

static void tags_survive_new_row_numbers(void **state)
{
	struct world *w = *state;
	struct mailbox_counts counts;

	begin(w);
	for (guint32 lid = 1; lid <= 20; lid++)
		put(w, lid, lid, "x", NULL, 0);
	commit(w);
	open_box(w);
	update(w, 0);
	mailbox_set_session(w->mb, 15, SESSION_TAGGED, 0);
	mailbox_set_session(w->mb, 16, SESSION_DELETED, 0);
	begin(w);
	for (guint32 lid = 1; lid <= 10; lid++)
		hcache_kill(w->writer, NUMBER, lid);
	commit(w);
	update(w, 0);
	assert_int_equal(mailbox_count(w->mb), 10);
	assert_int_equal(mailbox_session(w->mb, 15), SESSION_TAGGED);
	assert_int_equal(mailbox_session(w->mb, 16), SESSION_DELETED);
	mailbox_counts(w->mb, &counts);
	assert_int_equal(counts.tagged, 1);
	assert_int_equal(counts.deleted, 1);
}

static void told(struct mailbox *mb, const GError *error, void *data)
{
	*(gboolean *)data = error_is(error, CUR_ERROR_RETRY);
}

/* D18: without an engine a wish fails, says so, and leaves the screen as it was. */
static void a_wish_without_an_engine_is_refused(void **state)
{
	struct world *w = *state;
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 lid = 2;
	gboolean refused = FALSE;

	three_messages(w);
	open_box(w);
	update(w, 0);
	g_array_append_val(lids, lid);
	mailbox_mark(w->mb, lids, FLAG_FLAGGED, 0, told, &refused);
	assert_true(refused);
	assert_int_equal(mailbox_flags(w->mb, 0), MARK_NEW);
}

/* ---- limit ------------------------------------------------------------------------------- */

static void a_limit_narrows_and_takes_new_mail_too(void **state)
{
	struct world *w = *state;
	g_autoptr(GError) error = NULL;

	three_messages(w);
	open_box(w);
	update(w, 0);
	assert_true(mailbox_limit(w->mb, "~f odd", NULL, NULL));
	assert_shown(w, "3 1");
	assert_string_equal(mailbox_limit_text(w->mb), "~f odd");
	begin(w);
	put(w, 4, 400, "even", NULL, 0);
	put(w, 5, 500, "odd", NULL, 0);
	commit(w);
	update(w, 0);
	assert_shown(w, "3 1 5");
	assert_false(mailbox_limit(w->mb, "~j", NULL, &error));
	assert_shown(w, "3 1 5");
	assert_true(mailbox_limit(w->mb, "all", NULL, NULL));
	assert_null(mailbox_limit_text(w->mb));
	assert_shown(w, "2 3 1 4 5");
}

static void a_limit_sees_tags_and_deletions(void **state)
{
	struct world *w = *state;

	three_messages(w);
	open_box(w);
	update(w, 0);
	mailbox_set_session(w->mb, 3, SESSION_TAGGED, 0);
	mailbox_set_session(w->mb, 1, SESSION_DELETED, 0);
	assert_true(mailbox_limit(w->mb, "~T", NULL, NULL));
	assert_shown(w, "3");
	assert_true(mailbox_limit(w->mb, "~D", NULL, NULL));
	assert_shown(w, "1");
}

/* ---- threads ------------------------------------------------------------------------------- */

static void a_thread(struct world *w)
{
	begin(w);
	put(w, 1, 100, "first", NULL, FLAG_SEEN);
	put(w, 2, 150, "other", NULL, FLAG_SEEN);
	put(w, 3, 200, "Re: first", "<1@x>", FLAG_SEEN);
	put(w, 4, 300, "Re: first", "<3@x>", FLAG_SEEN);
	commit(w);
	command(w, "set sort=threads");
	open_box(w);
	update(w, 0);
}

static void threads_stand_together(void **state)
{
	struct world *w = *state;
	g_autofree char *tree = NULL;
	guint to;

	a_thread(w);
	assert_true(mailbox_threaded(w->mb));
	assert_shown(w, "1 3 4 2");
	tree = mailbox_tree(w->mb, 1, TRUE);
	assert_string_equal(tree, "`->");
	assert_true(mailbox_parent(w->mb, 2, &to));
	assert_int_equal(to, 1);
	assert_true(mailbox_root(w->mb, 2, &to));
	assert_int_equal(to, 0);
	assert_true(mailbox_step_thread(w->mb, 1, SCOPE_THREAD, TRUE, &to));
	assert_int_equal(to, 3);
	assert_true(mailbox_step_thread(w->mb, 3, SCOPE_THREAD, FALSE, &to));
	assert_int_equal(to, 0);
	assert_false(mailbox_step_thread(w->mb, 3, SCOPE_THREAD, TRUE, &to));
}

static void a_folded_thread_is_one_line(void **state)
{
	struct world *w = *state;
	guint pos;

	a_thread(w);
	assert_true(mailbox_fold(w->mb, 1, FOLD_CLOSE));
	assert_shown(w, "1 2");
	assert_int_equal(mailbox_hidden(w->mb, 0), 2);
	assert_true(mailbox_near(w->mb, 4, &pos));
	assert_int_equal(pos, 0);
	mailbox_fold_all(w->mb, FOLD_TOGGLE);
	assert_shown(w, "1 3 4 2");
}

static void a_folded_thread_opens_for_a_new_message(void **state)
{
	struct world *w = *state;

	a_thread(w);
	mailbox_fold(w->mb, 0, FOLD_CLOSE);
	begin(w);
	put(w, 5, 400, "Re: first", "<4@x>", MARK_NEW);
	commit(w);
	update(w, 0);
	assert_shown(w, "1 3 4 5 2");
}

static void a_scope_holds_the_messages_below(void **state)
{
	struct world *w = *state;
	g_autoptr(GArray) thread = NULL, below = NULL;

	a_thread(w);
	thread = mailbox_scope(w->mb, 1, SCOPE_THREAD);
	assert_int_equal(thread->len, 3);
	below = mailbox_scope(w->mb, 1, SCOPE_SUBTHREAD);
	assert_int_equal(below->len, 2);
	assert_int_equal(g_array_index(below, guint32, 0), 3);
}

static void links_and_breaks_hold_for_the_session(void **state)
{
	struct world *w = *state;
	g_autoptr(GArray) children = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 lid = 3;

	a_thread(w);
	mailbox_break_thread(w->mb, 1);
	update(w, 0);
	assert_shown(w, "1 2 3 4");
	g_array_append_val(children, lid);
	mailbox_link_threads(w->mb, children, 1);
	update(w, 0);
	assert_shown(w, "1 2 3 4");
	assert_int_equal(mailbox_thread_size(w->mb, 1), 3);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(rows_are_in_the_users_order),
	    CASE(an_unknown_mailbox_is_empty_until_the_cache_has_it),
	    CASE(the_anchor_stays_with_its_message),
	    CASE(a_gone_anchor_passes_to_its_neighbour),
	    CASE(nothing_changed_costs_nothing),
	    CASE(a_mark_changes_without_a_new_order),
	    CASE(tags_survive_new_row_numbers),
	    CASE(a_wish_without_an_engine_is_refused),
	    CASE(a_limit_narrows_and_takes_new_mail_too),
	    CASE(a_limit_sees_tags_and_deletions),
	    CASE(threads_stand_together),
	    CASE(a_folded_thread_is_one_line),
	    CASE(a_folded_thread_opens_for_a_new_message),
	    CASE(a_scope_holds_the_messages_below),
	    CASE(links_and_breaks_hold_for_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
