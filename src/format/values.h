/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the small sources answer: a text, a number, a size, a mark. */
#ifndef FORMAT_VALUES_H
#define FORMAT_VALUES_H

#include <glib.h>

#include "cur/format/expando.h"

/* NULL is "". */
void value_text(struct expando_value *value, const char *text);
void value_number(struct expando_value *value, gint64 number);
/* A size as a person reads it, `style` as for text_human_size(); false for 0. */
void value_size(struct expando_value *value, GString *scratch, guint64 bytes, unsigned style);
/* One character when `on`, a blank otherwise; the truth is `on`. */
void value_mark(struct expando_value *value, gboolean on, const char *mark);

#endif
