/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two eventfds: one for pokes, one that stays readable once stopped. */
#include "cur/net/waker.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct waker {
	int poke_fd;
	int stop_fd;
	guint network; /* atomic */
};

static int event_new(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		g_error("cannot make an eventfd");
	return fd;
}

static void event_set(int fd)
{
	guint64 one = 1;

	/* EAGAIN means that the counter is full: it is readable already. */
	while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static gboolean event_clear(int fd)
{
	guint64 count;
	gssize n;

	while ((n = read(fd, &count, sizeof(count))) < 0 && errno == EINTR)
		;
	return n == sizeof(count);
}

static gboolean event_is_set(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

struct waker *waker_new(void)
{
	struct waker *w = g_new0(struct waker, 1);

	w->poke_fd = event_new();
	w->stop_fd = event_new();
	return w;
}

void waker_free(struct waker *w)
{
	if (!w)
		return;
	close(w->poke_fd);
	close(w->stop_fd);
	g_free(w);
}

void waker_poke(struct waker *w)
{
	event_set(w->poke_fd);
}

gboolean waker_was_poked(struct waker *w)
{
	gboolean poked = event_clear(w->poke_fd);

	/* A stop keeps the poke descriptor readable for whoever polls it. */
	if (waker_is_stopped(w))
		event_set(w->poke_fd);
	return poked;
}

int waker_poke_fd(const struct waker *w)
{
	return w->poke_fd;
}

void waker_stop(struct waker *w)
{
	event_set(w->stop_fd);
	event_set(w->poke_fd);
}

gboolean waker_is_stopped(const struct waker *w)
{
	return event_is_set(w->stop_fd);
}

int waker_stop_fd(const struct waker *w)
{
	return w->stop_fd;
}

void waker_network_changed(struct waker *w)
{
	g_atomic_int_inc(&w->network);
}

guint waker_network(const struct waker *w)
{
	return g_atomic_int_get(&w->network);
}

gboolean waker_sleep(struct waker *w, gint64 milliseconds)
{
	gint64 end = g_get_monotonic_time() + milliseconds * 1000;
	struct pollfd p = {.fd = w->poke_fd, .events = POLLIN};

	for (;;) {
		gint64 left = (end - g_get_monotonic_time() + 999) / 1000;
		int n;

		if (left <= 0)
			return !waker_is_stopped(w);
		n = poll(&p, 1, (int)MIN(left, 60000));
		if (n > 0)
			return FALSE;
	}
}
