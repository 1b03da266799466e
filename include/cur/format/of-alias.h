/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $alias_format: one alias. */
#ifndef CUR_FORMAT_OF_ALIAS_H
#define CUR_FORMAT_OF_ALIAS_H

#include <glib.h>

#include "cur/format/expando.h"

struct alias_values {
	guint number;	       /* %n */
	const char *alias;     /* %a */
	const char *addresses; /* %r: header text */
	const char *comment;   /* %c */
	const char *tags;      /* %Y */
	gboolean tagged, deleted;
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source alias_source(const struct alias_values *values);

#endif
