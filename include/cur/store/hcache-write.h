/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache, as its only writer sees it (the engine, through
 * store/store.h, which keeps it in step with state.db). A batch is one commit;
 * begin and commit are called by the same thread.
 */
#ifndef CUR_STORE_HCACHE_WRITE_H
#define CUR_STORE_HCACHE_WRITE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/hcache.h"

struct hcache_writer;

/*
 * Open or make the cache of the state.db called `owner`. CORRUPT when it is of
 * another version, of another state.db (its numbers mean other things) or unreadable.
 */
struct hcache_writer *hcache_writer_open(const char *path, guint64 owner, GError **error);
void hcache_writer_close(struct hcache_writer *w);
DEFINE_AUTO(hcache_writer, hcache_writer_close)
/* Remove a cache that cannot be used; readers keep the old map until they open anew. */
gboolean hcache_destroy(const char *path, GError **error);

/*
 * A reader of the same map for the writer's own process (LMDB forbids a second
 * hcache_open there). Borrowed; one thread at a time.
 */
struct hcache *hcache_writer_reader(struct hcache_writer *w);

gboolean hcache_begin(struct hcache_writer *w, GError **error);
/* FULL when disk or map are full: nothing of the batch is there then. */
gboolean hcache_commit(struct hcache_writer *w, GError **error);
void hcache_abort(struct hcache_writer *w);

/* Within a batch. The first failure is kept and comes out of hcache_commit(). */

/* Enter a mailbox or change what is said of it; info->head is not looked at. */
void hcache_put_mailbox(struct hcache_writer *w, const struct hcache_mailbox *info);
void hcache_drop_mailbox(struct hcache_writer *w, guint32 mailbox);

/* The head as this batch leaves it; FALSE when the mailbox is not there. */
gboolean hcache_get_head(struct hcache_writer *w, guint32 mailbox, struct hcache_head *out);
void hcache_set_applied(struct hcache_writer *w, guint32 mailbox, guint64 change);
void hcache_set_total(struct hcache_writer *w, guint32 mailbox, guint32 n_total);
void hcache_set_indexed(struct hcache_writer *w, guint32 mailbox, gboolean indexed);

/* Append a message; one of the same lid is killed first. */
void hcache_append(struct hcache_writer *w, guint32 mailbox, const struct row *row, mark_t mark,
		   const char *text, gsize text_n);
/* Row and text anew in the same place; FALSE when the lid is not there. */
gboolean hcache_replace(struct hcache_writer *w, guint32 mailbox, const struct row *row,
			const char *text, gsize text_n);
/* The whole mark but MARK_DEAD. FALSE when the lid is not there. */
gboolean hcache_set_mark(struct hcache_writer *w, guint32 mailbox, guint32 lid, mark_t mark);
gboolean hcache_get_mark(struct hcache_writer *w, guint32 mailbox, guint32 lid, mark_t *mark);
gboolean hcache_kill(struct hcache_writer *w, guint32 mailbox, guint32 lid);

/* All live lids, ascending, as this batch leaves them; guint32 elements, yours. */
GArray *hcache_lids(struct hcache_writer *w, guint32 mailbox);

/*
 * Mailboxes of which more than a quarter is dead are written anew at commit
 * (their epoch rises). Free slots of readers that died; returns how many.
 */
int hcache_reader_check(struct hcache_writer *w);

#endif
