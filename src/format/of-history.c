/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the list of old lines says. */
#include "cur/format/of-history.h"

#include "values.h"

static void history_value(enum expando_id id, struct expando_value *value, GString *scratch,
			  const void *data)
{
	const struct history_values *v = data;

	switch (id) {
	case EXPANDO_HISTORY_NUMBER:
		value_number(value, v->number);
		break;
	case EXPANDO_HISTORY_MATCH:
		value_text(value, v->line);
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source history_source(const struct history_values *values)
{
	return (struct expando_source){.value = history_value, .data = values};
}
