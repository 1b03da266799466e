/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernel messages about addresses (rtnetlink(7)), and the clock that runs on in suspend. */
#include "network.h"

#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SETTLE_MS = 1500, CLOCK_CHECK_S = 10, SUSPEND_S = 5 };

struct network {
	int fd;
	guint watch, settle, clock;
	gint64 slept; /* seconds in suspend so far */
	void (*back)(void *data);
	void *data;
};

static gint64 seconds_slept(void)
{
	struct timespec boot, awake;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_MONOTONIC, &awake);
	return boot.tv_sec - awake.tv_sec;
}

static gboolean settled(void *data)
{
	struct network *n = data;

	n->settle = 0;
	n->back(n->data);
	return G_SOURCE_REMOVE;
}

static void changed(struct network *n)
{
	if (!n->settle)
		n->settle = g_timeout_add(SETTLE_MS, settled, n);
}

static gboolean on_netlink(int fd, GIOCondition condition, void *data)
{
	char buffer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	while ((got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
		int left = (int)got;

		for (struct nlmsghdr *h = (struct nlmsghdr *)buffer; NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left))
			if (h->nlmsg_type == RTM_NEWADDR)
				changed(data);
	}
	return G_SOURCE_CONTINUE;
}

static gboolean check_clock(void *data)
{
	struct network *n = data;
	gint64 slept = seconds_slept();

	if (slept > n->slept + SUSPEND_S)
		changed(n);
	n->slept = slept;
	return G_SOURCE_CONTINUE;
}

static int open_netlink(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK,
				      .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct network *network_watch(void (*back)(void *data), void *data)
{
	struct network *n = g_new0(struct network, 1);

	n->back = back;
	n->data = data;
	n->slept = seconds_slept();
	n->fd = open_netlink();
	if (n->fd >= 0)
		n->watch = g_unix_fd_add(n->fd, G_IO_IN, on_netlink, n);
	n->clock = g_timeout_add_seconds(CLOCK_CHECK_S, check_clock, n);
	return n;
}

void network_free(struct network *n)
{
	if (n->watch)
		g_source_remove(n->watch);
	if (n->settle)
		g_source_remove(n->settle);
	g_source_remove(n->clock);
	if (n->fd >= 0)
		close(n->fd);
	g_free(n);
}
