/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IMAP commands about mailboxes as a whole. `name` is always the server's own (mUTF-7, its
 * delimiter), as imap_list gives it and folder_to_imap makes it; also where the wire has UTF-8.
 */
#ifndef CUR_IMAP_MAILBOX_H
#define CUR_IMAP_MAILBOX_H

#include <glib.h>

#include "cur/imap/fetch.h"
#include "cur/imap/seqset.h"
#include "cur/imap/session.h"

enum imap_status_has {
	IMAP_STATUS_MESSAGES = 1 << 0,
	IMAP_STATUS_UIDNEXT = 1 << 1,
	IMAP_STATUS_UIDVALIDITY = 1 << 2,
	IMAP_STATUS_MODSEQ = 1 << 3,
};

struct imap_status {
	guint has; /* enum imap_status_has */
	guint32 messages;
	guint32 uidnext;
	guint32 uidvalidity;
	guint64 highestmodseq; /* 0: the mailbox keeps none */
};

enum imap_list_flag {
	IMAP_LIST_NOSELECT = 1 << 0, /* \Noselect or \NonExistent */
	IMAP_LIST_NOINFERIORS = 1 << 1,
	IMAP_LIST_SUBSCRIBED = 1 << 2,
};

struct imap_list_row {
	const char *name;   /* the server's */
	const char *folder; /* ours (names.h) */
	char delimiter;	    /* 0: none */
	guint flags;	    /* enum imap_list_flag */
	const char *role;   /* "Sent", "Trash" … (RFC 6154) without the backslash, or "" */
	struct imap_status status;
};

struct imap_list;
void imap_list_free(struct imap_list *list);
DEFINE_AUTO(imap_list, imap_list_free)
guint imap_list_length(const struct imap_list *list);
/* Sorted by folder, INBOX first, those that repeat the messages of others last; borrowed. */
const struct imap_list_row *imap_list_row(const struct imap_list *list, guint i);
/* How many names were left out (over the limits, or two that are one). */
guint imap_list_skipped(const struct imap_list *list);

enum { IMAP_LIST_MAX = 100000 };

/*
 * All mailboxes, with subscription and SPECIAL-USE; `with_status` asks for the status of each, in
 * the same round trip where LIST-STATUS is offered, pipelined otherwise.
 */
struct imap_list *imap_list(struct imap *s, gboolean with_status, GError **error);

/* The delimiter of the personal namespace, 0 for none; known once imap_list was called. */
char imap_delimiter(const struct imap *s);

/*
 * What a mailbox that somebody wants to make as `name` must be called: servers that keep a user's
 * mailboxes below a prefix ("INBOX.") refuse others. Asked once a session, where NAMESPACE is
 * offered. Yours.
 */
char *imap_name_to_make(struct imap *s, const char *name, GError **error);

struct imap_selected {
	guint32 exists;
	guint32 uidvalidity;   /* 0: missing; treat the mailbox as read-only */
	guint32 uidnext;       /* 0: missing */
	guint64 highestmodseq; /* 0: NOMODSEQ or no CONDSTORE */
	gboolean read_only;
	gboolean keywords_allowed; /* PERMANENTFLAGS has \*, or the server does not say */
	gboolean uids_change;	   /* UIDNOTSTICKY: other UIDs the next time */
	guint32 expunged;	   /* messages told to be gone since it was selected */
	guint32 permanent_flags;   /* FLAG_ bits; all when the server does not say */
};

/*
 * What messages there are, or what changed since last time: asked in the same round trip as SELECT.
 */
struct imap_question {
	guint32 uidvalidity;	  /* of last time; with modseq */
	guint64 modseq;		  /* known is what happened up to it; 0: all messages */
	gboolean sizes;		  /* as imap_fetch_info; never told by QRESYNC */
	imap_info_fn each;	  /* borrows `data` */
	void (*anew)(void *data); /* all that `each` saw was about another mailbox */
	void *data;
	/* the answer */
	gboolean answered;	 /* it is about this mailbox, and not refused */
	struct seqset *vanished; /* QRESYNC (RFC 7162): UIDs that are gone; else NULL. Yours */
};

/* SELECT, or EXAMINE for `read_only`; with (CONDSTORE) where offered. Leaves what was selected
 * without CLOSE. */
gboolean imap_select(struct imap *s, const char *name, gboolean read_only,
		     struct imap_selected *out, GError **error);
/* The same with a question. It succeeds though the question was not answered. */
gboolean imap_select_asking(struct imap *s, const char *name, gboolean read_only,
			    struct imap_question *q, struct imap_selected *out, GError **error);
/* The server's name of the selected mailbox, or NULL; borrowed. */
const char *imap_selected_name(const struct imap *s);
/* Whether a STORE of this keyword lasts in the selected mailbox (RFC 9051, PERMANENTFLAGS). */
gboolean imap_keeps_keyword(const struct imap *s, const char *name);
/* As it is now: EXISTS and HIGHESTMODSEQ are kept up to date by what the server says. */
const struct imap_selected *imap_selected(const struct imap *s);

/* `role` ("Sent") or NULL. */
gboolean imap_create(struct imap *s, const char *name, const char *role, GError **error);
gboolean imap_delete(struct imap *s, const char *name, GError **error);
gboolean imap_rename(struct imap *s, const char *from, const char *to, GError **error);
gboolean imap_subscribe(struct imap *s, const char *name, gboolean on, GError **error);

#endif
