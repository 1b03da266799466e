/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $compose_format: the status line of the compose menu. */
#ifndef CUR_FORMAT_OF_COMPOSE_H
#define CUR_FORMAT_OF_COMPOSE_H

#include <glib.h>

#include "cur/format/expando.h"

struct compose_values {
	guint attachments;    /* %a */
	guint64 size_bytes;   /* %l */
	unsigned size_style;  /* of expando_size_style() */
	const char *hostname; /* %h */
	const char *version;  /* %v */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source compose_source(const struct compose_values *values);

#endif
