/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UID FETCH and UID SEARCH in the selected mailbox. */
#ifndef CUR_IMAP_FETCH_H
#define CUR_IMAP_FETCH_H

#include <glib.h>

#include "cur/imap/seqset.h"
#include "cur/imap/session.h"

enum imap_info_has {
	IMAP_INFO_UID = 1 << 0,
	IMAP_INFO_FLAGS = 1 << 1,
	IMAP_INFO_DATE = 1 << 2,
	IMAP_INFO_SIZE = 1 << 3,
	IMAP_INFO_MODSEQ = 1 << 4,
	IMAP_INFO_FIELD = 1 << 5,
	IMAP_INFO_OBJECT = 1 << 6,
};

/* What a FETCH response says of a message; strings borrowed for the call. */
struct imap_info {
	guint has; /* enum imap_info_has */
	guint32 uid;
	guint32 flags;	      /* FLAG_ bits of mail/flags.h */
	const char *keywords; /* other keywords, UTF-8, blank between, or "" */
	gint64 internal_date; /* Unix seconds */
	guint64 size_bytes;   /* RFC822.SIZE: what the server thinks */
	guint64 modseq;
	const char
	    *field; /* imap_fetch_field: "Name: value\r\n\r\n", as it stands in the message */
	const char *object; /* imap_fetch_objects: one for all copies of a message */
};

/* FALSE with *error set ends the command; the session must be closed then. */
typedef gboolean (*imap_info_fn)(const struct imap_info *info, void *data, GError **error);

/*
 * UID FLAGS (MODSEQ), with `sizes` also INTERNALDATE and RFC822.SIZE, of every message in `uids`
 * that exists. With changed_since > 0 (CONDSTORE) only of those that changed after it. Answers for
 * other UIDs are dropped and counted as news.
 */
gboolean imap_fetch_info(struct imap *s, const struct seqset *uids, gboolean sizes,
			 guint64 changed_since, imap_info_fn each, void *data, GError **error);

/*
 * One field of the headers of `uids`, by IMAP_INFO_FIELD; a message without it has an empty line.
 * `name` is an atom ("MESSAGE-ID").
 */
gboolean imap_fetch_field(struct imap *s, const struct seqset *uids, const char *name,
			  imap_info_fn each, void *data, GError **error);

/*
 * The server's ids of `uids`, by IMAP_INFO_OBJECT: EMAILID (RFC 8474) or X-GM-MSGID of Gmail's
 * X-GM-EXT-1; only where one of them is offered.
 */
gboolean imap_has_objects(const struct imap *s);
gboolean imap_fetch_objects(struct imap *s, const struct seqset *uids, imap_info_fn each,
			    void *data, GError **error);

/* P35: FETCH responses passed over since last asked because their UID is none (0, too long). */
guint imap_take_odd_uids(struct imap *s);

/* What becomes of a message that is being fetched; `info` is what is known so far. */
struct imap_message_ops {
	/* The text of a message begins, n bytes. FALSE without an error: pass over it. */
	gboolean (*begin)(const struct imap_info *info, guint64 n, void *data, GError **error);
	gboolean (*bytes)(const char *bytes, gsize n, void *data, GError **error);
	/*
	 * It is whole: all n bytes came and the response ended as it should. info->uid is set and
	 * one of those asked for. A `begin` without an `end` is a message that did not come.
	 */
	gboolean (*end)(const struct imap_info *info, void *data, GError **error);
};

/*
 * (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[]) of `uids`, streamed, in the order of the
 * server. *missing (may be NULL) gets the UIDs asked for that did not come: gone, over max_literal,
 * or answered wrongly; also those whose `end` was called once and that came again: nobody knows
 * which text is theirs (P36). Yours, also when it fails.
 */
gboolean imap_fetch_messages(struct imap *s, const struct seqset *uids,
			     const struct imap_message_ops *ops, void *data,
			     struct seqset **missing, GError **error);

/*
 * The same with the header in place of the text (UID … BODY.PEEK[HEADER]<0.bytes>), cut at `bytes`:
 * a header of that length may go on.
 */
gboolean imap_fetch_headers(struct imap *s, const struct seqset *uids, guint32 bytes,
			    const struct imap_message_ops *ops, void *data, struct seqset **missing,
			    GError **error);
/* Of the messages from sequence number `first` on, whatever their UIDs. */
gboolean imap_fetch_last_headers(struct imap *s, guint32 first, guint32 bytes,
				 const struct imap_message_ops *ops, void *data, GError **error);

/* UIDs of the messages there are, within first:last. Yours; NULL on error. */
struct seqset *imap_search_uids(struct imap *s, guint32 first, guint32 last, GError **error);
/* UIDs from `first` on whose header `field` holds `value` (Message-ID look-up, RFC 9051 6.4.4). */
struct seqset *imap_search_header(struct imap *s, guint32 first, const char *field,
				  const char *value, GError **error);
/* What Gmail's own search finds in the selected mailbox; REFUSED where X-GM-EXT-1 is not offered.
 */
struct seqset *imap_search_gmail(struct imap *s, const char *query, GError **error);

#endif
