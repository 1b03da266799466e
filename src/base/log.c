/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line an event, appended with one write so that two programs can share a file. */
#include "cur/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/text.h"

enum { EVENT_MAX = 4096 };

struct log_file {
	int fd;
	char *path;
	goffset size;
};

static struct {
	GMutex mutex;
	enum log_level level;
	struct log_file events, wire;
} the_log = {.events.fd = -1, .wire.fd = -1};

static const char *const level_words[] = {
    [LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warn", [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug", [LOG_LEVEL_WIRE] = "wire",
};

static gboolean open_file(struct log_file *f, GError **error)
{
	struct stat st;

	f->fd = open(f->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", f->path);
	f->size = fstat(f->fd, &st) == 0 ? st.st_size : 0;
	return TRUE;
}

static void close_file(struct log_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static gboolean begin(struct log_file *f, const char *path, GError **error)
{
	close_file(f);
	g_free(f->path);
	f->path = g_strdup(path);
	return open_file(f, error);
}

gboolean log_open(const char *path, enum log_level level, GError **error)
{
	gboolean ok;

	g_mutex_lock(&the_log.mutex);
	the_log.level = level;
	ok = begin(&the_log.events, path, error);
	g_mutex_unlock(&the_log.mutex);
	return ok;
}

gboolean log_open_wire(const char *path, GError **error)
{
	gboolean ok;

	g_mutex_lock(&the_log.mutex);
	ok = begin(&the_log.wire, path, error);
	g_mutex_unlock(&the_log.mutex);
	return ok;
}

static void end(struct log_file *f)
{
	close_file(f);
	g_clear_pointer(&f->path, g_free);
}

void log_close(void)
{
	g_mutex_lock(&the_log.mutex);
	end(&the_log.events);
	end(&the_log.wire);
	g_mutex_unlock(&the_log.mutex);
}

gboolean log_wants(enum log_level level)
{
	gboolean wants;

	g_mutex_lock(&the_log.mutex);
	wants = level == LOG_LEVEL_WIRE ? the_log.wire.fd >= 0
					: the_log.events.fd >= 0 && level <= the_log.level;
	g_mutex_unlock(&the_log.mutex);
	return wants;
}

gboolean log_level_of(const char *word, enum log_level *level)
{
	static const char *const words[] = {"error", "warning", "info", "debug", "wire"};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		*level = (enum log_level)i;
		return TRUE;
	}
	return FALSE;
}

/* An event is one line: what could end it or move a cursor is shown instead. */
static char *event_line(enum log_level level, const char *text)
{
	g_autofree char *safe =
	    text_safe(text, (gssize)MIN(strlen(text), EVENT_MAX), TEXT_SAFE_LINE);
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s.%03d %d %s: %s\n", stamp,
			       g_date_time_get_microsecond(now) / 1000, (int)getpid(),
			       level_words[level], safe);
}

static void rotate(struct log_file *f)
{
	g_autofree char *old = g_strconcat(f->path, ".1", NULL);

	close_file(f);
	if (g_rename(f->path, old) == 0)
		open_file(f, NULL);
}

static void append(struct log_file *f, const char *line)
{
	gsize n = strlen(line);

	if (f->fd >= 0 && f->size + (goffset)n > LOG_MAX_BYTES)
		rotate(f);
	if (f->fd >= 0 && write(f->fd, line, n) > 0)
		f->size += n;
}

void log_event(enum log_level level, const char *format, ...)
{
	g_autofree char *text = NULL;
	g_autofree char *line = NULL;
	va_list args;

	if (!log_wants(level))
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	line = event_line(level, text);
	g_mutex_lock(&the_log.mutex);
	append(level == LOG_LEVEL_WIRE ? &the_log.wire : &the_log.events, line);
	g_mutex_unlock(&the_log.mutex);
}
