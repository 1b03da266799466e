/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache for writing. A batch is one LMDB transaction; heads and pages
 * that it changes are kept in memory until commit, so that a page is written
 * once however many of its rows change.
 */
#include "cur/store/hcache-write.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "hcache-core.h"

enum {
	PAGES_MAX = 512,	/* kept in memory before they go to the map */
	REWRITE_MIN_DEAD = 256, /* fewer holes are not worth a rewrite */
};

struct hcache_writer {
	MDB_env *env;
	MDB_dbi db[HCACHE_N_DBS];
	struct hcache *reader;
	/* of the batch */
	MDB_txn *txn;
	GHashTable *heads; /* mailbox -> struct batch_head */
	GHashTable *pages; /* guint64 page_id -> GByteArray */
	int rc;		   /* first failure */
};

struct batch_head {
	struct hcache_head head;
	gboolean dirty;
};

/* ---- open ---- */

/* Write a value of DB_META unless there is one. */
static int put_meta(struct hcache_writer *w, MDB_txn *txn, const char *name, const void *bytes,
		    gsize n)
{
	MDB_val key = {strlen(name), (void *)name}, value = {n, (void *)bytes};
	int rc = mdb_put(txn, w->db[DB_META], &key, &value, MDB_NOOVERWRITE);

	return rc == MDB_KEYEXIST ? 0 : rc;
}

static gboolean is_owned_by(struct hcache_writer *w, MDB_txn *txn, guint64 owner)
{
	MDB_val key = {strlen("owner"), (void *)"owner"}, value;

	return mdb_get(txn, w->db[DB_META], &key, &value) == 0 && value.mv_size == sizeof owner &&
	       memcmp(value.mv_data, &owner, sizeof owner) == 0;
}

static gboolean make_databases(struct hcache_writer *w, const char *path, guint64 owner,
			       GError **error)
{
	struct hcache_format format;
	gboolean fits = FALSE;
	MDB_txn *txn = NULL;
	int rc = mdb_txn_begin(w->env, NULL, 0, &txn);

	if (rc)
		return hcache_lmdb_error(error, rc, path);
	hcache_format_init(&format);
	rc = hcache_open_dbs(txn, MDB_CREATE, w->db);
	if (rc == 0)
		rc = put_meta(w, txn, "format", &format, sizeof format);
	if (rc == 0)
		rc = put_meta(w, txn, "owner", &owner, sizeof owner);
	if (rc)
		hcache_lmdb_error(error, rc, path);
	else if (!is_owned_by(w, txn, owner))
		error_set(error, CUR_ERROR_CORRUPT, "'%s' belongs to another state.db", path);
	else
		fits = hcache_format_check(txn, w->db[DB_META], path, error);
	if (!fits) {
		mdb_txn_abort(txn);
		return FALSE;
	}
	rc = mdb_txn_commit(txn);
	return rc == 0 || hcache_lmdb_error(error, rc, path);
}

struct hcache_writer *hcache_writer_open(const char *path, guint64 owner, GError **error)
{
	auto_ptr(hcache_writer) w = g_new0(struct hcache_writer, 1);

	w->env = hcache_env_new(error);
	/* A power cut may undo the last commit: head.applied then says so. */
	if (!w->env || !hcache_env_open(w->env, path, MDB_NOMETASYNC, error) ||
	    !make_databases(w, path, owner, error))
		return NULL;
	w->reader = hcache_new_borrowed(w->env, w->db);
	hcache_reader_check(w);
	return g_steal_pointer(&w);
}

void hcache_writer_close(struct hcache_writer *w)
{
	if (w->txn)
		hcache_abort(w);
	if (w->reader)
		hcache_close(w->reader);
	if (w->env)
		mdb_env_close(w->env);
	g_free(w);
}

gboolean hcache_destroy(const char *path, GError **error)
{
	g_autofree char *lock = g_strconcat(path, "-lock", NULL);

	if ((unlink(path) < 0 && errno != ENOENT) || (unlink(lock) < 0 && errno != ENOENT))
		return error_from_errno(error, errno, "cannot remove the header cache '%s'", path);
	return TRUE;
}

struct hcache *hcache_writer_reader(struct hcache_writer *w)
{
	return w->reader;
}

int hcache_reader_check(struct hcache_writer *w)
{
	int n = 0;

	mdb_reader_check(w->env, &n);
	return n;
}

/* ---- a batch ---- */

gboolean hcache_begin(struct hcache_writer *w, GError **error)
{
	int rc = mdb_txn_begin(w->env, NULL, 0, &w->txn);

	if (rc)
		return hcache_lmdb_error(error, rc, "cannot write the header cache");
	w->rc = 0;
	w->heads = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	w->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					 (GDestroyNotify)g_byte_array_unref);
	return TRUE;
}

static void forget_batch(struct hcache_writer *w)
{
	g_clear_pointer(&w->heads, g_hash_table_unref);
	g_clear_pointer(&w->pages, g_hash_table_unref);
	w->txn = NULL;
}

void hcache_abort(struct hcache_writer *w)
{
	mdb_txn_abort(w->txn);
	forget_batch(w);
}

static void put(struct hcache_writer *w, enum hcache_db db, MDB_val key, const void *bytes, gsize n)
{
	MDB_val value = {n, (void *)bytes};

	if (!w->rc)
		w->rc = mdb_put(w->txn, w->db[db], &key, &value, 0);
}

static gboolean get(struct hcache_writer *w, enum hcache_db db, MDB_val key, MDB_val *value)
{
	return !w->rc && mdb_get(w->txn, w->db[db], &key, value) == 0;
}

static void del(struct hcache_writer *w, enum hcache_db db, MDB_val key)
{
	int rc = w->rc ? 0 : mdb_del(w->txn, w->db[db], &key, NULL);

	if (rc && rc != MDB_NOTFOUND)
		w->rc = rc;
}

/* ---- pages in memory ---- */

static guint64 page_id(enum hcache_db db, guint32 mailbox, guint32 page)
{
	/* Pages of a mailbox are at most 2^32 / 1000: 23 bits. */
	return (guint64)(db == DB_MARKS) << 63 | (guint64)mailbox << 31 | page;
}

static void flush_pages(struct hcache_writer *w)
{
	static const guint8 padding[8];
	GHashTableIter it;
	gpointer id, bytes;

	g_hash_table_iter_init(&it, w->pages);
	while (g_hash_table_iter_next(&it, &id, &bytes)) {
		guint64 n = *(guint64 *)id;
		GByteArray *page = bytes;
		struct hcache_key key;

		/* Values of multiples of 8 bytes lie aligned in the map. */
		g_byte_array_append(page, padding, -page->len & 7);
		put(w, n >> 63 ? DB_MARKS : DB_ROWS,
		    hcache_key2(&key, n >> 31 & G_MAXUINT32, n & 0x7fffffff), page->data,
		    page->len);
	}
	g_hash_table_remove_all(w->pages);
}

/*
 * The page as this batch leaves it, with room for element `index` of it. Good
 * until the next call.
 */
static guint8 *edit_page(struct hcache_writer *w, enum hcache_db db, guint32 mailbox, guint32 page,
			 guint32 index, gsize size)
{
	guint64 id = page_id(db, mailbox, page);
	GByteArray *bytes = g_hash_table_lookup(w->pages, &id);
	gsize old;

	if (!bytes) {
		struct hcache_key key;
		MDB_val value;

		if (g_hash_table_size(w->pages) >= PAGES_MAX)
			flush_pages(w);
		bytes = g_byte_array_new();
		if (get(w, db, hcache_key2(&key, mailbox, page), &value))
			g_byte_array_append(bytes, value.mv_data, value.mv_size);
		g_hash_table_insert(w->pages, g_memdup2(&id, sizeof id), bytes);
	}
	old = bytes->len;
	if (old < (index + 1) * size) {
		g_byte_array_set_size(bytes, (index + 1) * size);
		memset(bytes->data + old, 0, bytes->len - old);
	}
	return bytes->data + index * size;
}

static struct row *edit_row(struct hcache_writer *w, guint32 mailbox, guint32 row_id)
{
	return (struct row *)edit_page(w, DB_ROWS, mailbox, row_id / HCACHE_PAGE_ROWS,
				       row_id % HCACHE_PAGE_ROWS, sizeof(struct row));
}

static mark_t *edit_mark(struct hcache_writer *w, guint32 mailbox, guint32 row_id)
{
	return (mark_t *)edit_page(w, DB_MARKS, mailbox, row_id / HCACHE_PAGE_ROWS,
				   row_id % HCACHE_PAGE_ROWS, sizeof(mark_t));
}

/* ---- heads ---- */

/* NULL when the cache does not know the mailbox. */
static struct batch_head *find_head(struct hcache_writer *w, guint32 mailbox)
{
	struct batch_head *bh = g_hash_table_lookup(w->heads, GUINT_TO_POINTER(mailbox));
	struct hcache_key key;
	MDB_val value;

	if (bh || !get(w, DB_HEADS, hcache_key1(&key, mailbox), &value) ||
	    value.mv_size != sizeof bh->head)
		return bh;
	bh = g_new0(struct batch_head, 1);
	memcpy(&bh->head, value.mv_data, sizeof bh->head);
	g_hash_table_insert(w->heads, GUINT_TO_POINTER(mailbox), bh);
	return bh;
}

static struct hcache_head *edit_head(struct hcache_writer *w, guint32 mailbox)
{
	struct batch_head *bh = find_head(w, mailbox);

	if (!bh)
		return NULL;
	bh->dirty = TRUE;
	return &bh->head;
}

gboolean hcache_get_head(struct hcache_writer *w, guint32 mailbox, struct hcache_head *out)
{
	struct batch_head *bh = find_head(w, mailbox);

	if (bh)
		*out = bh->head;
	return bh != NULL;
}

void hcache_set_applied(struct hcache_writer *w, guint32 mailbox, guint64 change)
{
	struct hcache_head *head = edit_head(w, mailbox);

	if (head)
		head->applied = change;
}

void hcache_set_total(struct hcache_writer *w, guint32 mailbox, guint32 n_total)
{
	struct hcache_head *head = edit_head(w, mailbox);

	if (head)
		head->n_total = n_total;
}

void hcache_set_indexed(struct hcache_writer *w, guint32 mailbox, gboolean indexed)
{
	struct hcache_head *head = edit_head(w, mailbox);

	if (head)
		head->indexed = indexed != 0;
}

/* What a mark adds to the counters of the head, or takes away (sign -1). */
static void count_mark(struct hcache_head *head, mark_t mark, int sign)
{
	if (mark & MARK_DEAD)
		return;
	head->n_live += sign;
	if (!(mark & FLAG_SEEN)) {
		head->n_unread += sign;
		head->n_new += mark & MARK_NEW ? sign : 0;
	}
	head->n_flagged += mark & FLAG_FLAGGED ? sign : 0;
}

/* ---- mailboxes ---- */

static void put_name(struct hcache_writer *w, const char *name, guint32 number)
{
	guint64 hash = hcache_name_hash(name);

	put(w, DB_NAMES, (MDB_val){sizeof hash, &hash}, &number, sizeof number);
}

static void del_name(struct hcache_writer *w, guint32 number)
{
	struct hcache_key key;
	struct hcache_mailbox old;
	MDB_val value, number_value = {sizeof number, &number};

	if (!get(w, DB_MAILBOXES, hcache_key1(&key, number), &value) ||
	    !hcache_unpack_mailbox(&value, &old))
		return;
	guint64 hash = hcache_name_hash(old.name);
	MDB_val name_key = {sizeof hash, &hash};
	int rc = mdb_del(w->txn, w->db[DB_NAMES], &name_key, &number_value);

	if (rc && rc != MDB_NOTFOUND)
		w->rc = rc;
}

static void new_head(struct hcache_writer *w, guint32 mailbox)
{
	struct batch_head *bh = g_new0(struct batch_head, 1);

	bh->head.version = HCACHE_VERSION;
	bh->head.row_size = sizeof(struct row);
	/* Not one that an earlier cache had: readers drop their row_ids when it differs. */
	bh->head.epoch = (guint32)(g_get_real_time() / 1000);
	bh->dirty = TRUE;
	g_hash_table_insert(w->heads, GUINT_TO_POINTER(mailbox), bh);
}

void hcache_put_mailbox(struct hcache_writer *w, const struct hcache_mailbox *info)
{
	const char *strings[] = {info->name, info->account, info->folder,
				 info->path, info->role,    info->keywords ? info->keywords : ""};
	g_autoptr(GString) value = g_string_new(NULL);
	struct hcache_key key;

	g_string_append_c(value, info->subscribed ? 1 : 0);
	for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
		g_string_append_len(value, strings[i], strlen(strings[i]) + 1);
	del_name(w, info->number);
	put_name(w, info->name, info->number);
	put(w, DB_MAILBOXES, hcache_key1(&key, info->number), value->str, value->len);
	if (!find_head(w, info->number))
		new_head(w, info->number);
}

/* Delete all keys of a mailbox. */
static void del_range(struct hcache_writer *w, enum hcache_db db, guint32 mailbox)
{
	struct hcache_key start;
	MDB_val key = hcache_key2(&start, mailbox, 0), value;
	MDB_cursor *cursor;

	if (!w->rc)
		w->rc = mdb_cursor_open(w->txn, w->db[db], &cursor);
	if (w->rc)
		return;
	int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
	while (rc == 0 && hcache_key_is_of(&key, mailbox)) {
		rc = mdb_cursor_del(cursor, 0);
		if (rc == 0)
			rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
	}
	if (rc && rc != MDB_NOTFOUND)
		w->rc = rc;
	mdb_cursor_close(cursor);
}

static gboolean is_page_of(gpointer id, gpointer page, gpointer mailbox)
{
	return (*(guint64 *)id >> 31 & G_MAXUINT32) == GPOINTER_TO_UINT(mailbox);
}

static void del_pages(struct hcache_writer *w, guint32 mailbox)
{
	g_hash_table_foreach_remove(w->pages, is_page_of, GUINT_TO_POINTER(mailbox));
	del_range(w, DB_ROWS, mailbox);
	del_range(w, DB_MARKS, mailbox);
}

void hcache_drop_mailbox(struct hcache_writer *w, guint32 mailbox)
{
	struct hcache_key key;

	del_pages(w, mailbox);
	del_range(w, DB_LIDS, mailbox);
	del_range(w, DB_TEXTS, mailbox);
	del_name(w, mailbox);
	del(w, DB_MAILBOXES, hcache_key1(&key, mailbox));
	del(w, DB_HEADS, hcache_key1(&key, mailbox));
	g_hash_table_remove(w->heads, GUINT_TO_POINTER(mailbox));
}

/* ---- messages ---- */

static gboolean find_lid(struct hcache_writer *w, guint32 mailbox, guint32 lid, guint32 *row_id)
{
	return !w->rc && hcache_get_row_id(w->txn, w->db[DB_LIDS], mailbox, lid, row_id);
}

void hcache_append(struct hcache_writer *w, guint32 mailbox, const struct row *row, mark_t mark,
		   const char *text, gsize text_n)
{
	struct hcache_head *head;
	struct hcache_key key;
	guint32 row_id;

	hcache_kill(w, mailbox, row->lid);
	head = edit_head(w, mailbox);
	if (!head)
		return;
	row_id = head->n_rows++;
	*edit_row(w, mailbox, row_id) = *row;
	*edit_mark(w, mailbox, row_id) = mark & ~(mark_t)MARK_DEAD;
	count_mark(head, mark & ~(mark_t)MARK_DEAD, 1);
	put(w, DB_LIDS, hcache_key2(&key, mailbox, row->lid), &row_id, sizeof row_id);
	put(w, DB_TEXTS, hcache_key2(&key, mailbox, row->lid), text, text_n);
}

gboolean hcache_replace(struct hcache_writer *w, guint32 mailbox, const struct row *row,
			const char *text, gsize text_n)
{
	struct hcache_key key;
	guint32 row_id;

	if (!find_lid(w, mailbox, row->lid, &row_id) || !edit_head(w, mailbox))
		return FALSE;
	*edit_row(w, mailbox, row_id) = *row;
	put(w, DB_TEXTS, hcache_key2(&key, mailbox, row->lid), text, text_n);
	return TRUE;
}

gboolean hcache_set_mark(struct hcache_writer *w, guint32 mailbox, guint32 lid, mark_t mark)
{
	struct hcache_head *head = edit_head(w, mailbox);
	guint32 row_id;
	mark_t *place;

	if (!head || !find_lid(w, mailbox, lid, &row_id))
		return FALSE;
	mark &= ~(mark_t)MARK_DEAD;
	place = edit_mark(w, mailbox, row_id);
	count_mark(head, *place, -1);
	count_mark(head, mark, 1);
	*place = mark;
	return TRUE;
}

gboolean hcache_get_mark(struct hcache_writer *w, guint32 mailbox, guint32 lid, mark_t *mark)
{
	guint32 row_id;

	if (!find_lid(w, mailbox, lid, &row_id))
		return FALSE;
	*mark = *edit_mark(w, mailbox, row_id);
	return TRUE;
}

gboolean hcache_kill(struct hcache_writer *w, guint32 mailbox, guint32 lid)
{
	struct hcache_head *head;
	struct hcache_key key;
	guint32 row_id;
	mark_t *place;

	if (!find_lid(w, mailbox, lid, &row_id))
		return FALSE;
	head = edit_head(w, mailbox);
	if (!head)
		return FALSE;
	place = edit_mark(w, mailbox, row_id);
	count_mark(head, *place, -1);
	*place = MARK_DEAD;
	del(w, DB_LIDS, hcache_key2(&key, mailbox, lid));
	del(w, DB_TEXTS, hcache_key2(&key, mailbox, lid));
	return TRUE;
}

GArray *hcache_lids(struct hcache_writer *w, guint32 mailbox)
{
	GArray *lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct hcache_key start;
	MDB_val key = hcache_key2(&start, mailbox, 0), value;
	MDB_cursor *cursor;

	if (w->rc || mdb_cursor_open(w->txn, w->db[DB_LIDS], &cursor) != 0)
		return lids;
	for (int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
	     rc == 0 && hcache_key_is_of(&key, mailbox);
	     rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
		guint32 lid = hcache_key_second(&key);

		g_array_append_val(lids, lid);
	}
	mdb_cursor_close(cursor);
	return lids;
}

/* ---- commit ---- */

/* Give the rows of a mailbox new row_ids, without holes. Texts and marks stay what they are. */
static void rewrite(struct hcache_writer *w, guint32 mailbox, struct hcache_head *head)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(mark_t));

	for (guint32 id = 0; id < head->n_rows; id++) {
		mark_t mark = *edit_mark(w, mailbox, id);

		if (mark & MARK_DEAD)
			continue;
		g_array_append_vals(rows, edit_row(w, mailbox, id), 1);
		g_array_append_val(marks, mark);
	}
	del_pages(w, mailbox);
	head->n_rows = rows->len;
	head->epoch++;
	for (guint32 id = 0; id < rows->len; id++) {
		const struct row *row = &g_array_index(rows, struct row, id);
		struct hcache_key key;

		*edit_row(w, mailbox, id) = *row;
		*edit_mark(w, mailbox, id) = g_array_index(marks, mark_t, id);
		put(w, DB_LIDS, hcache_key2(&key, mailbox, row->lid), &id, sizeof id);
	}
}

static gboolean is_full_of_holes(const struct hcache_head *head)
{
	guint32 dead = head->n_rows - head->n_live;

	return dead >= REWRITE_MIN_DEAD && dead > head->n_rows / 4;
}

static void flush_heads(struct hcache_writer *w)
{
	GHashTableIter it;
	gpointer number, value;

	g_hash_table_iter_init(&it, w->heads);
	while (g_hash_table_iter_next(&it, &number, &value)) {
		struct batch_head *bh = value;
		guint32 mailbox = GPOINTER_TO_UINT(number);
		struct hcache_key key;

		if (!bh->dirty)
			continue;
		if (is_full_of_holes(&bh->head))
			rewrite(w, mailbox, &bh->head);
		bh->head.generation++;
		put(w, DB_HEADS, hcache_key1(&key, mailbox), &bh->head, sizeof bh->head);
	}
}

gboolean hcache_commit(struct hcache_writer *w, GError **error)
{
	int rc;

	flush_heads(w);
	flush_pages(w);
	rc = w->rc;
	if (rc)
		mdb_txn_abort(w->txn);
	else
		rc = mdb_txn_commit(w->txn);
	forget_batch(w);
	return rc == 0 || hcache_lmdb_error(error, rc, "cannot write the header cache");
}
