/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of messages: GVariant, of the type in wire.def and in normal form, or refused. */
#include "cur/wire/codec.h"

#include "cur/base/error.h"

static const struct {
	const char *name;
	enum wire_direction direction;
	const char *signature;
} rows[WIRE_N_IDS] = {
#define WIRE(ID, direction, type, help) {#ID, WIRE_##direction, type},
#include "cur/wire.def"
#undef WIRE
};

const char *wire_name(guint id)
{
	return id < WIRE_N_IDS ? rows[id].name : NULL;
}

const char *wire_signature(guint id)
{
	return id < WIRE_N_IDS ? rows[id].signature : NULL;
}

enum wire_direction wire_direction_of(guint id)
{
	return id < WIRE_N_IDS ? rows[id].direction : WIRE_TELL;
}

GVariant *wire_decode(guint id, const void *bytes, gsize n, GError **error)
{
	g_autoptr(GVariant) body = NULL;
	g_autoptr(GBytes) copy = NULL;

	if (id >= WIRE_N_IDS) {
		error_set(error, CUR_ERROR_PROTOCOL, "message %u is unknown", id);
		return NULL;
	}
	copy = g_bytes_new(bytes, n); /* aligned for GVariant */
	body = g_variant_ref_sink(
	    g_variant_new_from_bytes(G_VARIANT_TYPE(rows[id].signature), copy, FALSE));
	if (!g_variant_is_normal_form(body)) {
		error_set(error, CUR_ERROR_PROTOCOL, "%s is malformed", rows[id].name);
		return NULL;
	}
	return G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_steal_pointer(&body) : g_variant_byteswap(body);
}
