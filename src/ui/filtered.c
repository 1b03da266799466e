/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filtered.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/format/expando.h"
#include "cur/ui/app.h"

enum {
	AT_A_TIME = 4,
	KEPT_MAX = 2000,
	OUTPUT_MAX = 4096, /* bytes */
	FRESH_US = 5 * G_USEC_PER_SEC,
	PATIENCE_S = 10, /* then the program is killed */
};

/* One shell line and what it said last. */
struct answer {
	struct filtered *all;
	char *text;	/* first line; NULL: nothing yet */
	gint64 made_us; /* monotonic */
	/* while it runs */
	GPid pid; /* 0: it does not */
	guint reading, alarm;
	int fd;
	GString *out;
};

struct filtered {
	struct app *app;
	GHashTable *answers; /* shell line -> struct answer * */
	GHashTable *last;    /* place -> what was said last, shown until there is news */
	guint running;
};

static void answer_stop(struct answer *a)
{
	if (!a->pid)
		return;
	kill(-a->pid, SIGKILL);
	g_clear_handle_id(&a->reading, g_source_remove);
	g_clear_handle_id(&a->alarm, g_source_remove);
	close(a->fd);
	g_string_free(a->out, TRUE);
	a->pid = 0;
	a->all->running--;
}

static void answer_free(struct answer *a)
{
	answer_stop(a);
	g_free(a->text);
	g_free(a);
}

struct filtered *filtered_new(struct app *app)
{
	struct filtered *f = g_new0(struct filtered, 1);

	f->app = app;
	f->answers =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)answer_free);
	f->last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return f;
}

void filtered_free(struct filtered *f)
{
	g_hash_table_unref(f->answers);
	g_hash_table_unref(f->last);
	g_free(f);
}

static void answered(struct answer *a)
{
	g_autofree char *text = text_make_valid(a->out->str, (gssize)strcspn(a->out->str, "\r\n"));

	if (g_strcmp0(text, a->text) != 0)
		app_redraw(a->all->app);
	g_free(a->text);
	a->text = g_steal_pointer(&text);
	a->made_us = g_get_monotonic_time();
	answer_stop(a);
}

static gboolean readable(int fd, GIOCondition condition, void *data)
{
	struct answer *a = data;
	char bytes[OUTPUT_MAX];
	gssize n = read(fd, bytes, sizeof(bytes));

	if (n > 0)
		g_string_append_len(a->out, bytes, n);
	if (n > 0 && a->out->len < OUTPUT_MAX)
		return G_SOURCE_CONTINUE;
	a->reading = 0;
	answered(a);
	return G_SOURCE_REMOVE;
}

static gboolean too_long(void *data)
{
	struct answer *a = data;

	a->alarm = 0;
	answered(a);
	return G_SOURCE_REMOVE;
}

static void bury(GPid pid, int status, void *data)
{
	g_spawn_close_pid(pid);
}

/* A group of its own, so that what the shell started ends with it. */
static void own_group(void *data)
{
	setpgid(0, 0);
}

static void answer_ask(struct answer *a, const char *command)
{
	const char *argv[] = {"/bin/sh", "-c", command, NULL};
	const GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL;

	if (a->pid || a->all->running >= AT_A_TIME)
		return;
	if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL, flags, own_group, NULL, &a->pid,
				      NULL, &a->fd, NULL, NULL)) {
		a->pid = 0;
		return;
	}
	a->all->running++;
	a->out = g_string_new(NULL);
	a->reading = g_unix_fd_add(a->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, a);
	a->alarm = g_timeout_add_seconds(PATIENCE_S, too_long, a);
	g_child_watch_add(a->pid, bury, NULL);
}

static struct answer *find(struct filtered *f, const char *command)
{
	struct answer *a = g_hash_table_lookup(f->answers, command);

	if (a)
		return a;
	if (g_hash_table_size(f->answers) >= KEPT_MAX)
		g_hash_table_remove_all(f->answers);
	a = g_new0(struct answer, 1);
	a->all = f;
	g_hash_table_insert(f->answers, g_strdup(command), a);
	return a;
}

/* What ends in a percent sign, and not in two, is a format once more. */
static char *again(const struct expando *expando, const char *text, int cols,
		   const struct expando_source *source)
{
	gsize n = strlen(text);
	g_autofree char *rest = NULL;
	struct expando *form;
	char *line;

	if (!n || text[n - 1] != '%') {
		g_autofree char *safe = text_safe(text, -1, TEXT_SAFE_LINE);

		return g_strndup(safe, text_cut(safe, -1, cols < 0 ? G_MAXINT : cols, NULL));
	}
	rest = g_strndup(text, n - 1);
	form = expando_compile(expando_domain(expando), rest, NULL);
	line = expando_text(form, cols, source);
	expando_free(form);
	return line;
}

char *filtered_text(struct app *app, const struct expando *expando, int cols,
		    const struct expando_source *source, const char *place)
{
	struct filtered *f = app->priv->filtered;
	g_autofree char *command = NULL;
	const char *text;
	struct answer *a;

	if (!expando_is_command(expando))
		return expando_text(expando, cols, source);
	command = expando_command(expando, source);
	a = find(f, command);
	if (!a->text || g_get_monotonic_time() - a->made_us > FRESH_US)
		answer_ask(a, command);
	if (a->text && place)
		g_hash_table_replace(f->last, g_strdup(place), g_strdup(a->text));
	text = a->text ? a->text : place ? g_hash_table_lookup(f->last, place) : NULL;
	return again(expando, text ? text : "", cols, source);
}
