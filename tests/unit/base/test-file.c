/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durable writes, careful reads, locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"

struct place {
	char *dir, *path;
};

static int setup(void **state)
{
	struct place *p = g_new0(struct place, 1);

	p->dir = g_dir_make_tmp("file-XXXXXX", NULL);
	p->path = g_build_filename(p->dir, "x", NULL);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	const char *argv[] = {"rm", "-rf", p->dir, NULL};

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
		     NULL);
	g_free(p->dir);
	g_free(p->path);
	g_free(p);
	return 0;
}

static guint count_entries(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

static void a_write_replaces_the_file_with_its_mode(void **state)
{
	const struct place *p = *state;
	g_autofree char *text = NULL;
	struct stat st;

	assert_true(file_write_atomic(p->path, "one", 3, 0644, NULL));
	assert_true(file_write_atomic(p->path, "second", 6, 0600, NULL));
	text = file_read(p->path, 100, FILE_READ_NOFOLLOW, NULL, NULL);
	assert_string_equal(text, "second");
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(count_entries(p->dir), 1);
}

static void a_write_through_a_link_keeps_the_link(void **state)
{
	const struct place *p = *state;
	g_autofree char *link_path = g_build_filename(p->dir, "link", NULL);
	g_autofree char *text = NULL;
	struct stat st;

	assert_true(file_write_atomic(p->path, "old", 3, 0600, NULL));
	assert_int_equal(symlink("x", link_path), 0);
	assert_true(file_write_atomic(link_path, "new", 3, 0600, NULL));
	text = file_read(p->path, 100, 0, NULL, NULL);
	assert_string_equal(text, "new");
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* D20: the device is full (here: the file-size limit); the old file stays, no temporary is left. */
static void a_write_that_fails_leaves_everything_as_it_was(void **state)
{
	const struct place *p = *state;
	const struct rlimit small = {1000, RLIM_INFINITY};
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	g_autofree char *big = g_strnfill(100000, 'x');
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	gboolean ok;

	assert_true(file_write_atomic(p->path, "old", 3, 0600, NULL));
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	ok = file_write_atomic(p->path, big, 100000, 0600, &error);
	setrlimit(RLIMIT_FSIZE, &none);
	assert_false(ok);
	assert_true(error_is(error, CUR_ERROR_FULL));
	text = file_read(p->path, 100, 0, NULL, NULL);
	assert_string_equal(text, "old");
	assert_int_equal(count_entries(p->dir), 1);
	assert_true(file_write_atomic(p->path, big, 100000, 0600, NULL));
}

static void only_regular_files_are_read(void **state)
{
	const struct place *p = *state;
	g_autofree char *fifo = g_build_filename(p->dir, "fifo", NULL);
	g_autofree char *link_path = g_build_filename(p->dir, "link", NULL);
	g_autoptr(GError) error = NULL;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("x", link_path), 0);
	assert_true(file_write_atomic(p->path, "12345", 5, 0600, NULL));
	assert_null(file_read(fifo, 100, 0, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_REFUSED));
	g_clear_error(&error);
	assert_null(file_read(p->dir, 100, 0, NULL, NULL));
	assert_null(file_read("/dev/zero", 100, 0, NULL, NULL));
	assert_null(file_read(link_path, 100, FILE_READ_NOFOLLOW, NULL, NULL));
	assert_null(file_read(p->path, 4, 0, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_REFUSED));
	g_clear_error(&error);
	assert_null(file_read("/no/such", 4, 0, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
}

/* The child holds the lock until its stdin ends; then it is gone, however it ended. */
static void hold_lock(const char *path, int ready, int go)
{
	struct file_lock *lock = file_lock_try(path, NULL, NULL);
	char c;

	if (write(ready, lock ? "y" : "n", 1) == 1 && read(go, &c, 1) >= 0)
		_exit(0);
	_exit(1);
}

/* D17 */
static void a_second_lock_is_refused_and_names_the_owner(void **state)
{
	const struct place *p = *state;
	g_autoptr(GError) error = NULL;
	auto_ptr(file_lock) lock = NULL;
	int ready[2], go[2], owner;
	char answer = 0;
	pid_t pid;

	/* The text of a dead owner means nothing. */
	assert_true(file_write_atomic(p->path, "999999\n", 7, 0600, NULL));
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (pid == 0)
		hold_lock(p->path, ready[1], go[0]);
	assert_int_equal(read(ready[0], &answer, 1), 1);
	assert_int_equal(answer, 'y');
	assert_null(file_lock_try(p->path, &owner, &error));
	assert_true(error_is(error, CUR_ERROR_BUSY));
	assert_int_equal(owner, pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lock = file_lock_try(p->path, &owner, NULL);
	assert_non_null(lock);
	assert_true(file_lock_is_there(lock));
	assert_int_equal(unlink(p->path), 0);
	assert_false(file_lock_is_there(lock));
	assert_true(file_write_atomic(p->path, "", 0, 0600, NULL));
	assert_false(file_lock_is_there(lock));
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(go[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_write_replaces_the_file_with_its_mode, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_write_through_a_link_keeps_the_link, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_write_that_fails_leaves_everything_as_it_was, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(only_regular_files_are_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_second_lock_is_refused_and_names_the_owner, setup,
					    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
