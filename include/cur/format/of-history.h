/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $history_format: a line that was typed before. */
#ifndef CUR_FORMAT_OF_HISTORY_H
#define CUR_FORMAT_OF_HISTORY_H

#include <glib.h>

#include "cur/format/expando.h"

struct history_values {
	guint number;	  /* %C: 1 is the newest */
	const char *line; /* %s */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source history_source(const struct history_values *values);

#endif
