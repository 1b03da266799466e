/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mail store of the engine: state.db and the header cache as one thing,
 * changed together and in the order that survives. A change is
 *
 *	store_begin(store, &error)	takes the store's lock
 *	store_add(…), store_mark(…), state_add_step(store_state(store), …) …
 *	store_commit(store, &error)	state.db, then the cache; lets go of the lock
 *
 * Files are made durable before (store/maildir.h), their names at the latest within.
 * Hold it briefly: never during network, nor while the bytes of files are synced. For
 * reading alone: store_lock, state_…, store_unlock.
 */
#ifndef CUR_STORE_STORE_H
#define CUR_STORE_STORE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"
#include "cur/store/state.h"

struct store;
struct hcache;

/*
 * Open the data folder (made 0700), take its lock (BUSY names the pid of the
 * engine that has it), open state.db, and the cache at `cache_path`, which is made
 * anew when it is missing or unusable: store_catch_up() then fills it.
 */
struct store *store_open(const char *data_dir, const char *cache_path, GError **error);
void store_close(struct store *store);
DEFINE_AUTO(store, store_close)

/* FALSE when the data folder was removed or moved away under us. */
gboolean store_is_there(struct store *store);
/* Borrowed for the life of the store. */
const char *store_data_dir(const struct store *store);
const char *store_mail_dir(const struct store *store);	 /* …/mail */
const char *store_outbox_dir(const struct store *store); /* …/outbox */
const char *store_index_dir(const struct store *store);	 /* …/index */

/*
 * Where the Maildir of a server's folder belongs: mail/<account>/<level>/<level>,
 * each made safe. Yours. The same for the same arguments, for ever.
 */
char *store_maildir_path(const struct store *store, const char *account, const char *folder);

/* Not recursive. Every state_… call needs it; store_begin() takes it itself. */
void store_lock(struct store *store);
void store_unlock(struct store *store);
struct state *store_state(struct store *store);
/* The cache for reading, under the lock: hcache_renew first, hcache_release after. */
struct hcache *store_cache(struct store *store);

/*
 * Called after each commit, out of the lock, on the committing thread, once per
 * mailbox that it touched: time to say CHANGED. `directory`: mailboxes came,
 * went, or were renamed.
 */
typedef void (*store_changed_fn)(guint32 mailbox, guint64 generation, gboolean directory,
				 void *data);
void store_on_changed(struct store *store, store_changed_fn changed, void *data);

gboolean store_begin(struct store *store, GError **error);
/*
 * On FALSE nothing of the change happened. The cache may fail alone (disk full):
 * then TRUE, logged, and it catches up later by itself.
 */
gboolean store_commit(struct store *store, GError **error);
void store_rollback(struct store *store);
/* Commit when `ok`, else roll back; FALSE then, too. */
gboolean store_end(struct store *store, gboolean ok, GError **error);

/* ---- within a change ------------------------------------------------------------
 * On FALSE the caller rolls back.
 */

/* As state_put_mailbox, and in the cache's directory. */
gboolean store_put_mailbox(struct store *store, struct state_mailbox *mb, GError **error);
/* The names of its keyword letters, as store/keywords.h keeps them. */
gboolean store_set_keywords(struct store *store, guint32 number, const char *names, GError **error);
gboolean store_drop_mailbox(struct store *store, guint32 number, GError **error);
/* What the server has, for the head of a mailbox whose first sync runs. */
void store_set_total(struct store *store, guint32 mailbox, guint32 n_total);
void store_set_indexed(struct store *store, guint32 mailbox, gboolean indexed);

/*
 * A message whose file is durable. `msg` as for state_add_message (its lid is set,
 * and row->lid with it); row and text from mail/scan.h.
 */
gboolean store_add(struct store *store, struct state_message *msg, struct row *row,
		   const char *text, gsize text_n, GError **error);
/* state_put_message, and its mark in the cache. Not for a new base name. */
gboolean store_put(struct store *store, const struct state_message *msg, GError **error);
/* The mark alone: flags, MARK_NEW, MARK_PENDING. */
gboolean store_mark(struct store *store, guint32 mailbox, guint32 lid, mark_t mark, GError **error);
/* state_put_message with another row and text: a new base name, a body that came later. */
gboolean store_replace(struct store *store, const struct state_message *msg, struct row *row,
		       const char *text, gsize text_n, GError **error);
/* The message is gone; its file is the caller's. */
gboolean store_drop(struct store *store, guint32 mailbox, guint32 lid, GError **error);

/* ---- the cache behind state.db ---------------------------------------------------- */

/* done of total files read in a mailbox; FALSE stops (CANCELLED). Out of the lock. */
typedef gboolean (*store_progress_fn)(const char *mailbox, guint64 done, guint64 total, void *data);
/*
 * Bring every mailbox of the cache that is behind state.db up to it, reading
 * files where rows are missing; in slices, so that other threads get the lock.
 * A file that is not there is left out: the next scan will tell what became of it.
 */
gboolean store_catch_up(struct store *store, store_progress_fn progress, void *data,
			GError **error);

/*
 * A mailbox and lid for the path of a message file (a hit of the full-text index,
 * an event of inotify). FALSE when it is not known.
 */
gboolean store_find_path(struct store *store, const char *path, guint32 *mailbox, guint32 *lid);

#endif
