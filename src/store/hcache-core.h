/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of the header cache, for its reader and its writer. doc/formats.md says it in words.
 */
#ifndef STORE_HCACHE_CORE_H
#define STORE_HCACHE_CORE_H

#include <lmdb.h>
#include <sys/types.h>

#include "cur/mail/keywords.h"
#include "cur/store/hcache.h"

/* The named databases of the map. */
enum hcache_db {
	DB_META,      /* "format": struct hcache_format */
	DB_MAILBOXES, /* mailbox: subscribed, strings */
	DB_NAMES,     /* hash of a name: numbers of mailboxes (duplicates allowed) */
	DB_HEADS,     /* mailbox: struct hcache_head */
	DB_ROWS,      /* mailbox, page: struct row, 1000 */
	DB_MARKS,     /* mailbox, page: mark_t, 1000; padded to a multiple of 8 bytes */
	DB_LIDS,      /* mailbox, lid: row_id */
	DB_TEXTS,     /* mailbox, lid: text */
	HCACHE_N_DBS
};

struct hcache_format {
	char magic[8];
	guint32 version, row_size, byte_order, page_rows;
};

struct hcache {
	MDB_env *env;
	MDB_dbi db[HCACHE_N_DBS];
	MDB_txn *txn;	   /* NULL before the first hcache_renew */
	gboolean active;   /* the snapshot is held */
	gboolean borrowed; /* env belongs to a writer */
	char *path;
	dev_t device; /* of the file that is mapped */
	ino_t inode;
	/* What was looked up last in this snapshot. */
	gboolean head_known;
	guint32 head_mailbox;
	struct hcache_head head;
	gboolean keywords_known;
	guint32 keywords_mailbox;
	struct keywords *keywords; /* NULL: the mailbox has none */
	GHashTable *tags;	   /* names of one message's keywords, each once; or NULL */
};

/* Keys sort as numbers: big-endian. */
struct hcache_key {
	guint8 bytes[8];
};
MDB_val hcache_key1(struct hcache_key *key, guint32 mailbox);
MDB_val hcache_key2(struct hcache_key *key, guint32 mailbox, guint32 second);
guint32 hcache_key_second(const MDB_val *key);
/* Where a message is in DB_LIDS. */
gboolean hcache_get_row_id(MDB_txn *txn, MDB_dbi lids, guint32 mailbox, guint32 lid,
			   guint32 *row_id);
gboolean hcache_key_is_of(const MDB_val *key, guint32 mailbox);
guint64 hcache_name_hash(const char *name);

/* An environment with our settings, not yet opened. */
MDB_env *hcache_env_new(GError **error);
/* Open the file; `flags` of mdb_env_open. A smaller map is tried where 64 GiB cannot be had. */
gboolean hcache_env_open(MDB_env *env, const char *path, unsigned flags, GError **error);
/* Open the databases in a transaction; `flags` of mdb_dbi_open (MDB_CREATE or 0). */
int hcache_open_dbs(MDB_txn *txn, unsigned flags, MDB_dbi db[HCACHE_N_DBS]);
void hcache_format_init(struct hcache_format *format);
gboolean hcache_format_check(MDB_txn *txn, MDB_dbi meta, const char *path, GError **error);

gboolean hcache_lmdb_error(GError **error, int rc, const char *what);

/* Strings out of a value of DB_MAILBOXES; FALSE when it is broken. */
gboolean hcache_unpack_mailbox(const MDB_val *value, struct hcache_mailbox *out);

/* A reader that shares the env and databases of a writer. */
struct hcache *hcache_new_borrowed(MDB_env *env, const MDB_dbi db[HCACHE_N_DBS]);

#endif
