/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zlib between a link and its channel. */
#include "deflate.h"

#include <string.h>
#include <zlib.h>

enum { RAW_SIZE = 16 * 1024, WINDOW_BITS = -15 /* no zlib header */, MEMORY_LEVEL = 8 };

struct deflate {
	z_stream in, out;
	char *raw; /* from the channel, not unfolded yet: in.next_in points into it */
	gsize raw_size;
	gboolean more; /* the last buffer was too small: unfold before reading */
	gboolean ended, damaged;
	GByteArray *folded;
};

struct deflate *deflate_new(const char *early, gsize n)
{
	struct deflate *d = g_new0(struct deflate, 1);
	int rc;

	d->raw_size = MAX(n, RAW_SIZE);
	d->raw = g_malloc(d->raw_size);
	memcpy(d->raw, early, n);
	d->in.next_in = (Bytef *)d->raw;
	d->in.avail_in = (uInt)n;
	d->folded = g_byte_array_new();
	/* They fail only without memory, which ends a program of GLib's anyway. */
	rc = inflateInit2(&d->in, WINDOW_BITS);
	g_assert(rc == Z_OK);
	rc = deflateInit2(&d->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
			  Z_DEFAULT_STRATEGY);
	g_assert(rc == Z_OK);
	return d;
}

void deflate_free(struct deflate *d)
{
	if (!d)
		return;
	inflateEnd(&d->in);
	deflateEnd(&d->out);
	g_byte_array_unref(d->folded);
	g_free(d->raw);
	g_free(d);
}

/* What is there already, into the buffer: bytes, or as channel_recv. */
static gssize unfold(struct deflate *d, char *buffer, gsize n)
{
	gsize got;
	int rc;

	d->in.next_out = (Bytef *)buffer;
	d->in.avail_out = (uInt)MIN(n, G_MAXINT);
	rc = inflate(&d->in, Z_SYNC_FLUSH);
	got = MIN(n, G_MAXINT) - d->in.avail_out;
	d->more = d->in.avail_out == 0;
	d->ended = rc == Z_STREAM_END;
	if (got || d->ended)
		return (gssize)got;
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return CHANNEL_AGAIN;
	d->damaged = TRUE;
	return CHANNEL_BROKEN;
}

gssize deflate_recv(struct deflate *d, struct channel *c, char *buffer, gsize n, guint64 *wire)
{
	for (;;) {
		gssize got = CHANNEL_AGAIN;

		if (d->ended)
			return 0;
		if (d->more || d->in.avail_in)
			got = unfold(d, buffer, n);
		if (got != CHANNEL_AGAIN)
			return got;
		got = channel_recv(c, d->raw, d->raw_size);
		if (got <= 0)
			return got;
		*wire += (guint64)got;
		d->in.next_in = (Bytef *)d->raw;
		d->in.avail_in = (uInt)got;
	}
}

const char *deflate_fold(struct deflate *d, const char *bytes, gsize n, gsize *n_out)
{
	/* deflateBound is for a stream that ends; a flush adds a few bytes. */
	gsize room = deflateBound(&d->out, n) + 16;
	int rc;

	g_byte_array_set_size(d->folded, (guint)room);
	d->out.next_in = (Bytef *)bytes;
	d->out.avail_in = (uInt)n;
	d->out.next_out = d->folded->data;
	d->out.avail_out = (uInt)room;
	rc = deflate(&d->out, Z_SYNC_FLUSH);
	g_assert(rc == Z_OK && d->out.avail_out);
	*n_out = room - d->out.avail_out;
	return (const char *)d->folded->data;
}

void deflate_wipe(struct deflate *d)
{
	explicit_bzero(d->folded->data, d->folded->len);
}

const char *deflate_trouble(const struct deflate *d)
{
	return d->damaged ? "what the server compressed is damaged ($imap_deflate can be unset)"
			  : NULL;
}
