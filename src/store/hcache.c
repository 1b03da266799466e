/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache for reading: pointers into the map, checked against the
 * size of what they point into, never copied.
 */
#include "hcache-core.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cur/base/error.h"

/* ---- open ---- */

/* Opening a database needs a transaction that is then committed. */
static gboolean open_databases(struct hcache *hc, GError **error)
{
	MDB_txn *txn = NULL;
	gboolean fits;
	int rc = mdb_txn_begin(hc->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return hcache_lmdb_error(error, rc, hc->path);
	rc = hcache_open_dbs(txn, 0, hc->db);
	if (rc) {
		mdb_txn_abort(txn);
		/* Of its first moment: the writer has not committed yet. */
		if (rc == MDB_NOTFOUND)
			return error_set(error, CUR_ERROR_GONE,
					 "the header cache '%s' is empty yet", hc->path);
		return hcache_lmdb_error(error, rc, hc->path);
	}
	fits = hcache_format_check(txn, hc->db[DB_META], hc->path, error);
	mdb_txn_commit(txn);
	return fits;
}

static gboolean map_file(struct hcache *hc, GError **error)
{
	struct stat st;

	if (stat(hc->path, &st) < 0)
		return error_from_errno(error, errno, "no header cache '%s'", hc->path);
	hc->device = st.st_dev;
	hc->inode = st.st_ino;
	hc->env = hcache_env_new(error);
	return hc->env && hcache_env_open(hc->env, hc->path, MDB_RDONLY, error) &&
	       open_databases(hc, error);
}

static void forget_keywords(struct hcache *hc)
{
	hc->keywords_known = FALSE;
	g_clear_pointer(&hc->keywords, keywords_free);
	g_clear_pointer(&hc->tags, g_hash_table_unref);
}

static void unmap(struct hcache *hc)
{
	forget_keywords(hc);
	if (hc->txn)
		mdb_txn_abort(hc->txn);
	if (hc->env && !hc->borrowed)
		mdb_env_close(hc->env);
	hc->txn = NULL;
	hc->env = NULL;
	hc->active = hc->head_known = FALSE;
}

struct hcache *hcache_open(const char *path, GError **error)
{
	auto_ptr(hcache) hc = g_new0(struct hcache, 1);

	hc->path = g_strdup(path);
	return map_file(hc, error) ? g_steal_pointer(&hc) : NULL;
}

struct hcache *hcache_new_borrowed(MDB_env *env, const MDB_dbi db[HCACHE_N_DBS])
{
	struct hcache *hc = g_new0(struct hcache, 1);

	hc->env = env;
	hc->borrowed = TRUE;
	memcpy(hc->db, db, sizeof hc->db);
	return hc;
}

void hcache_close(struct hcache *hc)
{
	unmap(hc);
	g_free(hc->path);
	g_free(hc);
}

/* ---- snapshot ---- */

/* The engine may have made the file anew: the old map would never change again. */
static gboolean follow_file(struct hcache *hc, GError **error)
{
	struct stat st;

	if (hc->borrowed)
		return TRUE;
	if (hc->env &&
	    (stat(hc->path, &st) < 0 || (st.st_dev == hc->device && st.st_ino == hc->inode)))
		return TRUE;
	unmap(hc);
	if (map_file(hc, error))
		return TRUE;
	unmap(hc);
	return FALSE;
}

static int begin(struct hcache *hc)
{
	if (hc->txn)
		return mdb_txn_renew(hc->txn);
	return mdb_txn_begin(hc->env, NULL, MDB_RDONLY, &hc->txn);
}

gboolean hcache_renew(struct hcache *hc, GError **error)
{
	int rc;

	hcache_release(hc);
	if (!follow_file(hc, error))
		return FALSE;
	rc = begin(hc);
	/* Another process made the map larger than ours. */
	if (rc == MDB_MAP_RESIZED && mdb_env_set_mapsize(hc->env, 0) == 0)
		rc = begin(hc);
	if (rc)
		return hcache_lmdb_error(error, rc, "cannot read the header cache");
	hc->active = TRUE;
	return TRUE;
}

void hcache_release(struct hcache *hc)
{
	if (hc->active)
		mdb_txn_reset(hc->txn);
	hc->active = hc->head_known = FALSE;
	forget_keywords(hc);
}

/* ---- heads and mailboxes ---- */

static gboolean get(struct hcache *hc, enum hcache_db db, MDB_val key, MDB_val *value)
{
	return hc->active && mdb_get(hc->txn, hc->db[db], &key, value) == 0;
}

static gboolean load_head(struct hcache *hc, guint32 mailbox)
{
	struct hcache_key key;
	MDB_val value;

	if (hc->head_known && hc->head_mailbox == mailbox)
		return TRUE;
	hc->head_known = get(hc, DB_HEADS, hcache_key1(&key, mailbox), &value) &&
			 value.mv_size == sizeof hc->head;
	if (!hc->head_known)
		return FALSE;
	memcpy(&hc->head, value.mv_data, sizeof hc->head);
	hc->head_mailbox = mailbox;
	return TRUE;
}

gboolean hcache_head(struct hcache *hc, guint32 mailbox, struct hcache_head *out)
{
	if (!load_head(hc, mailbox))
		return FALSE;
	*out = hc->head;
	return TRUE;
}

static gboolean fill_mailbox(struct hcache *hc, guint32 number, const MDB_val *value,
			     struct hcache_mailbox *out)
{
	memset(out, 0, sizeof *out);
	out->number = number;
	return hcache_unpack_mailbox(value, out) && hcache_head(hc, number, &out->head);
}

gboolean hcache_mailbox(struct hcache *hc, guint32 number, struct hcache_mailbox *out)
{
	struct hcache_key key;
	MDB_val value;

	return get(hc, DB_MAILBOXES, hcache_key1(&key, number), &value) &&
	       fill_mailbox(hc, number, &value, out);
}

gboolean hcache_mailbox_by_name(struct hcache *hc, const char *name, struct hcache_mailbox *out)
{
	guint64 hash = hcache_name_hash(name);
	MDB_val key = {sizeof hash, &hash}, value;
	MDB_cursor *cursor;
	gboolean found = FALSE;

	if (!hc->active || mdb_cursor_open(hc->txn, hc->db[DB_NAMES], &cursor) != 0)
		return FALSE;
	for (int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET); rc == 0 && !found;
	     rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT_DUP)) {
		guint32 number = 0;

		if (value.mv_size == sizeof number)
			memcpy(&number, value.mv_data, sizeof number);
		found = hcache_mailbox(hc, number, out) && strcmp(out->name, name) == 0;
	}
	mdb_cursor_close(cursor);
	return found;
}

static gint by_account_and_folder(gconstpointer a, gconstpointer b)
{
	const struct hcache_mailbox *x = a, *y = b;
	int order = strcmp(x->account, y->account);

	order = order ? order : strcmp(x->folder, y->folder);
	return order ? order : strcmp(x->name, y->name);
}

void hcache_mailboxes(struct hcache *hc, hcache_mailbox_fn each, void *data)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct hcache_mailbox));
	MDB_cursor *cursor;
	MDB_val key, value;

	if (!hc->active || mdb_cursor_open(hc->txn, hc->db[DB_MAILBOXES], &cursor) != 0)
		return;
	while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
		struct hcache_mailbox mb;
		guint32 be = 0;

		if (key.mv_size == sizeof be)
			memcpy(&be, key.mv_data, sizeof be);
		if (fill_mailbox(hc, GUINT32_FROM_BE(be), &value, &mb))
			g_array_append_val(all, mb);
	}
	mdb_cursor_close(cursor);
	g_array_sort(all, by_account_and_folder);
	for (guint i = 0; i < all->len; i++)
		if (!each(&g_array_index(all, struct hcache_mailbox, i), data))
			break;
}

/* ---- rows, marks, texts ---- */

/* A page of elements of `size` bytes; *n is how many of them the head knows and the value holds. */
static const void *load_page(struct hcache *hc, enum hcache_db db, gsize size, guint32 mailbox,
			     guint32 page, guint32 *n)
{
	struct hcache_key key;
	MDB_val value;
	guint32 rest;

	*n = 0;
	if (!load_head(hc, mailbox) || page > hc->head.n_rows / HCACHE_PAGE_ROWS)
		return NULL;
	rest = MIN(hc->head.n_rows - page * HCACHE_PAGE_ROWS, HCACHE_PAGE_ROWS);
	if (!rest || !get(hc, db, hcache_key2(&key, mailbox, page), &value))
		return NULL;
	*n = MIN(rest, value.mv_size / size);
	return value.mv_data;
}

const struct row *hcache_rows(struct hcache *hc, guint32 mailbox, guint32 page, guint32 *n)
{
	return load_page(hc, DB_ROWS, sizeof(struct row), mailbox, page, n);
}

const mark_t *hcache_marks(struct hcache *hc, guint32 mailbox, guint32 page, guint32 *n)
{
	return load_page(hc, DB_MARKS, sizeof(mark_t), mailbox, page, n);
}

const struct row *hcache_row(struct hcache *hc, guint32 mailbox, guint32 row_id)
{
	guint32 n;
	const struct row *rows = hcache_rows(hc, mailbox, row_id / HCACHE_PAGE_ROWS, &n);

	return rows && row_id % HCACHE_PAGE_ROWS < n ? rows + row_id % HCACHE_PAGE_ROWS : NULL;
}

mark_t hcache_mark(struct hcache *hc, guint32 mailbox, guint32 row_id)
{
	guint32 n;
	const mark_t *marks = hcache_marks(hc, mailbox, row_id / HCACHE_PAGE_ROWS, &n);

	return marks && row_id % HCACHE_PAGE_ROWS < n ? marks[row_id % HCACHE_PAGE_ROWS]
						      : MARK_DEAD;
}

/* NULL when the mailbox has none, as most. */
static const struct keywords *load_keywords(struct hcache *hc, guint32 mailbox)
{
	struct hcache_mailbox mb;

	if (hc->keywords_known && hc->keywords_mailbox == mailbox)
		return hc->keywords;
	g_clear_pointer(&hc->keywords, keywords_free);
	hc->keywords_known = TRUE;
	hc->keywords_mailbox = mailbox;
	if (hcache_mailbox(hc, mailbox, &mb) && *mb.keywords)
		hc->keywords = keywords_parse(mb.keywords);
	return hc->keywords;
}

/* Lives as long as the snapshot. */
static const char *tags_of(struct hcache *hc, guint32 mailbox, guint32 row_id)
{
	const struct keywords *kw = load_keywords(hc, mailbox);
	mark_t bits = kw ? hcache_mark(hc, mailbox, row_id) & KEYWORD_BITS : 0;
	g_autofree char *names = NULL;
	char *kept;

	if (!bits)
		return "";
	if (!hc->tags)
		hc->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	names = keywords_names(kw, bits);
	kept = g_hash_table_lookup(hc->tags, names);
	if (!kept) {
		kept = g_steal_pointer(&names);
		g_hash_table_insert(hc->tags, kept, kept);
	}
	return kept;
}

void hcache_text(struct hcache *hc, guint32 mailbox, guint32 row_id, struct envelope *out)
{
	const struct row *row = hcache_row(hc, mailbox, row_id);
	struct hcache_key key;
	MDB_val value;

	if (row && get(hc, DB_TEXTS, hcache_key2(&key, mailbox, row->lid), &value))
		envelope_init(out, value.mv_data, value.mv_size);
	else
		envelope_init(out, "", 0);
	out->field[ENV_KEYWORDS] = tags_of(hc, mailbox, row_id);
}

gboolean hcache_find(struct hcache *hc, guint32 mailbox, guint32 lid, guint32 *row_id)
{
	return hc->active && hcache_get_row_id(hc->txn, hc->db[DB_LIDS], mailbox, lid, row_id);
}
