/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the alias list says. */
#include "cur/format/of-alias.h"

#include "cur/mail/address-iter.h"
#include "values.h"

static void address_specs(GString *out, const char *addresses)
{
	struct address_iter it;

	address_iter_init(&it, addresses ? addresses : "");
	while (address_iter_next(&it)) {
		g_string_append(out, out->len > 0 ? ", " : "");
		g_string_append_len(out, it.spec, (gssize)it.spec_n);
	}
}

static void address_names(GString *out, const char *addresses)
{
	struct address_iter it;

	address_iter_init(&it, addresses ? addresses : "");
	while (address_iter_next(&it)) {
		if (it.name_n == 0)
			continue;
		g_string_append(out, out->len > 0 ? ", " : "");
		g_string_append_len(out, it.name, (gssize)it.name_n);
	}
}

static void alias_value(enum expando_id id, struct expando_value *value, GString *scratch,
			const void *data)
{
	const struct alias_values *v = data;

	switch (id) {
	case EXPANDO_ALIAS_NUMBER:
	case EXPANDO_ALIAS_LETTER_N:
		value_number(value, v->number);
		break;
	case EXPANDO_ALIAS_ALIAS:
		value_text(value, v->alias);
		break;
	case EXPANDO_ALIAS_ADDRESS:
	case EXPANDO_ALIAS_LETTER_R:
		value_text(value, v->addresses);
		break;
	case EXPANDO_ALIAS_COMMENT:
	case EXPANDO_ALIAS_LETTER_C:
		value_text(value, v->comment);
		break;
	case EXPANDO_ALIAS_EMAIL:
		address_specs(scratch, v->addresses);
		value_text(value, scratch->str);
		break;
	case EXPANDO_ALIAS_NAME:
		address_names(scratch, v->addresses);
		value_text(value, scratch->str);
		break;
	case EXPANDO_ALIAS_TAGS:
		value_text(value, v->tags);
		break;
	case EXPANDO_ALIAS_TAGGED:
		value_mark(value, v->tagged, "*");
		break;
	case EXPANDO_ALIAS_FLAGS:
		value_mark(value, v->deleted, "d");
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source alias_source(const struct alias_values *values)
{
	return (struct expando_source){.value = alias_value, .data = values};
}
