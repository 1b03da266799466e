/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other programs, by posix_spawn: safe with threads, and every descriptor above
 * 2 is closed in the child whoever opened it.
 */
#include "cur/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"

enum {
	DEFAULT_LIMIT = 64 * 1024 * 1024,
	KILL_AFTER_MS = 1000,
	PATIENCE_MS = 100, /* between two questions to whom waits */
};

static void wipe(GBytes *bytes)
{
	gsize n;
	const void *at = bytes ? g_bytes_get_data(bytes, &n) : NULL;

	if (at)
		explicit_bzero((void *)at, n);
}

void child_result_clear(struct child_result *result)
{
	if (result->secret) {
		wipe(result->out);
		wipe(result->err);
	}
	g_clear_pointer(&result->out, g_bytes_unref);
	g_clear_pointer(&result->err, g_bytes_unref);
}

/* ---- starting ------------------------------------------------------------ */

static char **child_env(const char *const *extra)
{
	g_auto(GStrv) env = g_get_environ();

	for (; extra && *extra; extra++) {
		g_auto(GStrv) pair = g_strsplit(*extra, "=", 2);

		if (pair[0] && pair[1])
			env = g_environ_setenv(env, pair[0], pair[1], TRUE);
		else if (pair[0])
			env = g_environ_unsetenv(env, pair[0]);
	}
	return g_steal_pointer(&env);
}

/* Our ignored or blocked signals are not the child's. */
static void set_attributes(posix_spawnattr_t *attr, gboolean own_session)
{
	sigset_t all, none;
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(attr);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setflags(attr, own_session ? flags | POSIX_SPAWN_SETSID : flags);
}

/* fd[i] becomes descriptor i of the child. */
static gboolean spawn(const char *const *argv, char **env, const char *dir, const int fd[3],
		      gboolean own_session, pid_t *pid, GError **error)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int failed;

	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, fd[i], i);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (dir)
		posix_spawn_file_actions_addchdir_np(&actions, dir);
	set_attributes(&attr, own_session);
	failed = posix_spawnp(pid, argv[0], &actions, &attr, (char *const *)argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return error_from_errno(error, failed, "cannot run '%s'", argv[0]);
	return TRUE;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Bytes as a file without a name: no pipe to feed, no SIGPIPE, no deadlock. */
static int bytes_as_file(const void *bytes, gsize n, GError **error)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	if (fd < 0) {
		error_from_errno(error, errno, "cannot keep input for a child");
		return -1;
	}
	if (!file_write_all(fd, bytes, n, error) || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_input(const struct child_input *input, GError **error)
{
	const char *path = input->stdin_file ? input->stdin_file : "/dev/null";
	int fd;

	if (input->stdin_bytes)
		return bytes_as_file(input->stdin_bytes, input->n_stdin, error);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		error_from_errno(error, errno, "cannot open '%s'", path);
	return fd;
}

/* ---- collecting ---------------------------------------------------------- */

struct collector {
	int fd[2]; /* its stdout and stderr; -1 when at their end */
	GByteArray *text[2];
	gsize limit;
	gboolean cut;
	gboolean secret;
};

static void collector_close(struct collector *c, int i)
{
	if (c->fd[i] >= 0)
		close(c->fd[i]);
	c->fd[i] = -1;
}

/* Read what is there; FALSE when nothing was. */
static gboolean collect(struct collector *c, int i)
{
	guint8 buffer[65536];
	ssize_t n = read(c->fd[i], buffer, sizeof(buffer));
	gsize room;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return FALSE;
	if (n <= 0) {
		collector_close(c, i);
		return FALSE;
	}
	room = c->limit - c->text[i]->len;
	if ((gsize)n > room)
		c->cut = TRUE;
	g_byte_array_append(c->text[i], buffer, MIN((gsize)n, room));
	if (c->secret)
		explicit_bzero(buffer, (gsize)n);
	return TRUE;
}

/* The child is gone: take what it left, but do not wait for grandchildren that keep the pipe. */
static void drain(struct collector *c)
{
	for (int i = 0; i < 2; i++)
		while (c->fd[i] >= 0 && collect(c, i))
			;
}

static int poll_timeout(gint64 deadline_us, int most_ms)
{
	if (!deadline_us)
		return most_ms;
	return CLAMP((deadline_us - g_get_monotonic_time() + 999) / 1000, 0,
		     most_ms < 0 ? G_MAXINT : most_ms);
}

/* Without a descriptor for it (EMFILE) it is asked for now and then. It stays to be waited for. */
static gboolean has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid == pid;
}

/* Until the child is gone; kills it at its deadline, or when who waits had enough. */
static void collect_until_exit(struct collector *c, pid_t pid, int pidfd,
			       const struct child_input *input, struct child_result *result)
{
	const struct patience *patience = input->patience;
	gint64 now = g_get_monotonic_time();
	gint64 deadline = input->timeout_ms > 0 ? now + input->timeout_ms * 1000LL : 0;
	int longest_ms = patience || pidfd < 0 ? PATIENCE_MS : -1;
	int signal_next = SIGTERM;

	for (;;) {
		struct pollfd fds[3] = {
		    {.fd = c->fd[0], .events = POLLIN},
		    {.fd = c->fd[1], .events = POLLIN},
		    {.fd = pidfd, .events = POLLIN},
		};
		int ready = poll(fds, 3, poll_timeout(deadline, longest_ms));

		for (int i = 0; ready > 0 && i < 2; i++)
			if (fds[i].revents)
				collect(c, i);
		if (pidfd < 0 ? has_ended(pid) : ready > 0 && fds[2].revents)
			return;
		now = g_get_monotonic_time();
		if (!result->stopped && !patience_asks(patience, 0, 0)) {
			result->stopped = TRUE;
			deadline = now;
		}
		if (deadline && now >= deadline) {
			result->timed_out = !result->stopped;
			kill(-pid, signal_next);
			signal_next = SIGKILL;
			deadline = now + KILL_AFTER_MS * 1000LL;
		}
	}
}

static gboolean open_pipes(int out[2], int err[2], GError **error)
{
	if (pipe2(out, O_CLOEXEC) < 0)
		return error_from_errno(error, errno, "cannot make a pipe");
	if (pipe2(err, O_CLOEXEC) < 0) {
		close(out[0]);
		close(out[1]);
		return error_from_errno(error, errno, "cannot make a pipe");
	}
	/* Ours only: a child does not expect a pipe that says EAGAIN. */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	return TRUE;
}

static void collect_child(const struct child_input *input, pid_t pid, struct collector *c,
			  struct child_result *result)
{
	int pidfd = pidfd_open(pid, 0);

	collect_until_exit(c, pid, pidfd, input, result);
	drain(c);
	if (pidfd >= 0)
		close(pidfd);
	result->status = wait_for(pid);
	for (int i = 0; i < 2; i++)
		collector_close(c, i);
	result->out = g_byte_array_free_to_bytes(c->text[0]);
	result->err = g_byte_array_free_to_bytes(c->text[1]);
	result->cut = c->cut;
	result->secret = c->secret;
}

/* A secret's array never moves: no copy stays where it was. */
static GByteArray *room_for(const struct child_input *input)
{
	return input->secret && input->limit ? g_byte_array_sized_new((guint)input->limit)
					     : g_byte_array_new();
}

gboolean child_run(const struct child_input *input, struct child_result *result, GError **error)
{
	g_auto(GStrv) env = child_env(input->env);
	int in, out[2], err[2];
	gboolean started;
	pid_t pid;

	memset(result, 0, sizeof(*result));
	in = open_input(input, error);
	if (in < 0)
		return FALSE;
	if (!open_pipes(out, err, error)) {
		close(in);
		return FALSE;
	}
	started = spawn(input->argv, env, input->dir,
			(int[]){in, out[1], input->stderr_to_stdout ? out[1] : err[1]}, TRUE, &pid,
			error);
	close(in);
	close(out[1]);
	close(err[1]);
	if (!started) {
		close(out[0]);
		close(err[0]);
		return FALSE;
	}
	collect_child(input, pid,
		      &(struct collector){.fd = {out[0], err[0]},
					  .text = {room_for(input), room_for(input)},
					  .limit = input->limit ? input->limit : DEFAULT_LIMIT,
					  .secret = input->secret},
		      result);
	return TRUE;
}

/* ---- shell lines ----------------------------------------------------------- */

/* {"/bin/sh", "-c", line, "sh", value…, NULL}. Yours: g_strfreev. */
static char **shell_argv(const char *line, const char *const *values)
{
	GPtrArray *argv = g_ptr_array_new();

	g_ptr_array_add(argv, g_strdup("/bin/sh"));
	g_ptr_array_add(argv, g_strdup("-c"));
	g_ptr_array_add(argv, g_strdup(line));
	g_ptr_array_add(argv, g_strdup("sh"));
	for (; values && *values; values++)
		g_ptr_array_add(argv, g_strdup(*values));
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* A program by its path and plain words: no shell is needed to make that out. */
static gboolean is_plain(const char *line)
{
	return *line == '/' && !line[strspn(line, "/._+-@% 0123456789abcdefghijklmnopqrstuvwxyz"
						  "ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static gboolean run_plain(const char *line, const struct child_input *input,
			  struct child_result *result)
{
	g_auto(GStrv) argv = NULL;
	struct child_input plain = *input;

	if (!is_plain(line) || !g_shell_parse_argv(line, NULL, &argv, NULL))
		return FALSE;
	plain.argv = (const char *const *)argv;
	return child_run(&plain, result, NULL);
}

gboolean child_shell(const char *line, const char *const *values, const struct child_input *input,
		     struct child_result *result, GError **error)
{
	g_auto(GStrv) argv = shell_argv(line, values);
	struct child_input with_shell = {0};

	if (input)
		with_shell = *input;
	/* What cannot be started so has the shell's own words for it. */
	if (run_plain(line, &with_shell, result))
		return TRUE;
	with_shell.argv = (const char *const *)argv;
	return child_run(&with_shell, result, error);
}

/* ---- children with the terminal -------------------------------------------- */

/* What ^C and ^\ mean is for the child alone to say while it has the terminal. */
struct quiet_signals {
	struct sigaction int_before, quit_before;
};

static void signals_ignore(struct quiet_signals *q)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGINT, &ignore, &q->int_before);
	sigaction(SIGQUIT, &ignore, &q->quit_before);
}

static void signals_restore(const struct quiet_signals *q)
{
	sigaction(SIGINT, &q->int_before, NULL);
	sigaction(SIGQUIT, &q->quit_before, NULL);
}

static int run_interactive(const char *const *argv, int in, GError **error)
{
	g_auto(GStrv) env = g_get_environ();
	struct quiet_signals q;
	int status = -1;
	pid_t pid;

	signals_ignore(&q);
	if (spawn(argv, env, NULL, (int[]){in, 1, 2}, FALSE, &pid, error))
		status = wait_for(pid);
	signals_restore(&q);
	return status;
}

int child_interactive_shell(const char *line, const char *const *values, GError **error)
{
	g_auto(GStrv) argv = shell_argv(line, values);

	return run_interactive((const char *const *)argv, 0, error);
}

int child_interactive_feed(const char *line, const char *const *values, const void *bytes, gsize n,
			   GError **error)
{
	g_auto(GStrv) argv = shell_argv(line, values);
	int in = bytes_as_file(bytes, n, error);
	int status;

	if (in < 0)
		return -1;
	status = run_interactive((const char *const *)argv, in, error);
	close(in);
	return status;
}

static void leave_session(gpointer unused)
{
	setsid();
}

gboolean child_detach(const char *const *argv, const int *given, guint n_given, GError **error)
{
	static const int numbers[CHILD_GIVEN_MAX] = {CHILD_FIRST_FD, CHILD_FIRST_FD + 1};
	const GSpawnFlags flags =
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL;
	g_autoptr(GError) failed = NULL;

	if (g_spawn_async_with_pipes_and_fds(NULL, argv, NULL, flags, leave_session, NULL, -1, -1,
					     -1, given, numbers, MIN(n_given, CHILD_GIVEN_MAX),
					     NULL, NULL, NULL, NULL, &failed))
		return TRUE;
	return error_set(error, CUR_ERROR_GONE, "cannot run '%s': %s", argv[0], failed->message);
}
