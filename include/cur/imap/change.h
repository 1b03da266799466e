/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that change messages of the selected mailbox, by UID only; and APPEND. */
#ifndef CUR_IMAP_CHANGE_H
#define CUR_IMAP_CHANGE_H

#include <glib.h>

#include "cur/imap/fetch.h"
#include "cur/imap/seqset.h"
#include "cur/imap/session.h"

/*
 * +FLAGS or -FLAGS. `keywords` (blank between) may be NULL. With unchanged_since > 0 (CONDSTORE)
 * *modified (may be NULL) gets the UIDs that the server left alone for it. OK is said of UIDs that
 * are not there, too (RFC 3501 6.4.8): `each` hears of those that are. Without it, .SILENT; with
 * unchanged_since as well, where MODSEQ of what was changed is told in any case (RFC 7162 3.1.3).
 */
gboolean imap_store(struct imap *s, const struct seqset *uids, gboolean add, guint32 flags,
		    const char *keywords, guint64 unchanged_since, struct seqset **modified,
		    imap_info_fn each, void *data, GError **error);

/* Where copies went (RFC 4315 COPYUID, APPENDUID). */
struct imap_copied {
	guint32 uidvalidity; /* 0: the server did not say */
	GArray *from,
	    *to; /* struct seqset_range in the order of the server, equal counts, or NULL */
};
void imap_copied_clear(struct imap_copied *c);
/* The new UID of `uid`; 0 when it is not told. */
guint32 imap_copied_uid(const struct imap_copied *c, guint32 uid);

/* UID COPY. REFUSED with [TRYCREATE] gives GONE. The source is never touched. */
gboolean imap_copy(struct imap *s, const struct seqset *uids, const char *to,
		   struct imap_copied *out, GError **error);
/* UID MOVE (RFC 6851); USAGE where MOVE is not offered: copy, store and expunge yourself. */
gboolean imap_move(struct imap *s, const struct seqset *uids, const char *to,
		   struct imap_copied *out, GError **error);

/* UID EXPUNGE of exactly these; USAGE where UIDPLUS is not offered, and nothing is said. */
gboolean imap_expunge(struct imap *s, const struct seqset *uids, GError **error);
/* The same of what is not marked \Deleted yet, in one round trip. */
gboolean imap_remove(struct imap *s, const struct seqset *uids, GError **error);

struct imap_append {
	const char *name;     /* the server's */
	guint32 flags;	      /* FLAG_ bits */
	const char *keywords; /* or NULL */
	gint64 internal_date; /* Unix seconds; 0: the server's now */
	int fd;		      /* a regular file; bare LF becomes CRLF, NUL is refused */
};
/* What became of a message. */
struct imap_appended {
	enum {
		IMAP_FATE_NOT_SENT, /* the connection was gone before */
		IMAP_FATE_UNKNOWN,  /* perhaps: search by Message-ID before trying again */
		IMAP_FATE_STORED,
		IMAP_FATE_REFUSED,
	} fate;
	guint32 uidvalidity, uid; /* 0: there is no APPENDUID */
	guint64 wire_bytes;
	GError *refusal; /* yours; NULL but for IMAP_FATE_REFUSED */
};
/*
 * APPEND of all to one mailbox: one round trip where the server takes literals unasked, in one
 * command where it has MULTIAPPEND; that stores all or none, so a refusal tells nothing of a single
 * one. FALSE when the connection is gone, with UNKNOWN when any may be there.
 */
gboolean imap_append_all(struct imap *s, const struct imap_append *messages, guint n,
			 struct imap_appended *out, GError **error);
/* The same of one. REFUSED and its kin are the server's NO. */
gboolean imap_append(struct imap *s, const struct imap_append *a, guint32 *uidvalidity,
		     guint32 *uid, GError **error);

#endif
