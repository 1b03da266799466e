/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the list of pattern operators says. */
#include "cur/format/of-pattern.h"

#include "values.h"

static void pattern_value(enum expando_id id, struct expando_value *value, GString *scratch,
			  const void *data)
{
	const struct pattern_values *v = data;

	switch (id) {
	case EXPANDO_PATTERN_NUMBER:
		value_number(value, v->number);
		break;
	case EXPANDO_PATTERN_EXPRESSION:
		value_text(value, v->expression);
		break;
	case EXPANDO_PATTERN_DESCRIPTION:
		value_text(value, v->description);
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source pattern_source(const struct pattern_values *values)
{
	return (struct expando_source){.value = pattern_value, .data = values};
}
