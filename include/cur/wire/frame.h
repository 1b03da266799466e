/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message on the socket: u32 length of the body, u16 id, u32 serial, all
 * little-endian, then the body, a GVariant in little-endian normal form.
 * A program numbers its requests from 1; answers carry the request's serial, what
 * the engine says by itself carries 0.
 */
#ifndef CUR_WIRE_FRAME_H
#define CUR_WIRE_FRAME_H

#include <glib.h>

enum { FRAME_HEADER = 10, FRAME_MAX = 16 << 20 };

struct frame {
	guint id;
	guint32 serial;
	const guint8 *body; /* borrowed from the buffer it was found in */
	gsize n;
};

/* Append a frame with `body` (a floating one is consumed; of the id's type). */
void frame_append(GByteArray *out, guint id, guint32 serial, GVariant *body);

/*
 * Look for a frame at the start of n bytes. Returns how many bytes it takes, 0
 * when more are needed, -1 with PROTOCOL when no frame can follow (too long).
 */
gssize frame_find(const guint8 *bytes, gsize n, struct frame *out, GError **error);

#endif
