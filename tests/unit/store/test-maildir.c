/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maildirs: names, delivery, renames by others, scans that may not be trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/store/maildir.h"
#include "fixture.h"

/* ---- faults: our definitions take the place of libc's in this program ---- */

static int fail_fsync, fail_link, fail_readdir_at = -1;

int fsync(int fd)
{
	if (fail_fsync) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_fsync, fd);
}

int linkat(int from, const char *name, int to, const char *now, int flags)
{
	if (fail_link) {
		errno = EXDEV;
		return -1;
	}
	return syscall(SYS_linkat, from, name, to, now, flags);
}

int syncfs(int fd)
{
	if (fail_fsync) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_syncfs, fd);
}

struct dirent *readdir(DIR *dir)
{
	static struct dirent out;
	struct dirent *found = NULL;

	if (fail_readdir_at == 0) {
		errno = EIO;
		return NULL;
	}
	if (fail_readdir_at > 0)
		fail_readdir_at--;
	G_GNUC_BEGIN_IGNORE_DEPRECATIONS
	errno = readdir_r(dir, &out, &found);
	G_GNUC_END_IGNORE_DEPRECATIONS
	return found;
}

/* ---- helpers ---- */

/* Where each Maildir lies that a test opened. */
static GHashTable *places;

static const char *place_of(struct maildir *md)
{
	return g_hash_table_lookup(places, md);
}

static struct maildir *new_maildir(const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	struct maildir *md;

	assert_true(maildir_create(path, NULL));
	md = maildir_open(path, NULL);
	assert_non_null(md);
	if (!places)
		places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_hash_table_replace(places, md, path);
	return md;
}

/* A file put there by another program. */
static void plant(struct maildir *md, const char *folder, const char *file)
{
	g_autofree char *path = g_build_filename(place_of(md), folder, file, NULL);

	assert_true(g_file_set_contents(path, "Subject: x\n\nbody\n", -1, NULL));
}

static gboolean exists(struct maildir *md, const char *folder, const char *file)
{
	g_autofree char *path = g_build_filename(place_of(md), folder, file, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static guint count(struct maildir *md, const char *folder)
{
	g_autofree char *path = g_build_filename(place_of(md), folder, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

static char *deliver(struct maildir *md, guint32 uid, mark_t mark)
{
	auto_ptr(delivery) d = delivery_open(md, NULL);
	struct delivery *one = d;

	assert_true(delivery_write(d, "Subject: x\n\nbody\n", 17, NULL));
	assert_true(delivery_finish(d, uid, mark, 1000000, NULL));
	assert_true(delivery_commit(&one, 1, NULL));
	return g_strdup(delivery_base(d));
}

/* The folders' mtimes an hour ago: as if nothing had happened since. */
static void settle(struct maildir *md)
{
	static const char *const folders[] = {"new", "cur"};

	for (guint i = 0; i < 2; i++) {
		g_autofree char *path = g_build_filename(place_of(md), folders[i], NULL);
		struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};

		assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	}
}

/* ---- names ---- */

static void names_are_read_and_written_back(void **state)
{
	/* D08 */
	static const struct {
		const char *file;
		const char *base;
		mark_t mark;
		guint32 uid;
		const char *seen; /* the same with SEEN added */
	} cases[] = {
	    {"1.a.h:2,", "1.a.h", 0, 0, "1.a.h:2,S"},
	    {"1.a.h", "1.a.h", 0, 0, "1.a.h:2,S"},
	    {"1.a.h,U=7:2,FS", "1.a.h,U=7", FLAG_FLAGGED | FLAG_SEEN, 7, "1.a.h,U=7:2,FS"},
	    {"1.a.h,S=12,U=4294967295:2,", "1.a.h,S=12,U=4294967295", 0, 4294967295u,
	     "1.a.h,S=12,U=4294967295:2,S"},
	    {"1.a.h,U=4294967296:2,", "1.a.h,U=4294967296", 0, 0, "1.a.h,U=4294967296:2,S"},
	    {"1.a.h,U=:2,", "1.a.h,U=", 0, 0, "1.a.h,U=:2,S"},
	    {"1.a.h:2,RXZ", "1.a.h", FLAG_ANSWERED, 0, "1.a.h:2,RSXZ"},
	    {"1.a.h:2,ac", "1.a.h", 1 << 9 | 1 << 11, 0, "1.a.h:2,Sac"},
	    {"1.a.h:2,F:2,S", "1.a.h", FLAG_FLAGGED | FLAG_SEEN, 0, "1.a.h:2,,2:FS"},
	    {"1 a\n\xff,U=3:2,T", "1 a\n\xff,U=3", FLAG_TRASHED, 3, "1 a\n\xff,U=3:2,ST"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *rest;
		g_autofree char *base = maildir_name_base(cases[i].file, &rest);
		mark_t mark = maildir_name_mark(cases[i].file, FALSE);
		g_autofree char *seen = maildir_name_join(base, mark | FLAG_SEEN, rest);

		assert_string_equal(base, cases[i].base);
		assert_int_equal(mark, cases[i].mark);
		assert_int_equal(maildir_name_uid(cases[i].file), cases[i].uid);
		assert_string_equal(seen, cases[i].seen);
	}
}

/* D34 */
static void new_names_never_repeat(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (int i = 0; i < 10000; i++) {
		g_autofree char *name = maildir_name_new(0);
		char *random = strchr(name, 'R');

		/* D34: another host may have our clock, process number and counter. */
		assert_non_null(random);
		assert_non_null(strchr(random, '.'));
		assert_true(g_hash_table_add(seen, g_strndup(random, strcspn(random, "."))));
	}
}

/* ---- delivery ---- */

static void a_delivered_message_is_whole_private_and_named(void **state)
{
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autofree char *base = deliver(md, 42, FLAG_SEEN);
	g_autofree char *file = g_strconcat(base, ":2,S", NULL);
	g_autofree char *path = maildir_find(md, base, FLAG_SEEN, NULL);
	struct stat st;

	assert_true(exists(md, "cur", file));
	assert_int_equal(maildir_name_uid(base), 42);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_mtime, 1000000);
	assert_int_equal(st.st_size, 17);
	assert_int_equal(count(md, "tmp"), 0);
}

static void a_batch_becomes_visible_as_one(void **state)
{
	enum { N = 300 };
	auto_ptr(maildir) md = new_maildir(*state, "box");
	struct delivery *d[N];

	for (int i = 0; i < N; i++) {
		d[i] = delivery_open(md, NULL);
		assert_true(delivery_write(d[i], "x\n", 2, NULL));
		assert_true(delivery_finish(d[i], i + 1, i % 2 ? MARK_NEW : 0, 0, NULL));
	}
	assert_int_equal(count(md, "cur") + count(md, "new"), 0);
	assert_true(delivery_commit(d, N, NULL));
	assert_int_equal(count(md, "cur"), N / 2);
	assert_int_equal(count(md, "new"), N / 2);
	for (int i = 0; i < N; i++)
		delivery_free(d[i]);
	assert_int_equal(count(md, "cur") + count(md, "new"), N);
}

static void a_copy_keeps_letters_of_others(void **state)
{
	auto_ptr(maildir) from = new_maildir(*state, "from");
	auto_ptr(maildir) to = new_maildir(*state, "to");

	plant(from, "cur", "1.M1.x:2,NSX");
	/* In the same file system, and to another. */
	for (fail_link = 0; fail_link < 2; fail_link++) {
		g_autofree char *base = NULL;
		g_autofree char *file = NULL;

		assert_true(maildir_copy(from, "1.M1.x", FLAG_SEEN, to, FLAG_SEEN, &base, NULL));
		file = g_strconcat(base, ":2,NSX", NULL);
		assert_true(exists(to, "cur", file));
	}
	fail_link = 0;
}

static void a_failed_fsync_delivers_nothing(void **state)
{
	/* D22, D23: both ways to the disk. */
	static const gsize sizes[] = {1, 20};

	for (guint s = 0; s < G_N_ELEMENTS(sizes); s++) {
		auto_ptr(maildir) md = new_maildir(*state, s ? "many" : "one");
		g_autoptr(GError) error = NULL;
		struct delivery *d[20];

		for (gsize i = 0; i < sizes[s]; i++) {
			d[i] = delivery_open(md, NULL);
			assert_true(delivery_finish(d[i], 0, 0, 0, NULL));
		}
		fail_fsync = 1;
		assert_false(delivery_commit(d, sizes[s], &error));
		fail_fsync = 0;
		assert_true(error_is(error, CUR_ERROR_IO));
		for (gsize i = 0; i < sizes[s]; i++) {
			delivery_free(d[i]);
		}
		assert_int_equal(count(md, "cur") + count(md, "tmp"), 0);
	}
}

/* Runs in a child, whose limit ends with it. */
static int write_beyond_limit(struct maildir *md)
{
	struct rlimit limit = {100 << 10, 100 << 10};
	g_autofree char *chunk = g_malloc0(64 << 10);
	g_autoptr(GError) error = NULL;
	auto_ptr(delivery) d = NULL;
	gboolean done;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	d = delivery_open(md, NULL);
	done = delivery_write(d, chunk, 64 << 10, &error) &&
	       delivery_write(d, chunk, 64 << 10, &error) && delivery_finish(d, 0, 0, 0, &error);
	return !done && error_is(error, CUR_ERROR_FULL) ? 0 : 1;
}

static void a_full_disk_leaves_no_partial_file(void **state)
{
	/* D20 */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(write_beyond_limit(md));
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(count(md, "cur") + count(md, "new") + count(md, "tmp"), 0);
}

/* ---- renames by others ---- */

static void flags_change_after_another_program_renamed(void **state)
{
	/* D04 */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autoptr(GError) error = NULL;

	plant(md, "cur", "1.a.h:2,RXa");
	assert_true(maildir_set_mark(md, "1.a.h", MARK_NEW, FLAG_FLAGGED | FLAG_SEEN, NULL));
	assert_true(exists(md, "cur", "1.a.h:2,FSX"));
	assert_true(g_rename(*state, *state) == 0);
	assert_true(maildir_remove(md, "1.a.h", 0, NULL));
	assert_false(maildir_set_mark(md, "1.a.h", 0, FLAG_SEEN, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
}

static void a_message_without_info_gets_its_flags(void **state)
{
	/* D08 */
	auto_ptr(maildir) md = new_maildir(*state, "box");

	plant(md, "cur", "1.bare");
	plant(md, "new", "2.bare");
	assert_true(maildir_set_mark(md, "1.bare", 0, FLAG_SEEN, NULL));
	assert_true(maildir_set_mark(md, "2.bare", MARK_NEW, FLAG_SEEN, NULL));
	assert_true(exists(md, "cur", "1.bare:2,S"));
	assert_true(exists(md, "cur", "2.bare:2,S"));
}

static void a_rename_never_replaces_another_file(void **state)
{
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autoptr(GError) error = NULL;

	plant(md, "cur", "1.a:2,");
	plant(md, "cur", "1.a:2,S");
	assert_false(maildir_set_mark(md, "1.a", 0, FLAG_SEEN, &error));
	assert_true(error_is(error, CUR_ERROR_EXISTS));
	assert_int_equal(count(md, "cur"), 2);
}

static void the_uid_comes_into_the_name_and_out(void **state)
{
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autofree char *with = NULL, *without = NULL;

	plant(md, "cur", "1.a,S=3:2,S");
	assert_true(maildir_set_uid(md, "1.a,S=3", FLAG_SEEN, 9, &with, NULL));
	assert_string_equal(with, "1.a,S=3,U=9");
	assert_true(exists(md, "cur", "1.a,S=3,U=9:2,S"));
	assert_true(maildir_set_uid(md, with, FLAG_SEEN, 0, &without, NULL));
	assert_string_equal(without, "1.a,S=3");
}

/* ---- move ---- */

static void a_move_gives_a_new_name_and_keeps_flags_of_others(void **state)
{
	/* D41 */
	auto_ptr(maildir) from = new_maildir(*state, "from");
	auto_ptr(maildir) to = new_maildir(*state, "to");
	g_autofree char *base = NULL;
	g_autofree char *file = NULL;

	plant(from, "cur", "1.a,U=5:2,FX");
	assert_true(maildir_move(from, "1.a,U=5", FLAG_FLAGGED, to, FLAG_SEEN, &base, NULL));
	assert_int_equal(maildir_name_uid(base), 0);
	file = g_strconcat(base, ":2,SX", NULL);
	assert_true(exists(to, "cur", file));
	assert_int_equal(count(from, "cur"), 0);
}

static void a_killed_move_leaves_one_or_two_copies(void **state)
{
	/* D41 */
	for (int stop = 1; stop <= 3; stop++) {
		g_autofree char *a = g_strdup_printf("from%d", stop);
		g_autofree char *b = g_strdup_printf("to%d", stop);
		auto_ptr(maildir) from = new_maildir(*state, a);
		auto_ptr(maildir) to = new_maildir(*state, b);
		g_autofree char *n = g_strdup_printf("%d", stop);
		g_autofree char *base = NULL;
		int status;
		pid_t pid;

		plant(from, "cur", "1.a:2,");
		g_setenv("CUR_TEST_STOP", n, TRUE);
		pid = fork();
		if (pid == 0) {
			maildir_move(from, "1.a", 0, to, 0, &base, NULL);
			_exit(0);
		}
		g_unsetenv("CUR_TEST_STOP");
		waitpid(pid, &status, 0);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(count(from, "cur") + count(to, "cur"), stop < 3 ? 2 : 1);
	}
}

/* ---- scan ---- */

static void a_scan_sees_messages_and_nothing_else(void **state)
{
	/* D36: links, pipes, folders, hidden files */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autofree char *cur = g_build_filename(place_of(md), "cur", NULL);
	g_autofree char *link = g_build_filename(cur, "2.link:2,", NULL);
	g_autofree char *fifo = g_build_filename(cur, "3.fifo:2,", NULL);
	g_autofree char *dir = g_build_filename(cur, "4.dir:2,", NULL);
	auto_ptr(maildir_scan) scan = NULL;

	plant(md, "cur", "1.a,U=3:2,S");
	plant(md, "cur", ".hidden");
	plant(md, "new", "5.new");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	scan = maildir_scan(md, NULL);
	assert_int_equal(maildir_scan_n(scan), 2);
	assert_int_equal(maildir_scan_find(scan, "1.a,U=3")->mark, FLAG_SEEN);
	assert_int_equal(maildir_scan_find(scan, "1.a,U=3")->uid, 3);
	assert_int_equal(maildir_scan_find(scan, "5.new")->mark, MARK_NEW);
	assert_null(maildir_scan_find(scan, "2.link"));
	assert_false(maildir_remove(md, "2.link", 0, NULL));
}

static void a_name_seen_twice_is_one_message(void **state)
{
	/* D03 */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	auto_ptr(maildir_scan) scan = NULL;

	plant(md, "new", "1.a");
	plant(md, "cur", "1.a:2,S");
	scan = maildir_scan(md, NULL);
	assert_int_equal(maildir_scan_n(scan), 1);
	assert_true(maildir_scan_entry(scan, 0)->twice);
	assert_int_equal(maildir_scan_entry(scan, 0)->mark, FLAG_SEEN);
}

static void an_absence_counts_only_when_nothing_moved(void **state)
{
	/* D01, D02 */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	auto_ptr(maildir_scan) fresh = NULL;
	auto_ptr(maildir_scan) old = NULL;

	plant(md, "cur", "1.a:2,");
	fresh = maildir_scan(md, NULL);
	assert_false(maildir_scan_is_complete(fresh));
	settle(md);
	old = maildir_scan(md, NULL);
	assert_true(maildir_scan_is_complete(old));
}

static void a_scan_beside_a_renamer_never_claims_to_be_complete_and_short(void **state)
{
	/* D01 */
	enum { N = 500, SCANS = 200 };
	auto_ptr(maildir) md = new_maildir(*state, "box");
	pid_t pid;

	for (int i = 0; i < N; i++) {
		g_autofree char *file = g_strdup_printf("%d.a:2,", i);

		plant(md, "cur", file);
	}
	pid = fork();
	for (guint i = 0; pid == 0; i++) {
		g_autofree char *base = g_strdup_printf("%u.a", i % N);

		maildir_set_mark(md, base, i / N % 2 ? FLAG_SEEN : 0, i / N % 2 ? 0 : FLAG_SEEN,
				 NULL);
	}
	for (int i = 0; i < SCANS; i++) {
		auto_ptr(maildir_scan) scan = maildir_scan(md, NULL);

		assert_true(maildir_scan_n(scan) == N || !maildir_scan_is_complete(scan));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void an_error_while_reading_is_no_scan(void **state)
{
	/* D55 */
	auto_ptr(maildir) md = new_maildir(*state, "box");

	plant(md, "cur", "1.a:2,");
	plant(md, "cur", "2.a:2,");
	for (int at = 0; at < 6; at++) {
		g_autoptr(GError) error = NULL;

		fail_readdir_at = at;
		assert_null(maildir_scan(md, &error));
		assert_true(error_is(error, CUR_ERROR_IO));
	}
	fail_readdir_at = -1;
}

static void a_missing_folder_is_gone_not_empty(void **state)
{
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autofree char *cur = g_build_filename(place_of(md), "cur", NULL);
	g_autoptr(GError) error = NULL;

	assert_int_equal(g_rmdir(cur), 0);
	assert_null(maildir_open(place_of(md), &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
}

static void only_old_files_of_tmp_are_swept(void **state)
{
	/* D43 */
	auto_ptr(maildir) md = new_maildir(*state, "box");
	g_autofree char *old = g_build_filename(place_of(md), "tmp", "1.old", NULL);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	struct timespec times[2] = {{.tv_sec = now - 37 * 3600}, {.tv_sec = now - 37 * 3600}};

	plant(md, "tmp", "1.old");
	plant(md, "tmp", "2.young");
	assert_int_equal(utimensat(AT_FDCWD, old, times, 0), 0);
	assert_int_equal(maildir_sweep(md), 1);
	assert_true(exists(md, "tmp", "2.young"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_read_and_written_back),
	    cmocka_unit_test(new_names_never_repeat),
	    IN_FOLDER(a_delivered_message_is_whole_private_and_named),
	    IN_FOLDER(a_batch_becomes_visible_as_one),
	    IN_FOLDER(a_copy_keeps_letters_of_others),
	    IN_FOLDER(a_failed_fsync_delivers_nothing),
	    IN_FOLDER(a_full_disk_leaves_no_partial_file),
	    IN_FOLDER(flags_change_after_another_program_renamed),
	    IN_FOLDER(a_message_without_info_gets_its_flags),
	    IN_FOLDER(a_rename_never_replaces_another_file),
	    IN_FOLDER(the_uid_comes_into_the_name_and_out),
	    IN_FOLDER(a_move_gives_a_new_name_and_keeps_flags_of_others),
	    IN_FOLDER(a_killed_move_leaves_one_or_two_copies),
	    IN_FOLDER(a_scan_sees_messages_and_nothing_else),
	    IN_FOLDER(a_name_seen_twice_is_one_message),
	    IN_FOLDER(an_absence_counts_only_when_nothing_moved),
	    IN_FOLDER(a_scan_beside_a_renamer_never_claims_to_be_complete_and_short),
	    IN_FOLDER(an_error_while_reading_is_no_scan),
	    IN_FOLDER(a_missing_folder_is_gone_not_empty),
	    IN_FOLDER(only_old_files_of_tmp_are_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
