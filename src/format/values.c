/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers of the small sources. */
#include "values.h"

#include "cur/base/text.h"
#include "cur/conf/settings.h"

void value_text(struct expando_value *value, const char *text)
{
	value->text = text ? text : "";
}

void value_number(struct expando_value *value, gint64 number)
{
	value->text = NULL;
	value->number = number;
}

void value_size(struct expando_value *value, GString *scratch, guint64 bytes, unsigned style)
{
	g_autofree char *text = text_human_size(bytes, style);

	g_string_append(scratch, text);
	value->text = scratch->str;
	value->truth = bytes > 0;
}

void value_mark(struct expando_value *value, gboolean on, const char *mark)
{
	value->text = on ? mark : " ";
	value->truth = on;
}

unsigned expando_size_style(const struct settings *s)
{
	return TEXT_SIZE_CHOSEN | (s->size_show_bytes ? TEXT_SIZE_SHOW_BYTES : 0) |
	       (s->size_show_mb ? TEXT_SIZE_SHOW_MB : 0) |
	       (s->size_show_fractions ? TEXT_SIZE_FRACTIONS : 0) |
	       (s->size_units_on_left ? TEXT_SIZE_UNIT_LEFT : 0);
}
