/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outbox: a folder with tmp/, new/ and work/. A program puts a finished file
 * into new/; from then on the message is accepted and survives everything. The
 * engine takes it into work/, where it stays until its last consequence is
 * durable. Its state stands in state.db, not here.
 *
 * A file is header lines ("Cur-Outbox: 1", "To: a@b" …), an empty line, the copy that is filed
 * where that is another message, and the complete RFC 5322 message with LF line ends and without
 * Bcc. doc/formats.md.
 */
#ifndef CUR_STORE_OUTBOX_H
#define CUR_STORE_OUTBOX_H

#include <glib.h>

#include "cur/base/auto.h"

enum {
	OUTBOX_VERSION = 1,
	OUTBOX_ID_MAX = 100,
	OUTBOX_HEADER_MAX = 4 << 20,
	OUTBOX_COPY_MAX = 1 << 30
};

/* What the user wants done with a message. */
enum outbox_wish {
	OUTBOX_NAME_SENDER = 1 << 0, /* tell $sendmail the sender (-f) */
	OUTBOX_SAY_8BIT = 1 << 1,    /* tell it of 8-bit text (-B8BITMIME) */
	OUTBOX_TEXT_COPY = 1 << 2,   /* copies are without attachments */
};

/* What stands before the message. All strings belong to the struct. */
struct outbox_item {
	char *account; /* account name, or "" */
	char
	    *transport; /* smtp://user@host:port, smtps://…, sendmail:<command>; never a password */
	char *from;	/* envelope sender, "" for the null path */
	GPtrArray *to;	/* envelope recipients, char *, at least one */
	GPtrArray *fcc; /* canonical mailbox names, char *; may be empty */
	GPtrArray *bcc; /* the lines of the Bcc field that copies have, char *; may be empty */
	guint32 answered_mailbox, answered_lid;	  /* 0: none */
	guint32 forwarded_mailbox, forwarded_lid; /* 0: none */
	char *dsn_notify;      /* RFC 3461 4.1 "FAILURE,DELAY"; NULL: as servers do by themselves */
	char *dsn_return;      /* RFC 3461 4.3 "HDRS" or "FULL"; NULL likewise */
	guint wishes;	       /* enum outbox_wish */
	GBytes *copy;	       /* to be written: what copies are; NULL: the message itself */
	guint64 copy_n;	       /* filled by outbox_read: its size, 0 for none */
	char *subject;	       /* for listings, decoded, one line */
	gint64 message_offset; /* filled by outbox_read: where the message begins in the file */
};
struct outbox_item *outbox_item_new(void);
void outbox_item_free(struct outbox_item *item);
DEFINE_AUTO(outbox_item, outbox_item_free)

/* The upper-case form of what a user wants of reports; NULL when it is none (RFC 3461). Yours. */
char *outbox_dsn_notify(const char *text);
char *outbox_dsn_return(const char *text);

/* A plain file name of [A-Za-z0-9._-], no leading dot: all that the wire may name. */
gboolean outbox_id_is_valid(const char *id);

/*
 * Make tmp/, new/ and work/ below `dir` (…/outbox), write the file durably into
 * new/. Returns its id, yours: the message is accepted. USAGE when a field holds a line
 * end or there is no recipient; nothing is left behind on failure. `message`: bytes with
 * LF line ends.
 */
char *outbox_put(const char *dir, const struct outbox_item *item, const void *message, gsize n,
		 GError **error);
/*
 * The same in two steps: the file is written durably at `path`, which must lie on the
 * same file system and not be there yet; then it is renamed into new/. On failure of
 * the second step the file is still at `path`.
 */
gboolean outbox_write(const char *path, const struct outbox_item *item, const void *message,
		      gsize n, GError **error);
char *outbox_accept(const char *dir, const char *path, GError **error);

/*
 * Read the head of a file, in new/ or work/. CORRUPT when it is not ours, GONE when
 * there is none; any other error says nothing about the file.
 */
struct outbox_item *outbox_read(const char *dir, const char *id, GError **error);
/* Open the message itself, placed at its first byte; -1 on failure. *n: its size. */
int outbox_open_message(const char *dir, const char *id, guint64 *n, GError **error);
/* The copy that copy_n speaks of: NULL on failure. Yours. */
GBytes *outbox_read_copy(const char *dir, const char *id, GError **error);
/* The path of the file, yours; NULL with GONE, or IO and the like when nobody can say. */
char *outbox_path(const char *dir, const char *id, GError **error);

/* The ids in new/, sorted (oldest first), char *, yours. Files of other names are left alone. */
GPtrArray *outbox_list_new(const char *dir, GError **error);
/* The ids in work/: what a crash may have left without a row. */
GPtrArray *outbox_list_work(const char *dir, GError **error);
/* new/ to work/, durable with its removal only: until then a crash may undo it. Done already is
 * success. */
gboolean outbox_adopt(const char *dir, const char *id, GError **error);
/* Remove from new/ or work/, durable. Gone already is success. */
gboolean outbox_remove(const char *dir, const char *id, GError **error);
/* The same for many (char *): durable together. */
gboolean outbox_remove_all(const char *dir, const GPtrArray *ids, GError **error);
/* Move a file that outbox_read calls CORRUPT to `broken/`, so that it is kept and met once. */
gboolean outbox_set_aside(const char *dir, const char *id, GError **error);
/* Remove files of tmp/ older than 36 hours; returns how many. */
guint outbox_sweep(const char *dir);

#endif
