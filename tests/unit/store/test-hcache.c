/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header cache: what is written is read, counted and found again, also beside a writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/store/hcache-write.h"
#include "fixture.h"

enum { OWNER = 77, BOX = 3 };

static char *cache_path(void **state)
{
	return g_build_filename(*state, "headers.mdb", NULL);
}

static struct hcache_writer *open_writer(void **state)
{
	g_autofree char *path = cache_path(state);
	struct hcache_writer *w = hcache_writer_open(path, OWNER, NULL);

	assert_non_null(w);
	return w;
}

static void put_box(struct hcache_writer *w, guint32 number, const char *name)
{
	struct hcache_mailbox mb = {
	    .number = number,
	    .name = name,
	    .account = "a@h",
	    .folder = name,
	    .path = "/m",
	    .role = "Sent",
	    .subscribed = TRUE,
	};

	hcache_put_mailbox(w, &mb);
}

static void append(struct hcache_writer *w, guint32 lid, mark_t mark)
{
	struct row row = {.lid = lid, .date_sent = lid * 10};
	g_autofree char *subject = g_strdup_printf("subject %u", lid);
	const char *fields[ENV_N_FIELDS] = {[ENV_SUBJECT] = subject};
	g_autofree char *text = NULL;
	gsize n;

	text = envelope_pack(fields, &n);
	hcache_append(w, BOX, &row, mark, text, n);
}

static void fill(struct hcache_writer *w, guint32 n)
{
	assert_true(hcache_begin(w, NULL));
	put_box(w, BOX, "box");
	for (guint32 lid = 1; lid <= n; lid++)
		append(w, lid, lid % 2 ? FLAG_SEEN : MARK_NEW);
	assert_true(hcache_commit(w, NULL));
}

/* The head's numbers are what its rows say; every live lid leads to its row and text. */
static void check_box(struct hcache *hc)
{
	guint32 live = 0, unread = 0, new = 0, flagged = 0;
	struct hcache_head head;

	assert_true(hcache_head(hc, BOX, &head));
	for (guint32 id = 0; id < head.n_rows; id++) {
		const struct row *row = hcache_row(hc, BOX, id);
		mark_t mark = hcache_mark(hc, BOX, id);
		g_autofree char *subject = NULL;
		struct envelope env;
		guint32 found;

		assert_non_null(row);
		if (mark & MARK_DEAD)
			continue;
		live++;
		unread += !(mark & FLAG_SEEN);
		new += !(mark & FLAG_SEEN) && (mark & MARK_NEW);
		flagged += (mark & FLAG_FLAGGED) != 0;
		assert_true(hcache_find(hc, BOX, row->lid, &found));
		assert_int_equal(found, id);
		subject = g_strdup_printf("subject %u", row->lid);
		hcache_text(hc, BOX, id, &env);
		assert_string_equal(env.field[ENV_SUBJECT], subject);
	}
	assert_int_equal(head.n_live, live);
	assert_int_equal(head.n_unread, unread);
	assert_int_equal(head.n_new, new);
	assert_int_equal(head.n_flagged, flagged);
}

static void rows_marks_and_texts_are_read_back(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	struct hcache_head head;
	guint32 n;

	fill(w, 2500);
	assert_true(hcache_renew(hc, NULL));
	check_box(hc);
	assert_true(hcache_head(hc, BOX, &head));
	assert_int_equal(head.n_rows, 2500);
	assert_non_null(hcache_rows(hc, BOX, 2, &n));
	assert_int_equal(n, 500);
	assert_null(hcache_rows(hc, BOX, 3, &n));
	assert_null(hcache_row(hc, BOX, 2500));
	assert_int_equal(hcache_mark(hc, BOX, G_MAXUINT32), MARK_DEAD);
	assert_null(hcache_rows(hc, BOX + 1, 0, &n));
	hcache_release(hc);
}

static void marks_change_and_the_counts_follow(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	mark_t mark;

	fill(w, 10);
	assert_true(hcache_begin(w, NULL));
	assert_true(hcache_set_mark(w, BOX, 1, FLAG_FLAGGED | MARK_NEW));
	assert_true(hcache_set_mark(w, BOX, 2, FLAG_SEEN | MARK_DEAD));
	assert_false(hcache_set_mark(w, BOX, 11, FLAG_SEEN));
	assert_true(hcache_kill(w, BOX, 3));
	assert_false(hcache_kill(w, BOX, 3));
	assert_true(hcache_get_mark(w, BOX, 1, &mark));
	assert_int_equal(mark, FLAG_FLAGGED | MARK_NEW);
	assert_true(hcache_commit(w, NULL));
	assert_true(hcache_renew(hc, NULL));
	check_box(hc);
	hcache_release(hc);
}

static void an_aborted_batch_leaves_nothing(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	struct hcache_head head;

	fill(w, 5);
	assert_true(hcache_begin(w, NULL));
	append(w, 6, 0);
	hcache_kill(w, BOX, 1);
	hcache_abort(w);
	assert_true(hcache_renew(hc, NULL));
	assert_true(hcache_head(hc, BOX, &head));
	assert_int_equal(head.n_live, 5);
	check_box(hc);
	hcache_release(hc);
}

static void a_mailbox_full_of_holes_is_written_anew(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	struct hcache_head before, after;

	fill(w, 3000);
	hcache_renew(hc, NULL);
	hcache_head(hc, BOX, &before);
	assert_true(hcache_begin(w, NULL));
	for (guint32 lid = 1; lid <= 3000; lid += 3)
		hcache_kill(w, BOX, lid);
	assert_true(hcache_commit(w, NULL));
	hcache_renew(hc, NULL);
	assert_true(hcache_head(hc, BOX, &after));
	assert_int_equal(after.n_rows, 2000);
	assert_true(after.epoch != before.epoch);
	assert_true(after.generation > before.generation);
	check_box(hc);
	hcache_release(hc);
}

static void the_same_lid_replaces_its_row(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	struct hcache_head head;

	fill(w, 3);
	assert_true(hcache_begin(w, NULL));
	append(w, 2, FLAG_FLAGGED);
	assert_true(hcache_commit(w, NULL));
	hcache_renew(hc, NULL);
	assert_true(hcache_head(hc, BOX, &head));
	assert_int_equal(head.n_live, 3);
	check_box(hc);
	hcache_release(hc);
}

static gboolean collect_name(const struct hcache_mailbox *mb, void *data)
{
	g_string_append_printf(data, "%s ", mb->name);
	return TRUE;
}

static void mailboxes_are_found_by_number_and_name(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	struct hcache *hc = hcache_writer_reader(w);
	g_autoptr(GString) names = g_string_new(NULL);
	struct hcache_mailbox mb;

	assert_true(hcache_begin(w, NULL));
	put_box(w, 1, "z");
	put_box(w, 2, "a");
	put_box(w, 3, "old");
	put_box(w, 3, "m");
	append(w, 1, 0);
	assert_true(hcache_commit(w, NULL));
	hcache_renew(hc, NULL);
	hcache_mailboxes(hc, collect_name, names);
	assert_string_equal(names->str, "a m z ");
	assert_true(hcache_mailbox_by_name(hc, "m", &mb));
	assert_int_equal(mb.number, 3);
	assert_string_equal(mb.role, "Sent");
	assert_true(mb.subscribed);
	assert_false(hcache_mailbox_by_name(hc, "old", &mb));
	assert_true(hcache_begin(w, NULL));
	hcache_drop_mailbox(w, 3);
	assert_true(hcache_commit(w, NULL));
	hcache_renew(hc, NULL);
	assert_false(hcache_mailbox(hc, 3, &mb));
	assert_false(hcache_mailbox_by_name(hc, "m", &mb));
	assert_null(hcache_row(hc, 3, 0));
	hcache_release(hc);
}

static void lids_are_listed_in_order(void **state)
{
	auto_ptr(hcache_writer) w = open_writer(state);
	g_autoptr(GArray) lids = NULL;

	fill(w, 300);
	assert_true(hcache_begin(w, NULL));
	hcache_kill(w, BOX, 1);
	lids = hcache_lids(w, BOX);
	assert_int_equal(lids->len, 299);
	for (guint i = 0; i < lids->len; i++)
		assert_int_equal(g_array_index(lids, guint32, i), i + 2);
	hcache_abort(w);
}

static void a_cache_of_another_state_is_refused(void **state)
{
	g_autofree char *path = cache_path(state);
	g_autoptr(GError) error = NULL;

	hcache_writer_close(open_writer(state));
	assert_null(hcache_writer_open(path, OWNER + 1, &error));
	assert_true(error_is(error, CUR_ERROR_CORRUPT));
}

static void rubbish_is_refused_and_a_missing_file_is_gone(void **state)
{
	g_autofree char *path = cache_path(state);
	g_autofree char *rubbish = g_strnfill(20000, 'x');
	g_autoptr(GError) gone = NULL, corrupt = NULL, written = NULL;

	assert_null(hcache_open(path, &gone));
	assert_true(error_is(gone, CUR_ERROR_GONE));
	assert_true(g_file_set_contents(path, rubbish, -1, NULL));
	assert_null(hcache_open(path, &corrupt));
	assert_true(error_is(corrupt, CUR_ERROR_CORRUPT));
	assert_null(hcache_writer_open(path, OWNER, &written));
	assert_true(error_is(written, CUR_ERROR_CORRUPT));
}

/* The reader's process: every snapshot is consistent. Ends with 0 at generation `last`. */
static void read_beside(const char *path, guint64 last)
{
	struct hcache *hc = hcache_open(path, NULL);
	struct hcache_head head = {0};

	while (head.generation < last) {
		if (!hcache_renew(hc, NULL) || !hcache_head(hc, BOX, &head))
			_exit(1);
		check_box(hc);
		hcache_release(hc);
	}
	_exit(0);
}

static void a_reader_beside_a_writer_sees_whole_states(void **state)
{
	enum { ROUNDS = 60 };
	g_autofree char *path = cache_path(state);
	auto_ptr(hcache_writer) w = NULL;
	int status;
	pid_t pid;

	w = open_writer(state);
	fill(w, 1200);
	hcache_writer_close(g_steal_pointer(&w));
	pid = fork();
	if (pid == 0)
		read_beside(path, ROUNDS + 1);
	w = open_writer(state);
	for (guint32 round = 0; round < ROUNDS; round++) {
		assert_true(hcache_begin(w, NULL));
		for (guint32 k = 0; k < 20; k++) {
			append(w, 2000 + round * 20 + k, MARK_NEW);
			hcache_kill(w, BOX, round * 20 + k + 1);
		}
		assert_true(hcache_commit(w, NULL));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static gint64 file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void the_file_does_not_grow_under_a_sleeping_reader(void **state)
{
	g_autofree char *path = cache_path(state);
	auto_ptr(hcache_writer) w = NULL;
	int ready[2];
	gint64 before;
	pid_t pid;
	char c;

	hcache_writer_close((w = open_writer(state)));
	w = NULL;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct hcache *hc = hcache_open(path, NULL);

		hcache_renew(hc, NULL);
		hcache_release(hc);
		assert_int_equal(write(ready[1], "r", 1), 1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	w = open_writer(state);
	fill(w, 5000);
	/* The free list settles within a few commits. */
	for (int round = 0; round < 20; round++) {
		assert_true(hcache_begin(w, NULL));
		hcache_set_mark(w, BOX, 1, round % 2);
		assert_true(hcache_commit(w, NULL));
	}
	before = file_size(path);
	for (int round = 0; round < 200; round++) {
		assert_true(hcache_begin(w, NULL));
		for (guint32 lid = 1; lid <= 5000; lid += 25)
			hcache_set_mark(w, BOX, lid, round % 2);
		assert_true(hcache_commit(w, NULL));
	}
	assert_true(file_size(path) < before + (1 << 20));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(hcache_reader_check(w), 1);
}

static void a_reader_follows_a_cache_that_was_made_anew(void **state)
{
	g_autofree char *path = cache_path(state);
	auto_ptr(hcache_writer) w = open_writer(state);
	auto_ptr(hcache) hc = NULL;
	struct hcache_head head, again;
	int status;
	pid_t pid;

	fill(w, 5);
	hcache_writer_close(g_steal_pointer(&w));
	hc = hcache_open(path, NULL);
	assert_true(hcache_renew(hc, NULL));
	assert_true(hcache_head(hc, BOX, &head));
	hcache_release(hc);
	pid = fork(); /* LMDB wants one map of a file in a process */
	if (pid == 0) {
		hcache_destroy(path, NULL);
		w = hcache_writer_open(path, OWNER, NULL);
		fill(w, 7);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_true(hcache_renew(hc, NULL));
	assert_true(hcache_head(hc, BOX, &again));
	assert_int_equal(again.n_rows, 7);
	assert_true(again.epoch != head.epoch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(rows_marks_and_texts_are_read_back),
	    IN_FOLDER(marks_change_and_the_counts_follow),
	    IN_FOLDER(an_aborted_batch_leaves_nothing),
	    IN_FOLDER(a_mailbox_full_of_holes_is_written_anew),
	    IN_FOLDER(the_same_lid_replaces_its_row),
	    IN_FOLDER(mailboxes_are_found_by_number_and_name),
	    IN_FOLDER(lids_are_listed_in_order),
	    IN_FOLDER(a_cache_of_another_state_is_refused),
	    IN_FOLDER(rubbish_is_refused_and_a_missing_file_is_gone),
	    IN_FOLDER(a_reader_beside_a_writer_sees_whole_states),
	    IN_FOLDER(the_file_does_not_grow_under_a_sleeping_reader),
	    IN_FOLDER(a_reader_follows_a_cache_that_was_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
