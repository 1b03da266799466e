/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $attach_format: one MIME part. */
#ifndef CUR_FORMAT_OF_ATTACH_H
#define CUR_FORMAT_OF_ATTACH_H

#include <glib.h>

#include "cur/format/expando.h"

struct attach_values {
	guint number; /* %n */
	const char
	    *description; /* %d: description, else file name, else subject of a message/rfc822 */
	const char *file; /* %f */
	const char *disposition_name;			       /* %F; NULL: %f */
	const char *major, *minor;			       /* %m %M */
	const char *encoding;				       /* %e */
	const char *charset;				       /* %C; NULL: not text */
	const char *tree;				       /* %T */
	char disposition;				       /* %I: 'I', 'A', 'F' or '-' */
	guint64 size_bytes;				       /* %s */
	unsigned size_style;				       /* of expando_size_style() */
	guint32 counted;				       /* %X */
	gboolean tagged, deleted, unlink, converts, qualifies; /* %t %D %u %c %Q */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source attach_source(const struct attach_values *values);

#endif
