/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line a message begins with. */
#include "cur/format/of-greeting.h"

#include "values.h"

static void greeting_value(enum expando_id id, struct expando_value *value, GString *scratch,
			   const void *data)
{
	const struct greeting_values *v = data;

	switch (id) {
	case EXPANDO_GREETING_REAL_NAME:
		value_text(value, v->name);
		break;
	case EXPANDO_GREETING_USER_NAME:
		value_text(value, v->user);
		break;
	case EXPANDO_GREETING_FIRST_NAME:
		value_text(value, v->first);
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source greeting_source(const struct greeting_values *values)
{
	return (struct expando_source){.value = greeting_value, .data = values};
}
