/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reader and writer of the header cache have in common: keys, environment, format. */
#include "hcache-core.h"

#include <errno.h>
#include <string.h>

#include "cur/base/error.h"

static const struct {
	const char *name;
	unsigned flags;
} dbs[HCACHE_N_DBS] = {
    [DB_META] = {"meta", 0},
    [DB_MAILBOXES] = {"mailboxes", 0},
    [DB_NAMES] = {"names", MDB_DUPSORT | MDB_DUPFIXED},
    [DB_HEADS] = {"heads", 0},
    [DB_ROWS] = {"rows", 0},
    [DB_MARKS] = {"marks", 0},
    [DB_LIDS] = {"lids", 0},
    [DB_TEXTS] = {"texts", 0},
};

MDB_val hcache_key1(struct hcache_key *key, guint32 mailbox)
{
	guint32 be = GUINT32_TO_BE(mailbox);

	memcpy(key->bytes, &be, 4);
	return (MDB_val){4, key->bytes};
}

MDB_val hcache_key2(struct hcache_key *key, guint32 mailbox, guint32 second)
{
	guint32 be = GUINT32_TO_BE(second);

	hcache_key1(key, mailbox);
	memcpy(key->bytes + 4, &be, 4);
	return (MDB_val){8, key->bytes};
}

guint32 hcache_key_second(const MDB_val *key)
{
	guint32 be = 0;

	if (key->mv_size == 8)
		memcpy(&be, (const guint8 *)key->mv_data + 4, 4);
	return GUINT32_FROM_BE(be);
}

gboolean hcache_key_is_of(const MDB_val *key, guint32 mailbox)
{
	guint32 be = GUINT32_TO_BE(mailbox);

	return key->mv_size >= 4 && memcmp(key->mv_data, &be, 4) == 0;
}

gboolean hcache_get_row_id(MDB_txn *txn, MDB_dbi lids, guint32 mailbox, guint32 lid,
			   guint32 *row_id)
{
	struct hcache_key bytes;
	MDB_val key = hcache_key2(&bytes, mailbox, lid), value;

	if (mdb_get(txn, lids, &key, &value) != 0 || value.mv_size != sizeof *row_id)
		return FALSE;
	memcpy(row_id, value.mv_data, sizeof *row_id);
	return TRUE;
}

/* FNV-1a: names are compared after, so that a collision costs a look, no more. */
guint64 hcache_name_hash(const char *name)
{
	guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (guint8)*name) * G_GUINT64_CONSTANT(0x100000001b3);
	return hash;
}

gboolean hcache_lmdb_error(GError **error, int rc, const char *what)
{
	enum cur_error code = CUR_ERROR_IO;

	switch (rc) {
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
		code = CUR_ERROR_FULL;
		break;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_INCOMPATIBLE:
	case MDB_PANIC:
	case MDB_BAD_TXN:
		code = CUR_ERROR_CORRUPT;
		break;
	case MDB_READERS_FULL:
		code = CUR_ERROR_RETRY;
		break;
	default:
		if (rc > 0)
			return error_from_errno(error, rc, "%s", what);
	}
	return error_set(error, code, "%s: %s", what, mdb_strerror(rc));
}

MDB_env *hcache_env_new(GError **error)
{
	MDB_env *env = NULL;
	int rc = mdb_env_create(&env);

	if (rc) {
		hcache_lmdb_error(error, rc, "cannot open the header cache");
		return NULL;
	}
	mdb_env_set_maxdbs(env, HCACHE_N_DBS);
	mdb_env_set_maxreaders(env, 64);
	return env;
}

gboolean hcache_env_open(MDB_env *env, const char *path, unsigned flags, GError **error)
{
	/* Address space, not memory; less where ulimit -v or the machine forbids it. */
	static const guint64 sizes[] = {G_GUINT64_CONSTANT(64) << 30, G_GUINT64_CONSTANT(8) << 30,
					G_GUINT64_CONSTANT(1) << 30};
	int rc = ENOMEM;

	for (guint i = 0; i < G_N_ELEMENTS(sizes) && rc == ENOMEM; i++) {
		if (sizes[i] > G_MAXSIZE / 2)
			continue;
		mdb_env_set_mapsize(env, sizes[i]);
		rc = mdb_env_open(env, path, flags | MDB_NOSUBDIR | MDB_NOTLS, 0600);
	}
	return rc == 0 || hcache_lmdb_error(error, rc, path);
}

int hcache_open_dbs(MDB_txn *txn, unsigned flags, MDB_dbi db[HCACHE_N_DBS])
{
	for (int i = 0; i < HCACHE_N_DBS; i++) {
		int rc = mdb_dbi_open(txn, dbs[i].name, dbs[i].flags | flags, &db[i]);

		if (rc)
			return rc;
	}
	return 0;
}

void hcache_format_init(struct hcache_format *format)
{
	*format = (struct hcache_format){
	    .magic = {'c', 'u', 'r', 'h', 'd', 'r', 's', 0},
	    .version = HCACHE_VERSION,
	    .row_size = sizeof(struct row),
	    .byte_order = 0x01020304,
	    .page_rows = HCACHE_PAGE_ROWS,
	};
}

gboolean hcache_format_check(MDB_txn *txn, MDB_dbi meta, const char *path, GError **error)
{
	struct hcache_format ours;
	MDB_val key = {strlen("format"), (void *)"format"}, value;

	hcache_format_init(&ours);
	if (mdb_get(txn, meta, &key, &value) == 0 && value.mv_size == sizeof ours &&
	    memcmp(value.mv_data, &ours, sizeof ours) == 0)
		return TRUE;
	return error_set(
	    error, CUR_ERROR_CORRUPT,
	    "the header cache '%s' is of another version; the engine will make it anew", path);
}

gboolean hcache_unpack_mailbox(const MDB_val *value, struct hcache_mailbox *out)
{
	const char **strings[] = {&out->name, &out->account, &out->folder, &out->path, &out->role};
	const char *at = value->mv_data;
	const char *end = at + value->mv_size;

	if (value->mv_size < 1)
		return FALSE;
	out->subscribed = *at++ == 1;
	for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
		const char *nul = memchr(at, 0, end - at);

		if (!nul)
			return FALSE;
		*strings[i] = at;
		at = nul + 1;
	}
	/* Written since there are keywords. */
	out->keywords = at < end && memchr(at, 0, end - at) ? at : "";
	return TRUE;
}
