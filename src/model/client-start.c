/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting the engine: the one that was installed with us, else the one in PATH. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-start.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/model/client.h"

char *client_engine_path(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = self ? g_path_get_dirname(self) : NULL;
	g_autofree char *beside = dir ? g_build_filename(dir, "curd", NULL) : NULL;

	if (beside && access(beside, X_OK) == 0)
		return g_steal_pointer(&beside);
	return g_strdup("curd");
}

/* A descriptor that the engine gets, named by a hidden option of it. */
struct gift {
	const char *option;
	int fd; /* -1: none */
};

static gboolean start(const char *const *args, const struct gift *gifts, guint n, GError **error)
{
	g_autofree char *engine = client_engine_path();
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
	int given[CHILD_GIVEN_MAX];

	g_ptr_array_add(argv, engine);
	for (guint i = 0; i < n; i++) {
		if (gifts[i].fd < 0)
			continue;
		given[options->len] = gifts[i].fd;
		g_ptr_array_add(options, g_strdup_printf("--%s=%u", gifts[i].option,
							 CHILD_FIRST_FD + options->len));
		g_ptr_array_add(argv, options->pdata[options->len - 1]);
	}
	for (; args && *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	if (child_detach((const char *const *)argv->pdata, given, options->len, error))
		return TRUE;
	g_prefix_error(error, "cannot start the engine: ");
	return FALSE;
}

gboolean client_start_engine(const char *const *args, GError **error)
{
	return start(args, NULL, 0, error);
}

/* ---- an engine whose start is watched --------------------------------------------- */

struct engine_start {
	int fd; /* reading end; -1 when the engine has closed its own */
	GString *report;
};

struct engine_start *engine_start_new(const char *const *args, int shells, GError **error)
{
	struct engine_start *s;
	gboolean ok;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		error_from_errno(error, errno, "cannot start the engine");
		return NULL;
	}
	ok = start(args, (struct gift[]){{"report", ends[1]}, {"shells", shells}}, CHILD_GIVEN_MAX,
		   error);
	close(ends[1]);
	if (!ok) {
		close(ends[0]);
		return NULL;
	}
	s = g_new0(struct engine_start, 1);
	s->fd = ends[0];
	s->report = g_string_new(NULL);
	return s;
}

void engine_start_free(struct engine_start *s)
{
	if (s->fd >= 0)
		close(s->fd);
	g_string_free(s->report, TRUE);
	g_free(s);
}

int engine_start_fd(const struct engine_start *s)
{
	return s->fd;
}

static void hear(struct engine_start *s)
{
	char words[1024];
	ssize_t n;

	while (s->fd >= 0 && (n = read(s->fd, words, sizeof words)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		g_string_append_len(s->report, words, n);
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* "10 'state.db' is damaged": a code of errors.def and its message. */
static void take_report(const char *report, GError **error)
{
	char *words;
	gulong code = strtoul(report, &words, 10);
	g_autofree char *text = g_utf8_make_valid(words, -1);

	error_set(error, code < CUR_ERROR_N ? (enum cur_error)code : CUR_ERROR_IO,
		  "the engine cannot start: %s", g_strstrip(text));
}

enum engine_start_state engine_start_look(struct engine_start *s, GError **error)
{
	hear(s);
	if (s->fd >= 0)
		return ENGINE_STARTING;
	if (!s->report->len)
		return ENGINE_STARTED;
	take_report(s->report->str, error);
	return ENGINE_FAILED;
}
