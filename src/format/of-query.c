/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the answers of $query_command says. */
#include "cur/format/of-query.h"

#include "values.h"

static void whole_address(GString *out, const struct query_values *v)
{
	const char *address = v->address ? v->address : "";

	if (v->name && *v->name)
		g_string_append_printf(out, "%s <%s>", v->name, address);
	else
		g_string_append(out, address);
}

static void query_value(enum expando_id id, struct expando_value *value, GString *scratch,
			const void *data)
{
	const struct query_values *v = data;

	switch (id) {
	case EXPANDO_QUERY_NUMBER:
	case EXPANDO_QUERY_LETTER_C:
		value_number(value, v->number);
		break;
	case EXPANDO_QUERY_LETTER_A:
	case EXPANDO_QUERY_EMAIL:
		value_text(value, v->address);
		break;
	case EXPANDO_QUERY_ADDRESS:
		whole_address(scratch, v);
		value_text(value, scratch->str);
		break;
	case EXPANDO_QUERY_NAME:
	case EXPANDO_QUERY_LETTER_N:
		value_text(value, v->name);
		break;
	case EXPANDO_QUERY_COMMENT:
	case EXPANDO_QUERY_LETTER_E:
		value_text(value, v->extra);
		break;
	case EXPANDO_QUERY_TAGS:
		value_text(value, v->tags);
		break;
	case EXPANDO_QUERY_TAGGED:
		value_mark(value, v->tagged, "*");
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source query_source(const struct query_values *values)
{
	return (struct expando_source){.value = query_value, .data = values};
}
