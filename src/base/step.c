/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a test cuts the power. */
#include "cur/base/step.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void append_name(const char *path, const char *name)
{
	g_autofree char *line = g_strconcat(name, "\n", NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		g_printerr("cannot write '%s'\n", path);
	close(fd);
}

void step_point(const char *name)
{
	static gint passed;
	const char *stop = g_getenv("CUR_TEST_STOP");
	const char *names = g_getenv("CUR_TEST_STEPS");

	if (!stop && !names)
		return;
	if (names)
		append_name(names, name);
	if (g_atomic_int_add(&passed, 1) + 1 == (stop ? atoi(stop) : 0))
		kill(getpid(), SIGKILL);
}
