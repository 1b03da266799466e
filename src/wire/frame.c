/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames around messages. */
#include "cur/wire/frame.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/wire/codec.h"

static void put_number(guint8 *at, guint32 number, int n)
{
	for (int i = 0; i < n; i++)
		at[i] = number >> 8 * i & 0xff;
}

static guint32 get_number(const guint8 *at, int n)
{
	guint32 number = 0;

	for (int i = 0; i < n; i++)
		number |= (guint32)at[i] << 8 * i;
	return number;
}

void frame_append(GByteArray *out, guint id, guint32 serial, GVariant *body)
{
	g_autoptr(GVariant) held = g_variant_ref_sink(body);
	g_autoptr(GVariant) little =
	    G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref(held) : g_variant_byteswap(held);
	g_autoptr(GVariant) normal = g_variant_get_normal_form(little);
	/* Serialised where GVariant wants it aligned; "()" gives one byte, "(as)" may give none. */
	const void *bytes = g_variant_get_data(normal);
	gsize n = g_variant_get_size(normal);
	guint start = out->len;
	guint8 *at;

	g_assert(g_variant_is_of_type(held, G_VARIANT_TYPE(wire_signature(id))));
	g_byte_array_set_size(out, start + FRAME_HEADER + n);
	at = out->data + start;
	put_number(at, n, 4);
	put_number(at + 4, id, 2);
	put_number(at + 6, serial, 4);
	if (n > 0)
		memcpy(at + FRAME_HEADER, bytes, n);
}

gssize frame_find(const guint8 *bytes, gsize n, struct frame *out, GError **error)
{
	gsize body;

	if (n < FRAME_HEADER)
		return 0;
	body = get_number(bytes, 4);
	if (body > FRAME_MAX) {
		error_set(error, CUR_ERROR_PROTOCOL, "a message of %zu bytes is too long", body);
		return -1;
	}
	if (n - FRAME_HEADER < body)
		return 0;
	*out = (struct frame){
	    .id = get_number(bytes + 4, 2),
	    .serial = get_number(bytes + 6, 4),
	    .body = bytes + FRAME_HEADER,
	    .n = body,
	};
	return FRAME_HEADER + body;
}
