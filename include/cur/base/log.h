/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log of a program: one line an event with time, pid and level. Callers
 * never pass a password, a token or a message body. Safe from every thread.
 */
#ifndef CUR_BASE_LOG_H
#define CUR_BASE_LOG_H

#include <glib.h>

enum log_level {
	LOG_LEVEL_ERROR = 0, /* something was not done */
	LOG_LEVEL_WARN = 1,  /* done in another way than wished */
	LOG_LEVEL_INFO = 2,  /* connections, syncs, submissions */
	LOG_LEVEL_DEBUG = 3, /* each protocol step */
	LOG_LEVEL_WIRE = 4,  /* what servers and we say to each other: to a file of its own */
};

enum { LOG_MAX_BYTES = 10 * 1024 * 1024 };

/*
 * Write events up to `level` to `path` (0600, appended; at LOG_MAX_BYTES the
 * file moves to `path`.1). Before log_open, and when it failed, events are lost.
 */
gboolean log_open(const char *path, enum log_level level, GError **error);
/* The same for LOG_LEVEL_WIRE, which is not asked for until then. */
gboolean log_open_wire(const char *path, GError **error);
void log_close(void);

/* "error", "warning", "info", "debug", "wire"; FALSE for another word. */
gboolean log_level_of(const char *word, enum log_level *level);

/* Line ends and other control bytes in the text become '?': an event is one line. */
void log_event(enum log_level level, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* TRUE when events of this level are written: to spare the work of making a text. */
gboolean log_wants(enum log_level level);

#endif
