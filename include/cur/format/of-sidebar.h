/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $sidebar_format: one mailbox. */
#ifndef CUR_FORMAT_OF_SIDEBAR_H
#define CUR_FORMAT_OF_SIDEBAR_H

#include <glib.h>

#include "cur/format/expando.h"

struct sidebar_values {
	const char *name;			     /* %B, indented and shortened */
	const char *description;		     /* %D; NULL: %B */
	guint32 messages, unread, new, old, flagged; /* %S %N %Z %o %F */
	/* Of the open mailbox; 0 elsewhere. */
	guint32 deleted, shown, tagged;
	gboolean is_open;
	gboolean has_new; /* %n: new mail since the last visit */
	gboolean notify, poll;
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source sidebar_source(const struct sidebar_values *values);

#endif
