/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A compressed stream in both directions (RFC 4978: raw DEFLATE, RFC 1951) over a channel. What
 * comes out is never more than the caller's buffer takes, whatever the server's bytes unfold to.
 */
#ifndef CUR_NET_DEFLATE_H
#define CUR_NET_DEFLATE_H

#include <glib.h>

#include "channel.h"
#include "cur/base/auto.h"

struct deflate;

/* `early`: n compressed bytes that were read already; copied. */
struct deflate *deflate_new(const char *early, gsize n);
void deflate_free(struct deflate *d);
DEFINE_AUTO(deflate, deflate_free)

/* As channel_recv, unfolded; *wire grows by what came over the channel. */
gssize deflate_recv(struct deflate *d, struct channel *c, char *buffer, gsize n, guint64 *wire);
/* The bytes to send for these, such that the server can read all of them; borrowed until the next
 * call. */
const char *deflate_fold(struct deflate *d, const char *bytes, gsize n, gsize *n_out);
/* Forget the last of them: they held a secret. */
void deflate_wipe(struct deflate *d);
/* Why deflate_recv gave CHANNEL_BROKEN, or NULL when it was the channel. */
const char *deflate_trouble(const struct deflate *d);

#endif
