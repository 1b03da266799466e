/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The full-text index: found what was put in, tags survive renames, failures are said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <notmuch.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/store/fulltext.h"
#include "fixture.h"

/*
 * libnotmuch has no frame pointers: tests/lsan.supp recognises what it leaks only in a
 * stack that was unwound slowly. The sanitizer asks this; without it nobody does.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

struct place {
	char *index, *mail, *cur;
};

static int make(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("cur-index-XXXXXX", NULL);
	struct place *place = g_new0(struct place, 1);

	place->index = g_build_filename(dir, "index", NULL);
	place->mail = g_build_filename(dir, "mail", NULL);
	place->cur = g_build_filename(place->mail, "a@h", "INBOX", "cur", NULL);
	g_mkdir_with_parents(place->cur, 0700);
	*state = place;
	return 0;
}

static int unmake(void **state)
{
	struct place *place = *state;
	void *dir = g_path_get_dirname(place->mail);

	folder_remove(&dir);
	g_free(place->index);
	g_free(place->mail);
	g_free(place->cur);
	g_free(place);
	return 0;
}

static char *plant(const struct place *place, const char *file, const char *id, const char *word)
{
	char *path = g_build_filename(place->cur, file, NULL);
	g_autofree char *text = g_strdup_printf("From: a@example.org\nTo: b@example.org\n"
						"Subject: test\nMessage-ID: <%s@x>\n"
						"Date: Sat, 21 Nov 2026 10:11:12 +0000\n\n%s\n",
						id, word);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static struct fulltext *open_index(const struct place *place)
{
	g_autoptr(GError) error = NULL;
	struct fulltext *ft = fulltext_open(place->index, place->mail, &error);

	if (!ft)
		fail_msg("%s", error->message);
	return ft;
}

static GPtrArray *search(const struct place *place, const char *text, guint limit, GError **error)
{
	const struct fulltext_query query = {.text = text, .limit = limit};

	return fulltext_search(place->index, place->mail, &query, error);
}

/* How many files match; -1 for an error. */
static int hits(const struct place *place, const char *query, guint limit)
{
	g_autoptr(GPtrArray) paths = search(place, query, limit, NULL);

	return paths ? (int)paths->len : -1;
}

static void what_is_indexed_is_found_by_its_path(void **state)
{
	struct place *place = *state;
	g_autofree char *one = plant(place, "1.a:2,S", "1", "zebra");
	g_autofree char *two = plant(place, "2.a:2,S", "2", "zebra giraffe");
	struct fulltext *ft = open_index(place);

	assert_true(fulltext_add(ft, one, NULL));
	assert_true(fulltext_add(ft, two, NULL));
	assert_true(fulltext_has(ft, one));
	assert_true(fulltext_commit(ft, NULL));
	assert_int_equal(hits(place, "zebra", 0), 2);
	assert_int_equal(hits(place, "zebra", 1), 1);
	g_autoptr(GPtrArray) paths = search(place, "giraffe", 0, NULL);
	assert_string_equal(((struct fulltext_hit *)paths->pdata[0])->path, two);
	assert_true(fulltext_remove(ft, two, NULL));
	assert_true(fulltext_remove(ft, two, NULL));
	assert_true(fulltext_close(ft, NULL));
	assert_int_equal(hits(place, "giraffe", 0), 0);
}

static void set_tag(const struct place *place, const char *path, const char *tag)
{
	g_autofree char *config = g_build_filename(place->index, "config", NULL);
	notmuch_message_t *message = NULL;
	notmuch_database_t *db = NULL;

	assert_int_equal(notmuch_database_open_with_config(place->index,
							   NOTMUCH_DATABASE_MODE_READ_WRITE, config,
							   NULL, &db, NULL),
			 NOTMUCH_STATUS_SUCCESS);
	notmuch_database_find_message_by_filename(db, path, &message);
	assert_non_null(message);
	notmuch_message_add_tag(message, tag);
	notmuch_message_destroy(message);
	notmuch_database_destroy(db);
}

static void tags_survive_a_rename(void **state)
{
	/* D05 */
	struct place *place = *state;
	g_autofree char *old = plant(place, "1.a:2,", "1", "zebra");
	g_autofree char *new = g_build_filename(place->cur, "1.a:2,S", NULL);
	struct fulltext *ft = open_index(place);

	assert_true(fulltext_add(ft, old, NULL));
	assert_true(fulltext_close(ft, NULL));
	set_tag(place, old, "mine");
	assert_int_equal(g_rename(old, new), 0);
	ft = open_index(place);
	assert_true(fulltext_rename(ft, old, new, NULL));
	assert_true(fulltext_close(ft, NULL));
	g_autoptr(GPtrArray) paths = search(place, "tag:mine", 0, NULL);
	assert_int_equal(paths->len, 1);
	assert_string_equal(((struct fulltext_hit *)paths->pdata[0])->path, new);
}

static void what_is_no_mail_or_not_there_does_no_harm(void **state)
{
	struct place *place = *state;
	g_autofree char *empty = g_build_filename(place->cur, "empty", NULL);
	g_autofree char *missing = g_build_filename(place->cur, "missing", NULL);
	g_autoptr(GError) error = NULL;
	struct fulltext *ft = open_index(place);

	assert_true(g_file_set_contents(empty, "", 0, NULL));
	assert_true(fulltext_add(ft, empty, NULL));
	assert_true(fulltext_add(ft, place->cur, NULL));
	assert_false(fulltext_add(ft, missing, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
	assert_true(fulltext_close(ft, NULL));
}

static void a_search_without_an_index_says_so(void **state)
{
	struct place *place = *state;
	g_autoptr(GError) error = NULL;

	assert_null(search(place, "x", 0, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
}

static void a_query_that_cannot_be_read_is_the_users_fault(void **state)
{
	struct place *place = *state;
	g_autoptr(GError) error = NULL;

	assert_true(fulltext_close(open_index(place), NULL));
	assert_null(search(place, "date:nonsense..more", 0, &error));
	assert_true(error_is(error, CUR_ERROR_USAGE));
}

static void a_locked_index_is_busy_and_can_still_be_searched(void **state)
{
	/* D30 */
	struct place *place = *state;
	g_autofree char *one = plant(place, "1.a:2,S", "1", "zebra");
	struct fulltext *ft = open_index(place);
	g_autoptr(GError) error = NULL;
	int ready[2];
	pid_t pid;
	char c;

	assert_true(fulltext_add(ft, one, NULL));
	assert_true(fulltext_close(ft, NULL));
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		open_index(place);
		assert_int_equal(write(ready[1], "r", 1), 1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_null(fulltext_open(place->index, place->mail, &error));
	assert_true(error_is(error, CUR_ERROR_BUSY));
	assert_int_equal(hits(place, "zebra", 0), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_broken_index_is_destroyed_and_made_anew(void **state)
{
	/* D30 */
	struct place *place = *state;
	g_autofree char *one = plant(place, "1.a:2,S", "1", "zebra");
	g_autofree char *glass = g_build_filename(place->index, "xapian", "iamglass", NULL);
	g_autoptr(GError) error = NULL;
	struct fulltext *ft;

	assert_true(fulltext_close(open_index(place), NULL));
	assert_true(g_file_test(glass, G_FILE_TEST_EXISTS));
	assert_true(g_file_set_contents(glass, "rubbish", -1, NULL));
	assert_null(fulltext_open(place->index, place->mail, &error));
	assert_true(error_is(error, CUR_ERROR_CORRUPT));
	assert_true(fulltext_destroy(place->index, NULL));
	ft = open_index(place);
	assert_true(fulltext_add(ft, one, NULL));
	assert_true(fulltext_close(ft, NULL));
	assert_int_equal(hits(place, "zebra", 0), 1);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_PLACE(what_is_indexed_is_found_by_its_path),
	    IN_PLACE(tags_survive_a_rename),
	    IN_PLACE(what_is_no_mail_or_not_there_does_no_harm),
	    IN_PLACE(a_search_without_an_index_says_so),
	    IN_PLACE(a_query_that_cannot_be_read_is_the_users_fault),
	    IN_PLACE(a_locked_index_is_busy_and_can_still_be_searched),
	    IN_PLACE(a_broken_index_is_destroyed_and_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
