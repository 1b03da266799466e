/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a header block, one after the other, without a copy. */
#ifndef CUR_MAIL_FIELD_H
#define CUR_MAIL_FIELD_H

#include <glib.h>

struct field {
	const char *line;  /* begin of the name, or of a line that is no field */
	const char *value; /* behind the colon and blanks; == line for a line that is no field */
	guint32 name_n;	   /* 0: not a field */
	guint32 value_n;   /* folds inside, no line end behind */
};

/*
 * The field at *p, and *p behind it. FALSE at the end of the block; *p is then
 * behind the empty line.
 */
gboolean field_next(const char **p, const char *end, struct field *f);

#endif
