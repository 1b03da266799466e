/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $folder_format and $mailbox_folder_format: an entry of the browser. */
#ifndef CUR_FORMAT_OF_FOLDER_H
#define CUR_FORMAT_OF_FOLDER_H

#include <glib.h>

#include "cur/format/expando.h"

struct folder_values {
	guint number;		   /* %C */
	const char *name;	   /* %f, without the type mark */
	const char *description;   /* %i; NULL: %f */
	char type_mark;		   /* '/', '@', '*', '+' or 0: appended by %f */
	const char *owner, *group; /* %u %g */
	const char *date_format;   /* $date_format, for %D */
	gint64 mtime;		   /* %d %D %[ ]; 0: not a file */
	guint32 mode;		   /* st_mode; 0 with is_remote shows "IMAP" columns */
	guint32 links;
	guint64 size_bytes;
	unsigned size_style;	  /* of expando_size_style() */
	guint32 messages, unread; /* %m %n */
	gboolean has_new;	  /* %N */
	gboolean is_remote;
	gboolean tagged, notify, poll;
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source folder_source(const struct folder_values *values);

#endif
