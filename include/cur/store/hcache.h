/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache, as a reader sees it: an LMDB file that the engine writes
 * (store/hcache-write.h, for sync/ only) and every program maps. It can be
 * deleted at any time; the engine builds it again from the Maildirs and state.db.
 *
 * Rows are numbered 0..head.n_rows-1 by row_id in order of arrival in the cache;
 * some are dead (MARK_DEAD). A row_id is good until head.epoch changes (the
 * mailbox was rewritten without its dead rows); a lid is good for ever.
 *
 * Pointers live until the snapshot is released or renewed, that is at most one
 * turn of the event loop: a reader that sleeps inside a snapshot would pin
 * pages and let the file grow.
 */
#ifndef CUR_STORE_HCACHE_H
#define CUR_STORE_HCACHE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"

enum { HCACHE_VERSION = 2, HCACHE_PAGE_ROWS = 1000 };

struct hcache;

/* What the cache says of one mailbox. On-disk format. */
struct hcache_head {
	guint32 version;    /* HCACHE_VERSION */
	guint32 row_size;   /* sizeof(struct row) */
	guint64 generation; /* rises with every commit that touches the mailbox */
	guint64 applied;    /* last change number of state.db that is in here */
	guint32 epoch;	    /* rises when row_ids are given anew */
	guint32 n_rows;	    /* dead ones too */
	guint32 n_live;	    /* messages */
	guint32 n_unread;   /* live, not SEEN */
	guint32 n_new;	    /* live, not SEEN and MARK_NEW */
	guint32 n_flagged;  /* live and FLAGGED */
	guint32 n_total;    /* as the server says; more than n_live while a first sync runs */
	guint32 indexed;    /* 1 when every file was read; 0 while the first index runs */
};

/* A mailbox in the cache's directory. Strings are borrowed like all else. */
struct hcache_mailbox {
	guint32 number;	     /* the mailbox number of the wire and of every call here */
	const char *name;    /* canonical: imaps://user@host/INBOX (UTF-8, '/' between) or a path */
	const char *account; /* account name, "" for a plain local Maildir */
	const char *folder;  /* name within the account, UTF-8: INBOX, Lists/mutt */
	const char *path;    /* absolute path of the Maildir */
	const char *role;    /* SPECIAL-USE without the backslash: Sent, Trash …, or "" */
	gboolean subscribed;
	const char *keywords; /* names of its keyword letters (mail/keywords.h) */
	struct hcache_head head;
};

/*
 * Map the cache at `path` for reading. Fails with CUR_ERROR_GONE when there is
 * none yet, CORRUPT when it is of another version (the engine will rebuild it).
 */
struct hcache *hcache_open(const char *path, GError **error);
void hcache_close(struct hcache *hc);
DEFINE_AUTO(hcache, hcache_close)

/* Begin a snapshot, or move to the newest state. Cheap (10 ns when nothing changed). */
gboolean hcache_renew(struct hcache *hc, GError **error);
/* Let go of the snapshot: call before every sleep. Calling twice is harmless. */
void hcache_release(struct hcache *hc);

/* All mailboxes, sorted by account and folder. `each` returns FALSE to stop. */
typedef gboolean (*hcache_mailbox_fn)(const struct hcache_mailbox *mb, void *data);
void hcache_mailboxes(struct hcache *hc, hcache_mailbox_fn each, void *data);
/* One by number or by canonical name; FALSE when it is not there. */
gboolean hcache_mailbox(struct hcache *hc, guint32 number, struct hcache_mailbox *out);
gboolean hcache_mailbox_by_name(struct hcache *hc, const char *name, struct hcache_mailbox *out);

/* The head of a mailbox; FALSE when the cache does not know it. */
gboolean hcache_head(struct hcache *hc, guint32 mailbox, struct hcache_head *out);

/*
 * A page of rows or marks: rows page*HCACHE_PAGE_ROWS and on. *n is how many are
 * in it. NULL when there is no such page.
 */
const struct row *hcache_rows(struct hcache *hc, guint32 mailbox, guint32 page, guint32 *n);
const mark_t *hcache_marks(struct hcache *hc, guint32 mailbox, guint32 page, guint32 *n);

/* One row, mark or text by row_id. hcache_text gives all-"" when it is missing;
 * ENV_KEYWORDS is the names of the mark's keywords. */
const struct row *hcache_row(struct hcache *hc, guint32 mailbox, guint32 row_id);
mark_t hcache_mark(struct hcache *hc, guint32 mailbox, guint32 row_id);
void hcache_text(struct hcache *hc, guint32 mailbox, guint32 row_id, struct envelope *out);

/* The row_id of a lid; FALSE when it is dead or unknown. */
gboolean hcache_find(struct hcache *hc, guint32 mailbox, guint32 lid, guint32 *row_id);

#endif
