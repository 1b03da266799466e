/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection made by libcurl (CONNECT_ONLY): the only place that includes
 * <curl/curl.h>. Non-blocking once open; link.c does the waiting.
 */
#ifndef CUR_NET_CHANNEL_H
#define CUR_NET_CHANNEL_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/net/waker.h"

/* All that is needed to connect, and again to start TLS later; owned by the link. */
struct channel_options {
	char *host;
	char *certified_host; /* or NULL */
	gboolean no_ipv6;
	guint16 port;
	char **cas;
	gboolean no_system_cas;
	char *client_cert;
	char *proxy;
	char *tunnel; /* shell line that is connected to instead of the host, or NULL */
	guint connect_s;
	const char *name; /* for messages */
	struct waker *waker;
};

struct channel;

/* With `tls` the certificate is verified on return; a tunnel begins in the clear. */
struct channel *channel_open(const struct channel_options *o, gboolean tls, GError **error);
void channel_close(struct channel *c);
DEFINE_AUTO(channel, channel_close)

/*
 * Put TLS upon a clear channel. On success *c is replaced by a new one over the same
 * socket; on failure it is as it was, and useless.
 */
gboolean channel_start_tls(struct channel **c, const struct channel_options *o, GError **error);

int channel_fd(const struct channel *c);
/* FALSE: the address that it goes out from is no more one of this machine's. */
gboolean channel_has_address(const struct channel *c);

enum { CHANNEL_AGAIN = -1, CHANNEL_BROKEN = -2 };
/* Bytes moved, CHANNEL_AGAIN or CHANNEL_BROKEN; recv gives 0 at the end of the stream. */
gssize channel_recv(struct channel *c, void *buffer, gsize n);
gssize channel_send(struct channel *c, const void *bytes, gsize n);
/* Why it is CHANNEL_BROKEN; borrowed. */
const char *channel_trouble(const struct channel *c);

#endif
