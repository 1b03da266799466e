/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the status line of the compose menu says. */
#include "cur/format/of-compose.h"

#include "values.h"

static void compose_value(enum expando_id id, struct expando_value *value, GString *scratch,
			  const void *data)
{
	const struct compose_values *v = data;

	switch (id) {
	case EXPANDO_COMPOSE_ATTACH_COUNT:
		value_number(value, v->attachments);
		break;
	case EXPANDO_COMPOSE_ATTACH_SIZE:
		value_size(value, scratch, v->size_bytes, v->size_style);
		break;
	case EXPANDO_COMPOSE_HOSTNAME:
		value_text(value, v->hostname);
		break;
	case EXPANDO_COMPOSE_VERSION:
		value_text(value, v->version);
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source compose_source(const struct compose_values *values)
{
	return (struct expando_source){.value = compose_value, .data = values};
}
