/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line an event, appended with one write so that two programs can share a file. */
#include "cur/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"

enum { EVENT_MAX = 4096 };

static struct {
	GMutex mutex;
	int fd;
	char *path;
	enum log_level level;
	goffset size;
} the_log = {.fd = -1};

static const char *const level_words[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

static gboolean open_file(GError **error)
{
	struct stat st;

	the_log.fd =
	    open(the_log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (the_log.fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", the_log.path);
	the_log.size = fstat(the_log.fd, &st) == 0 ? st.st_size : 0;
	return TRUE;
}

static void close_file(void)
{
	if (the_log.fd >= 0)
		close(the_log.fd);
	the_log.fd = -1;
}

gboolean log_open(const char *path, enum log_level level, GError **error)
{
	gboolean ok;

	g_mutex_lock(&the_log.mutex);
	close_file();
	g_free(the_log.path);
	the_log.path = g_strdup(path);
	the_log.level = level;
	ok = open_file(error);
	g_mutex_unlock(&the_log.mutex);
	return ok;
}

void log_close(void)
{
	g_mutex_lock(&the_log.mutex);
	close_file();
	g_clear_pointer(&the_log.path, g_free);
	g_mutex_unlock(&the_log.mutex);
}

gboolean log_wants(enum log_level level)
{
	gboolean wants;

	g_mutex_lock(&the_log.mutex);
	wants = the_log.fd >= 0 && level <= the_log.level;
	g_mutex_unlock(&the_log.mutex);
	return wants;
}

/* An event is one line: what could end it or move a cursor becomes '?'. */
static void clean(char *text)
{
	for (char *p = text; *p; p++)
		if ((guchar)*p < 0x20 || *p == 0x7f)
			*p = '?';
}

static char *event_line(enum log_level level, const char *text)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s.%03d %d %s: %.*s\n", stamp,
			       g_date_time_get_microsecond(now) / 1000, (int)getpid(),
			       level_words[level], EVENT_MAX, text);
}

static void rotate(void)
{
	g_autofree char *old = g_strconcat(the_log.path, ".1", NULL);

	close_file();
	if (g_rename(the_log.path, old) == 0)
		open_file(NULL);
}

void log_event(enum log_level level, const char *format, ...)
{
	g_autofree char *text = NULL;
	g_autofree char *line = NULL;
	va_list args;
	gsize n;

	if (!log_wants(level))
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	clean(text);
	line = event_line(level, text);
	n = strlen(line);

	g_mutex_lock(&the_log.mutex);
	if (the_log.fd >= 0 && the_log.size + (goffset)n > LOG_MAX_BYTES)
		rotate();
	if (the_log.fd >= 0 && write(the_log.fd, line, n) > 0)
		the_log.size += n;
	g_mutex_unlock(&the_log.mutex);
}
