/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two watches a Maildir, new/ and cur/; bursts are told a moment after they begin. Until then
 * nobody reads: the engine's own thousand renames would wake this thread a thousand times.
 */
#include "watch.h"

#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { SETTLE_MS = 300 };

struct watch {
	int fd;
	guint source, settle;
	watch_fn changed;
	void *data;
	GHashTable *mailboxes; /* watch descriptor -> mailbox */
	GHashTable *paths;     /* of mailboxes watched */
	GHashTable *touched;   /* mailboxes to tell */
};

static void touch(struct watch *w, int descriptor)
{
	void *mailbox = g_hash_table_lookup(w->mailboxes, GINT_TO_POINTER(descriptor));

	if (mailbox)
		g_hash_table_add(w->touched, mailbox);
}

/* The kernel dropped events: anything may have happened. */
static void touch_all(struct watch *w)
{
	GHashTableIter it;
	void *descriptor;

	g_hash_table_iter_init(&it, w->mailboxes);
	while (g_hash_table_iter_next(&it, &descriptor, NULL))
		touch(w, GPOINTER_TO_INT(descriptor));
}

static void read_events(struct watch *w)
{
	char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(w->fd, buffer, sizeof buffer)) > 0) {
		for (char *p = buffer; p < buffer + n;) {
			const struct inotify_event *event = (const struct inotify_event *)p;

			if (event->mask & IN_Q_OVERFLOW)
				touch_all(w);
			else
				touch(w, event->wd);
			p += sizeof *event + event->len;
		}
	}
}

static gboolean on_events(int fd, GIOCondition condition, void *data);

static gboolean tell(void *data)
{
	struct watch *w = data;
	GHashTable *touched;
	GHashTableIter it;
	void *mailbox;

	w->settle = 0;
	read_events(w);
	w->source = g_unix_fd_add(w->fd, G_IO_IN, on_events, w);
	touched = w->touched;
	w->touched = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_hash_table_iter_init(&it, touched);
	while (g_hash_table_iter_next(&it, &mailbox, NULL))
		w->changed(GPOINTER_TO_UINT(mailbox), w->data);
	g_hash_table_unref(touched);
	return G_SOURCE_REMOVE;
}

static gboolean on_events(int fd, GIOCondition condition, void *data)
{
	struct watch *w = data;

	w->source = 0;
	w->settle = g_timeout_add(SETTLE_MS, tell, w);
	return G_SOURCE_REMOVE;
}

struct watch *watch_new(watch_fn changed, void *data)
{
	struct watch *w = g_new0(struct watch, 1);

	w->changed = changed;
	w->data = data;
	w->mailboxes = g_hash_table_new(g_direct_hash, g_direct_equal);
	w->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->touched = g_hash_table_new(g_direct_hash, g_direct_equal);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0)
		w->source = g_unix_fd_add(w->fd, G_IO_IN, on_events, w);
	return w;
}

void watch_free(struct watch *w)
{
	if (w->source)
		g_source_remove(w->source);
	if (w->settle)
		g_source_remove(w->settle);
	if (w->fd >= 0)
		close(w->fd);
	g_hash_table_unref(w->mailboxes);
	g_hash_table_unref(w->paths);
	g_hash_table_unref(w->touched);
	g_free(w);
}

static gboolean add_part(struct watch *w, guint32 mailbox, const char *path, const char *part)
{
	g_autofree char *dir = g_build_filename(path, part, NULL);
	int descriptor = inotify_add_watch(
	    w->fd, dir, IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR);

	if (descriptor < 0)
		return FALSE;
	g_hash_table_insert(w->mailboxes, GINT_TO_POINTER(descriptor), GUINT_TO_POINTER(mailbox));
	return TRUE;
}

void watch_add(struct watch *w, guint32 mailbox, const char *path)
{
	if (w->fd < 0 || g_hash_table_contains(w->paths, path))
		return;
	if (add_part(w, mailbox, path, "new") && add_part(w, mailbox, path, "cur"))
		g_hash_table_add(w->paths, g_strdup(path));
}
