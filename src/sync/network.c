/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kernel messages (rtnetlink(7)), and the clock that runs on in suspend. A kernel repeats what is
 * known already, as with each advertisement of an IPv6 router: only what was not there before, and
 * what goes, is a change.
 */
#include "network.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	SETTLE_MS = 300,
	SLEPT_MS = 1000, /* so much between two looks was a suspend */
	LOOK_S = 10,	 /* at the clock, where the kernel does not tell */
	KNOWN_MAX = 1000,
};

enum { KIND_ADDRESS = 'a', KIND_ROUTE = 'r', KIND_LINK = 'l' };

struct network {
	int fd;
	guint watch, settle, clock_watch;
	struct network_clock clock;
	gint64 slept_ms;
	GHashTable *known; /* GBytes: a message's kind and what it is about */
	void (*changed)(void *data);
	void *data;
};

static gboolean settled(void *data)
{
	struct network *n = data;

	n->settle = 0;
	n->changed(n->data);
	return G_SOURCE_REMOVE;
}

static void note_change(struct network *n)
{
	if (!n->settle)
		n->settle = g_timeout_add(SETTLE_MS, settled, n);
}

/* ---- what the kernel says ---- */

/* What came, or went, if it matters to connections; else NULL. Yours. */
typedef GByteArray *(*about_fn)(const struct nlmsghdr *h, gboolean *is_up);

static void add(GByteArray *key, const void *bytes, gsize n)
{
	g_byte_array_append(key, bytes, (guint)n);
}

/* Attributes of the kinds asked for, as they stand. */
static void add_attributes(GByteArray *key, const struct rtattr *a, int left, guint64 kinds)
{
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type < 64 && (kinds >> a->rta_type & 1))
			add(key, a, a->rta_len);
}

static GByteArray *about_address(const struct nlmsghdr *h, gboolean *is_up)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	GByteArray *key;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || m->ifa_scope >= RT_SCOPE_LINK)
		return NULL;
	key = g_byte_array_new();
	add(key, &m->ifa_index, sizeof(m->ifa_index));
	add_attributes(key, IFA_RTA(m), (int)IFA_PAYLOAD(h),
		       G_GUINT64_CONSTANT(1) << IFA_ADDRESS | G_GUINT64_CONSTANT(1) << IFA_LOCAL);
	*is_up = h->nlmsg_type == RTM_NEWADDR;
	return key;
}

static GByteArray *about_route(const struct nlmsghdr *h, gboolean *is_up)
{
	const struct rtmsg *m = NLMSG_DATA(h);
	GByteArray *key;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || m->rtm_dst_len ||
	    (m->rtm_flags & RTM_F_CLONED))
		return NULL;
	key = g_byte_array_new();
	add(key, &m->rtm_family, sizeof(m->rtm_family));
	add_attributes(key, RTM_RTA(m), (int)RTM_PAYLOAD(h),
		       G_GUINT64_CONSTANT(1) << RTA_GATEWAY | G_GUINT64_CONSTANT(1) << RTA_OIF |
			   G_GUINT64_CONSTANT(1) << RTA_PRIORITY);
	*is_up = h->nlmsg_type == RTM_NEWROUTE;
	return key;
}

/* Of a container, a bridge, a tunnel: what matters there comes with an address or a route. */
static gboolean is_virtual(const struct nlmsghdr *h, const struct ifinfomsg *m)
{
	const struct rtattr *a = IFLA_RTA(m);

	for (int left = (int)IFLA_PAYLOAD(h); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_LINKINFO)
			return TRUE;
	return FALSE;
}

/* A link that loses its carrier keeps its addresses for a while. */
static GByteArray *about_link(const struct nlmsghdr *h, gboolean *is_up)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	GByteArray *key;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || is_virtual(h, m))
		return NULL;
	key = g_byte_array_new();
	add(key, &m->ifi_index, sizeof(m->ifi_index));
	*is_up =
	    h->nlmsg_type == RTM_NEWLINK && (m->ifi_flags & IFF_UP) && (m->ifi_flags & IFF_RUNNING);
	return key;
}

static about_fn about_of(guint16 type, char *kind)
{
	switch (type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		*kind = KIND_ADDRESS;
		return about_address;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		*kind = KIND_ROUTE;
		return about_route;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		*kind = KIND_LINK;
		return about_link;
	default:
		return NULL;
	}
}

static void take(struct network *n, const struct nlmsghdr *h)
{
	char kind;
	about_fn about = about_of(h->nlmsg_type, &kind);
	gboolean is_up;
	GByteArray *array = about ? about(h, &is_up) : NULL;
	gboolean known;
	GBytes *key;

	if (!array)
		return;
	g_byte_array_append(array, (const guint8 *)&kind, 1);
	key = g_byte_array_free_to_bytes(array);
	if (g_hash_table_size(n->known) > KNOWN_MAX)
		g_hash_table_remove_all(n->known);
	/*
	 * An address or route that goes was there, whether it was seen to come or not; but a link
	 * that is down is told of again and again.
	 */
	known = g_hash_table_contains(n->known, key);
	if (is_up != known || (!is_up && kind != KIND_LINK))
		note_change(n);
	if (is_up)
		g_hash_table_add(n->known, g_bytes_ref(key));
	else
		g_hash_table_remove(n->known, key);
	g_bytes_unref(key);
}

static gboolean on_netlink(int fd, GIOCondition condition, void *data)
{
	char buffer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t got;

	while ((got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
		int left = (int)got;

		for (struct nlmsghdr *h = (struct nlmsghdr *)buffer; NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left))
			take(data, h);
	}
	/* Some were lost. */
	if (got < 0 && errno == ENOBUFS)
		note_change(data);
	return G_SOURCE_CONTINUE;
}

static int open_netlink(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK,
				      .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
						   RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE |
						   RTMGRP_LINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* ---- the clock ---- */

static gint64 milliseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (gint64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static gint64 slept_ms(void *data)
{
	return milliseconds(CLOCK_BOOTTIME) - milliseconds(CLOCK_MONOTONIC);
}

/* To be told at once: whatever sets the clock, waking up among it, cancels such a timer. */
static int open_clock(void)
{
	return timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

static void rearm(struct network *n)
{
	struct itimerspec soon = {.it_value.tv_sec = milliseconds(CLOCK_REALTIME) / 1000 + LOOK_S};

	timerfd_settime(n->clock.fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &soon, NULL);
}

static gboolean on_clock(int fd, GIOCondition condition, void *data)
{
	struct network *n = data;
	guint64 times;
	gboolean was_set = read(fd, &times, sizeof times) < 0 && errno == ECANCELED;
	gint64 slept = n->clock.slept_ms(n->clock.data);

	/* A clock that was set moves what waits for a time of day. */
	if (was_set || slept > n->slept_ms + SLEPT_MS)
		note_change(n);
	n->slept_ms = slept;
	rearm(n);
	return G_SOURCE_CONTINUE;
}

struct network *network_watch(const struct network_clock *clock, void (*changed)(void *data),
			      void *data)
{
	struct network *n = g_new0(struct network, 1);

	n->changed = changed;
	n->data = data;
	n->known =
	    g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	n->clock = clock ? *clock : (struct network_clock){open_clock(), slept_ms, NULL};
	n->slept_ms = n->clock.slept_ms(n->clock.data);
	n->fd = open_netlink();
	if (n->fd >= 0)
		n->watch = g_unix_fd_add(n->fd, G_IO_IN, on_netlink, n);
	if (n->clock.fd >= 0) {
		rearm(n);
		n->clock_watch = g_unix_fd_add(n->clock.fd, G_IO_IN, on_clock, n);
	}
	return n;
}

void network_free(struct network *n)
{
	if (n->watch)
		g_source_remove(n->watch);
	if (n->settle)
		g_source_remove(n->settle);
	if (n->clock_watch)
		g_source_remove(n->clock_watch);
	if (n->fd >= 0)
		close(n->fd);
	if (n->clock.fd >= 0)
		close(n->clock.fd);
	g_hash_table_unref(n->known);
	g_free(n);
}
