/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $pattern_format: one operator of patterns. */
#ifndef CUR_FORMAT_OF_PATTERN_H
#define CUR_FORMAT_OF_PATTERN_H

#include <glib.h>

#include "cur/format/expando.h"

struct pattern_values {
	guint number;		 /* %n */
	const char *expression;	 /* %e: "~f EXPR" */
	const char *description; /* %d */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source pattern_source(const struct pattern_values *values);

#endif
