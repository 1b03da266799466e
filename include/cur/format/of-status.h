/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $status_format, $ts_status_format, $ts_icon_format and $new_mail_command. */
#ifndef CUR_FORMAT_OF_STATUS_H
#define CUR_FORMAT_OF_STATUS_H

#include <glib.h>

#include "cur/format/expando.h"

/* Which character of $status_chars stands for %r. */
enum status_state { STATUS_UNCHANGED, STATUS_CHANGED, STATUS_READONLY, STATUS_ATTACH };

struct status_values {
	const char *mailbox_path; /* %f, already shortened */
	const char *description;  /* %D; NULL: %f */
	const char *hostname;	  /* %h */
	const char *version;	  /* %v */
	const char *progress;	  /* %P: "all", "top", "end", "42%" */
	const char *sort;	  /* %s */
	const char *sort_aux;	  /* %S */
	const char *threads;	  /* %T; NULL: not threaded */
	const char *limit;	  /* %V; NULL: none */
	const char *const *status_chars;
	enum status_state state;						   /* %r */
	guint32 messages, shown, new, old, unread, read, deleted, flagged, tagged; /* %m %M %n … */
	guint32 postponed;							   /* %p */
	guint32 unread_mailboxes;						   /* %b */
	guint64 size, shown_size; /* %l %L, bytes */
	unsigned size_style;	  /* of expando_size_style() */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source status_source(const struct status_values *values);

#endif
