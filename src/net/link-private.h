/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream, as its two halves see it. */
#ifndef CUR_NET_LINK_PRIVATE_H
#define CUR_NET_LINK_PRIVATE_H

#include "channel.h"
#include "cur/net/link.h"
#include "deflate.h"
#include "trace.h"

enum {
	LINK_OUT_SIZE = 64 * 1024,
	LINK_IN_CHUNK = 64 * 1024,
};

struct link {
	struct channel_options options;
	struct channel *channel;
	struct deflate *deflate; /* NULL: nothing is compressed */
	enum link_tls tls;
	gboolean secure;
	char *name;
	guint silence_s, usual_silence_s;
	gint64 deadline_us;
	gboolean broken;
	struct link_traffic traffic;
	struct link_meter *meter, own_meter; /* that of the account, else our own */
	gint64 asked_us; /* when what is not answered yet went out; 0: nothing */
	guint network;	 /* as the waker counted when last looked */
	gboolean doubt;	 /* nothing was heard since the network changed */

	char *in; /* in[start..end) is unread; in[start..scanned) has no LF */
	gsize start, end, scanned, in_size;

	char out[LINK_OUT_SIZE];
	gsize n_out;
	gboolean out_has_secret;

	struct trace *trace;
};

#endif
