/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the menu of keys says. GnuPG chooses subkeys, so the key is the primary one. */
#include "cur/format/of-key.h"

#include "values.h"

static void flags(GString *out, const struct key_values *v)
{
	g_string_append_c(out, v->revoked ? 'R' : v->expired ? 'X' : v->disabled ? 'd' : ' ');
}

static void capabilities(GString *out, const struct key_values *v)
{
	g_string_append_c(out, v->can_encrypt ? 'e' : '-');
	g_string_append_c(out, v->can_sign ? 's' : '-');
}

static void key_value(enum expando_id id, struct expando_value *value, GString *scratch,
		      const void *data)
{
	const struct key_values *v = data;

	switch (id) {
	case EXPANDO_PGP_ENTRY_NUMBER:
		value_number(value, v->number);
		break;
	case EXPANDO_PGP_ENTRY_KEY_ALGORITHM:
	case EXPANDO_PGP_ENTRY_PKEY_ALGORITHM:
		value_text(value, v->algorithm);
		break;
	case EXPANDO_PGP_ENTRY_KEY_LENGTH:
	case EXPANDO_PGP_ENTRY_PKEY_LENGTH:
		value_number(value, v->length);
		break;
	case EXPANDO_PGP_ENTRY_KEY_ID:
	case EXPANDO_PGP_ENTRY_PKEY_ID:
		value_text(value, v->id);
		break;
	case EXPANDO_PGP_ENTRY_KEY_FINGERPRINT:
	case EXPANDO_PGP_ENTRY_PKEY_FINGERPRINT:
		value_text(value, v->fingerprint);
		break;
	case EXPANDO_PGP_ENTRY_KEY_FLAGS:
	case EXPANDO_PGP_ENTRY_PKEY_FLAGS:
		flags(scratch, v);
		value_text(value, scratch->str);
		break;
	case EXPANDO_PGP_ENTRY_KEY_CAPABILITIES:
	case EXPANDO_PGP_ENTRY_PKEY_CAPABILITIES:
		capabilities(scratch, v);
		value_text(value, scratch->str);
		break;
	case EXPANDO_PGP_ENTRY_PROTOCOL:
		value_text(value, v->protocol);
		break;
	case EXPANDO_PGP_ENTRY_TRUST:
		g_string_append_c(scratch, v->trust);
		value_text(value, scratch->str);
		break;
	case EXPANDO_PGP_ENTRY_USER_ID:
		value_text(value, v->user_id);
		break;
	default:
		value_text(value, "");
		break;
	}
}

static gboolean key_date(char kind, gint64 *seconds, int *zone_minutes, const void *data)
{
	const struct key_values *v = data;

	*seconds = v->created;
	*zone_minutes = G_MININT;
	return v->created != 0;
}

struct expando_source key_source(const struct key_values *values)
{
	return (struct expando_source){.value = key_value, .date = key_date, .data = values};
}
