/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children: what they get, what they say, when they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/child.h"
#include "cur/base/error.h"

static gboolean no_descriptors;

/* In front of the C library's, for everybody in this program. */
int pidfd_open(pid_t pid, unsigned int flags)
{
	if (no_descriptors) {
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static void assert_says(const struct child_result *result, const char *text)
{
	gsize n;
	const char *bytes = g_bytes_get_data(result->out, &n);

	assert_int_equal(n, strlen(text));
	if (n)
		assert_memory_equal(bytes, text, n);
}

static void output_and_status_come_back(void **state)
{
	struct child_result r;

	assert_true(child_shell("echo out; echo err >&2; exit 3", NULL, NULL, &r, NULL));
	assert_says(&r, "out\n");
	assert_int_equal(g_bytes_get_size(r.err), 4);
	assert_int_equal(r.status, 3);
	child_result_clear(&r);
}

/* C13, C14 */
static void values_reach_a_shell_line_as_they_are(void **state)
{
	static const char *const values[] = {"'\"$;|&\n`id`$(id)", "-rf", "a  b", "*", NULL};
	struct child_result r;

	assert_true(child_shell("printf '%s.' \"$@\"", values, NULL, &r, NULL));
	assert_says(&r, "'\"$;|&\n`id`$(id).-rf.a  b.*.");
	child_result_clear(&r);
}

/* C13 */
/* The parent of the program is this process, and no shell between them. */
static void a_program_with_plain_words_needs_no_shell(void **state)
{
	g_autofree char *parent = g_strdup_printf(" %d ", (int)getpid());
	struct child_result r;

	assert_true(child_shell("/bin/cat /proc/self/stat", NULL, NULL, &r, NULL));
	assert_non_null(
	    g_strstr_len(g_bytes_get_data(r.out, NULL), g_bytes_get_size(r.out), parent));
	child_result_clear(&r);
	assert_true(child_shell("/nowhere/x y", NULL, NULL, &r, NULL));
	assert_int_equal(r.status, 127);
	child_result_clear(&r);
}

static void input_larger_than_a_pipe_is_no_deadlock(void **state)
{
	g_autofree char *big = g_strnfill(1000000, 'x');
	struct child_input input = {.stdin_bytes = big, .n_stdin = 1000000};
	struct child_result r;

	assert_true(child_shell("cat", NULL, &input, &r, NULL));
	assert_int_equal(g_bytes_get_size(r.out), 1000000);
	child_result_clear(&r);
	/* A child that reads nothing is no SIGPIPE. */
	assert_true(child_shell("true", NULL, &input, &r, NULL));
	assert_int_equal(r.status, 0);
	child_result_clear(&r);
}

static void output_over_the_limit_is_cut(void **state)
{
	struct child_input input = {.limit = 1000};
	struct child_result r;

	assert_true(child_shell("yes | head -c 100000", NULL, &input, &r, NULL));
	assert_int_equal(g_bytes_get_size(r.out), 1000);
	assert_true(r.cut);
	child_result_clear(&r);
}

static void a_child_that_hangs_is_ended(void **state)
{
	struct child_input input = {.timeout_ms = 50};
	struct child_result r;

	assert_true(child_shell("echo x; sleep 100", NULL, &input, &r, NULL));
	assert_true(r.timed_out);
	assert_int_equal(r.status, 128 + 15);
	assert_says(&r, "x\n");
	child_result_clear(&r);
}

static void the_end_is_noticed_without_a_descriptor_for_it(void **state)
{
	struct child_result r;

	no_descriptors = TRUE;
	alarm(20);
	/* All it says is said long before it ends. */
	assert_true(child_shell("echo x; exec >&- 2>&-; sleep 0.3; exit 4", NULL, NULL, &r, NULL));
	alarm(0);
	no_descriptors = FALSE;
	assert_int_equal(r.status, 4);
	assert_says(&r, "x\n");
	child_result_clear(&r);
}

/* D53 */
static void a_secret_is_wiped_with_the_result(void **state)
{
	static const char nothing[4] = {0};
	struct child_input input = {.limit = 100, .secret = TRUE};
	struct child_result r;
	GBytes *out;

	assert_true(child_shell("printf abcd", NULL, &input, &r, NULL));
	assert_says(&r, "abcd");
	out = g_bytes_ref(r.out);
	child_result_clear(&r);
	assert_memory_equal(g_bytes_get_data(out, NULL), nothing, 4);
	g_bytes_unref(out);
}

static void a_grandchild_that_keeps_the_pipe_is_not_waited_for(void **state)
{
	struct child_input input = {.timeout_ms = 20000};
	struct child_result r;

	assert_true(child_shell("sleep 30 & echo x", NULL, &input, &r, NULL));
	assert_false(r.timed_out);
	assert_says(&r, "x\n");
	child_result_clear(&r);
}

static void no_descriptor_and_no_terminal_is_inherited(void **state)
{
	struct child_result r;
	int fd = open("/dev/null", O_RDONLY);

	assert_true(child_shell("ls /proc/self/fd | wc -l; (: </dev/tty) 2>/dev/null || echo none",
				NULL, NULL, &r, NULL));
	/* 0, 1, 2 and the one ls reads the folder with */
	assert_says(&r, "4\nnone\n");
	child_result_clear(&r);
	close(fd);
}

static void what_is_not_there_is_an_error_and_no_zombie(void **state)
{
	struct child_input input = {.argv = (const char *const[]){"/no/such/program", NULL}};
	g_autoptr(GError) error = NULL;
	struct child_result r;

	assert_false(child_run(&input, &r, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void environment_and_folder_are_set(void **state)
{
	struct child_input input = {
	    .env = (const char *const[]){"CUR_X=1 2", "HOME", NULL},
	    .dir = "/",
	};
	struct child_result r;

	assert_true(child_shell("echo \"$CUR_X\" \"${HOME-unset}\"; pwd", NULL, &input, &r, NULL));
	assert_says(&r, "1 2 unset\n/\n");
	child_result_clear(&r);
}

static void an_interactive_child_is_fed_and_waited_for(void **state)
{
	assert_int_equal(child_interactive_shell("exit 7", NULL, NULL), 7);
	assert_int_equal(child_interactive_feed("test \"$(cat)\" = hello", NULL, "hello", 5, NULL),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(output_and_status_come_back),
	    cmocka_unit_test(values_reach_a_shell_line_as_they_are),
	    cmocka_unit_test(a_program_with_plain_words_needs_no_shell),
	    cmocka_unit_test(input_larger_than_a_pipe_is_no_deadlock),
	    cmocka_unit_test(output_over_the_limit_is_cut),
	    cmocka_unit_test(a_child_that_hangs_is_ended),
	    cmocka_unit_test(the_end_is_noticed_without_a_descriptor_for_it),
	    cmocka_unit_test(a_secret_is_wiped_with_the_result),
	    cmocka_unit_test(a_grandchild_that_keeps_the_pipe_is_not_waited_for),
	    cmocka_unit_test(no_descriptor_and_no_terminal_is_inherited),
	    cmocka_unit_test(what_is_not_there_is_an_error_and_no_zombie),
	    cmocka_unit_test(environment_and_folder_are_set),
	    cmocka_unit_test(an_interactive_child_is_fed_and_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
