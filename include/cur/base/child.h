/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other programs. Nothing from a message is ever pasted into a shell line: it
 * goes as an argument. Every descriptor of ours is close-on-exec, and a child
 * is always waited for.
 */
#ifndef CUR_BASE_CHILD_H
#define CUR_BASE_CHILD_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/base/patience.h"

struct child_input {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *env;	 /* "NAME=value" added to ours ("NAME": taken away), or NULL */
	const char *dir;	 /* working folder, or NULL */
	const void *stdin_bytes; /* or NULL: /dev/null, or stdin_file */
	gsize n_stdin;
	const char *stdin_file; /* used when stdin_bytes is NULL */
	gsize limit;	/* of stdout and of stderr, each; 0: 64 MB. What is over is dropped */
	int timeout_ms; /* 0: none. Then TERM, and KILL a second later */
	gboolean stderr_to_stdout;
	gboolean secret; /* what it says is wiped with the result; give a small limit */
	const struct patience *patience; /* who waits for it, or NULL; may end it */
};

struct child_result {
	GBytes *out; /* never NULL after TRUE */
	GBytes *err;
	int status; /* exit status 0..255, or 128 + signal */
	gboolean timed_out;
	gboolean stopped; /* by whom waited for it */
	gboolean cut;	  /* output was over the limit */
	gboolean secret;  /* as it was asked for */
};
void child_result_clear(struct child_result *result);

/*
 * Run a program without the terminal (own session) and collect what it says.
 * FALSE only when it could not be started; look at result->status otherwise.
 */
gboolean child_run(const struct child_input *input, struct child_result *result, GError **error);

/*
 * Run a user-written shell line with values as "$1", "$2" … (values may be NULL). The rest
 * of `input` holds as it is, its argv is ignored; input may be NULL.
 */
gboolean child_shell(const char *line, const char *const *values, const struct child_input *input,
		     struct child_result *result, GError **error);

/*
 * A shell line that has the terminal (an editor, a pager): stdin, stdout and stderr
 * are ours, signals INT and QUIT are its own while it runs. Returns its status as
 * above, -1 with *error when it could not be started. The caller has left curses.
 */
int child_interactive_shell(const char *line, const char *const *values, GError **error);

/*
 * A shell line with n bytes as its stdin and its output on the terminal: the
 * pipe of the pager and `print_command`.
 */
int child_interactive_feed(const char *line, const char *const *values, const void *bytes, gsize n,
			   GError **error);

/*
 * Start a program that outlives us: own session, no terminal, all descriptors closed but
 * those in `given`, which it has as numbers from CHILD_FIRST_FD on.
 */
enum { CHILD_FIRST_FD = 3, CHILD_GIVEN_MAX = 2 };
gboolean child_detach(const char *const *argv, const int *given, guint n_given, GError **error);

#endif
