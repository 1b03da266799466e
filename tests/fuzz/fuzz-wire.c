/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what comes over the socket: a frame that is found fits, a body that is taken
 * comes out again as it went in. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cur/wire/codec.h"
#include "cur/wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct frame *frame, const uint8_t *bytes, gssize n)
{
	GByteArray *again;
	GVariant *body = wire_decode(frame->id, frame->body, frame->n, NULL);

	if (!body)
		return;
	again = g_byte_array_new();
	frame_append(again, frame->id, frame->serial, body);
	g_assert_cmpuint(again->len, ==, n);
	g_assert_cmpint(memcmp(again->data, bytes, again->len), ==, 0);
	g_byte_array_unref(again);
	g_variant_unref(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame frame;
	gssize n;

	while ((n = frame_find(data, size, &frame, NULL)) > 0) {
		g_assert_cmpuint(n, <=, size);
		check(&frame, data, n);
		data += n;
		size -= (size_t)n;
	}
	return 0;
}
