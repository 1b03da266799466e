/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inotify on Maildirs: tells which mailbox another program may have changed. */
#ifndef CUR_SYNC_WATCH_H
#define CUR_SYNC_WATCH_H

#include <glib.h>

#include "cur/base/auto.h"

struct watch;

/* On the main loop, once for a burst of events. */
typedef void (*watch_fn)(guint32 mailbox, void *data);

/* Never NULL: without inotify nothing is told, and the timers of the workers do. */
struct watch *watch_new(watch_fn changed, void *data);
void watch_free(struct watch *w);
DEFINE_AUTO(watch, watch_free)
/* Watch the Maildir at `path` as well; the same mailbox twice is once. */
void watch_add(struct watch *w, guint32 mailbox, const char *path);

#endif
