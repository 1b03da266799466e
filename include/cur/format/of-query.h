/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $query_format: one answer of $query_command. */
#ifndef CUR_FORMAT_OF_QUERY_H
#define CUR_FORMAT_OF_QUERY_H

#include <glib.h>

#include "cur/format/expando.h"

struct query_values {
	guint number;	     /* %c */
	const char *address; /* %a: bare */
	const char *name;    /* %n */
	const char *extra;   /* %e */
	const char *tags;    /* %Y */
	gboolean tagged;
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source query_source(const struct query_values *values);

#endif
