/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages of curwire(7), made from wire.def: a number, a name, a direction
 * and a GVariant type each.
 */
#ifndef CUR_WIRE_CODEC_H
#define CUR_WIRE_CODEC_H

#include <glib.h>

/* Raised when a row of wire.def changes. */
enum { WIRE_VERSION = 7 };

enum wire_id {
#define WIRE(ID, direction, type, help) WIRE_##ID,
#include "cur/wire.def"
#undef WIRE
	WIRE_N_IDS
};

enum wire_direction {
	WIRE_ASK, /* program to engine */
	WIRE_TELL /* engine to program */
};

/* NULL for a number that is none. */
const char *wire_name(guint id);
const char *wire_signature(guint id);
enum wire_direction wire_direction_of(guint id);

/*
 * The bytes of a body as the values its row promises. PROTOCOL when the id is unknown, or the
 * bytes are not the normal form of that type. A full reference, g_variant_unref().
 */
GVariant *wire_decode(guint id, const void *bytes, gsize n, GError **error);

#endif
