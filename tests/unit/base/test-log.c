/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log, and the step points of kill tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/log.h"
#include "cur/base/step.h"

static void an_event_is_one_line_of_at_most_4_kb(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("log-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "cur.log", NULL);
	g_autofree char *big = g_strnfill(1000000, 'x');
	g_autofree char *text = NULL;
	struct stat st;
	gsize n;

	assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
	assert_false(log_wants(LOG_LEVEL_DEBUG));
	log_event(LOG_LEVEL_DEBUG, "not this");
	log_event(LOG_LEVEL_WARN, "a\nb\033[31m %d", 7);
	log_event(LOG_LEVEL_WARN, "\xc2\x9b"
				  "31m \xff \xe2\x80\xae");
	log_event(LOG_LEVEL_ERROR, "%s", big); /* U08 */
	log_close();
	log_event(LOG_LEVEL_ERROR, "lost");
	assert_true(g_file_get_contents(path, &text, &n, NULL));
	assert_non_null(strstr(text, "warn: a\xe2\x90\x8a"
				     "b\xe2\x90\x9b[31m 7\n"));
	assert_non_null(strstr(text, "warn: <U+009B>31m \xef\xbf\xbd <U+202E>\n"));
	assert_null(strstr(text, "not this"));
	assert_null(strstr(text, "lost"));
	assert_true(n < 5000);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* D51 */
static void a_full_log_starts_again(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("log-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "cur.log", NULL);
	g_autofree char *old = g_strconcat(path, ".1", NULL);
	g_autofree char *big = g_strnfill(LOG_MAX_BYTES - 10, 'x');
	struct stat st;

	assert_true(g_file_set_contents(path, big, -1, NULL));
	assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
	log_event(LOG_LEVEL_INFO, "over the limit");
	log_close();
	assert_int_equal(stat(old, &st), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 200);
}

static void a_step_point_kills_at_its_number(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("step-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "steps", NULL);
	g_autofree char *text = NULL;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		g_setenv("CUR_TEST_STOP", "2", TRUE);
		g_setenv("CUR_TEST_STEPS", path, TRUE);
		step_point("one");
		step_point("two");
		step_point("three");
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, "one\ntwo\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_one_line_of_at_most_4_kb),
	    cmocka_unit_test(a_full_log_starts_again),
	    cmocka_unit_test(a_step_point_kills_at_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
