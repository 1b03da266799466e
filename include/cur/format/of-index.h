/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of $index_format, $attribution, $forward_format, $message_format, hooks'
 * and save names: everything said of one message.
 */
#ifndef CUR_FORMAT_OF_INDEX_H
#define CUR_FORMAT_OF_INDEX_H

#include <glib.h>

#include "cur/format/expando.h"
#include "cur/mail/row.h"

/* The same for all rows of a view. Borrowed strings; NULL is "". */
struct index_context {
	const char *mailbox_name;    /* %b */
	guint32 n_messages;	     /* %m */
	const char *date_format;     /* $date_format */
	const char *const *to_chars; /* MBTABLE cells, NULL-terminated: $to_chars … */
	const char *const *flag_chars;
	const char *const *crypt_chars;
	const char *const *from_chars;
	const char *pager_progress; /* %P; NULL in the index */
	gint64 now;		    /* for %<..> and date conditions; 0: the clock */
	const char *hidden_tags;    /* $hidden_tags: names with commas between; NULL: none */
	unsigned size_style;	    /* of expando_size_style() */
	gboolean hide_thread_subject;
	gboolean mark_old;

	gboolean (*is_me)(const char *address, void *data);
	gboolean (*is_subscribed)(const char *address, void *data);
	/* $reverse_alias: the name an alias gives an address; NULL: none. */
	const char *(*alias_name)(const char *address, void *data);
	/* How a tag is shown in %g and %J; NULL: as it is. */
	const char *(*tag_text)(const char *tag, void *data);
	/* %@name@ */
	const struct expando *(*hook)(const char *name, void *data);
	void *data;
};

/* One message. Zeroes are good for what does not apply. */
struct index_subject {
	const struct index_context *context;
	const struct row *row;
	const struct envelope *env;
	mark_t mark;
	guint32 number; /* %C, from 1 */
	gint32 score;	/* %N */
	gboolean tagged;
	gboolean deleted;      /* marked in this session */
	gboolean verified;     /* its signature was found good in this session */
	guint attachments;     /* %X */
	guint32 thread_number; /* %e */
	guint32 thread_count;  /* %E */
	guint32 hidden_count;  /* %M: messages hidden in a collapsed thread, itself too; 0: not
				  collapsed */
	const char *tree;      /* thread_tree_text(); NULL: not in a thread */
	gboolean thread_new;   /* collapsed, with new messages in it (flag_chars n) */
	gboolean thread_old;   /* the same with old unread ones (o) */
	gboolean subject_shown_above; /* same subject as the one above in the thread */
	const char *spam;	      /* %H */
	const char *parent_label;     /* X-Label of the thread parent, for %Y; NULL: none */
	const char *parent_keywords;  /* keywords of the thread parent, for %J */
	const char *comment_to;	      /* %x */
};

/* A source over `subject`, which stays the caller's. */
struct expando_source index_source(const struct index_subject *subject);

#endif
