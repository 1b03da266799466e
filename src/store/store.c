/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state.db and the header cache as one. state.db is committed first and carries
 * a change number per mailbox; the cache notes the number it has applied, so that
 * one which missed a commit is known and can catch up (catch-up.c).
 */
#include "cur/store/store.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/path.h"
#include "cur/base/step.h"
#include "cur/store/hcache.h"
#include "cur/store/maildir.h"
#include "store-priv.h"

/* ---- open ---- */

static gboolean take_lock(struct store *store, GError **error)
{
	g_autofree char *path = g_build_filename(store->data_dir, "lock", NULL);
	g_autoptr(GError) why = NULL;
	int owner = 0;

	store->lock = file_lock_try(path, &owner, &why);
	if (store->lock)
		return TRUE;
	if (!error_is(why, CUR_ERROR_BUSY)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	return error_set(error, CUR_ERROR_BUSY, "another engine (process %d) works on '%s'", owner,
			 store->data_dir);
}

/* A random number that tells this state.db from every other. */
static gboolean state_identity(struct state *st, guint64 *id, GError **error)
{
	g_autofree char *text = state_get(st, "identity");

	if (!text) {
		text = g_strdup_printf("%08x%08x", g_random_int(), g_random_int());
		if (!state_set(st, "identity", text, error))
			return FALSE;
	}
	*id = g_ascii_strtoull(text, NULL, 16);
	return TRUE;
}

static gboolean open_cache(struct store *store, const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	g_autoptr(GError) why = NULL;
	guint64 id;

	if (!path_make_private(dir, error) || !state_identity(store->state, &id, error))
		return FALSE;
	store->cache = hcache_writer_open(path, id, &why);
	if (!store->cache && error_is(why, CUR_ERROR_CORRUPT)) {
		log_event(LOG_LEVEL_WARN, "header cache made anew: %s", why->message);
		if (!hcache_destroy(path, error))
			return FALSE;
		g_clear_error(&why);
		store->cache = hcache_writer_open(path, id, &why);
	}
	if (!store->cache)
		g_propagate_error(error, g_steal_pointer(&why));
	return store->cache != NULL;
}

struct store *store_open(const char *data_dir, const char *cache_path, GError **error)
{
	auto_ptr(store) store = g_new0(struct store, 1);
	g_autofree char *state_path = g_build_filename(data_dir, "state.db", NULL);

	g_mutex_init(&store->mutex);
	store->touched = g_hash_table_new(NULL, NULL);
	store->data_dir = g_strdup(data_dir);
	store->mail_dir = g_build_filename(data_dir, "mail", NULL);
	store->outbox_dir = g_build_filename(data_dir, "outbox", NULL);
	store->index_dir = g_build_filename(data_dir, "index", NULL);
	if (!path_make_private(data_dir, error) || !take_lock(store, error) ||
	    !path_make_private(store->mail_dir, error))
		return NULL;
	store->state = state_open(state_path, error);
	if (!store->state || !open_cache(store, cache_path, error))
		return NULL;
	return g_steal_pointer(&store);
}

void store_close(struct store *store)
{
	if (store->cache)
		hcache_writer_close(store->cache);
	if (store->state)
		state_close(store->state);
	if (store->lock)
		file_lock_release(store->lock);
	g_hash_table_unref(store->touched);
	g_mutex_clear(&store->mutex);
	g_free(store->data_dir);
	g_free(store->mail_dir);
	g_free(store->outbox_dir);
	g_free(store->index_dir);
	g_free(store);
}

gboolean store_is_there(struct store *store)
{
	return file_lock_is_there(store->lock);
}

const char *store_data_dir(const struct store *store)
{
	return store->data_dir;
}

const char *store_mail_dir(const struct store *store)
{
	return store->mail_dir;
}

const char *store_outbox_dir(const struct store *store)
{
	return store->outbox_dir;
}

const char *store_index_dir(const struct store *store)
{
	return store->index_dir;
}

char *store_maildir_path(const struct store *store, const char *account, const char *folder)
{
	g_autofree char *safe_account = path_safe_name(account, -1);
	g_auto(GStrv) levels = g_strsplit(folder, "/", -1);
	GString *path = g_string_new(store->mail_dir);

	g_string_append_printf(path, "/%s", safe_account);
	for (char **level = levels; *level; level++) {
		g_autofree char *safe = path_safe_name(*level, -1);

		g_string_append_printf(path, "/%s", safe);
	}
	return g_string_free(path, FALSE);
}

void store_lock(struct store *store)
{
	g_mutex_lock(&store->mutex);
}

void store_unlock(struct store *store)
{
	g_mutex_unlock(&store->mutex);
}

struct state *store_state(struct store *store)
{
	return store->state;
}

struct hcache *store_cache(struct store *store)
{
	return hcache_writer_reader(store->cache);
}

void store_on_changed(struct store *store, store_changed_fn changed, void *data)
{
	store->changed = changed;
	store->changed_data = data;
}

/* ---- a change ---- */

gboolean store_begin(struct store *store, GError **error)
{
	g_autoptr(GError) why = NULL;

	store_lock(store);
	if (!state_begin(store->state, error)) {
		store_unlock(store);
		return FALSE;
	}
	store->cache_begun = hcache_begin(store->cache, &why);
	if (!store->cache_begun)
		log_event(LOG_LEVEL_WARN, "%s", why->message);
	return TRUE;
}

static void end_change(struct store *store)
{
	g_hash_table_remove_all(store->touched);
	store->directory = store->cache_begun = FALSE;
	store_unlock(store);
}

void store_rollback(struct store *store)
{
	if (store->cache_begun)
		hcache_abort(store->cache);
	state_rollback(store->state);
	end_change(store);
}

/*
 * Raise the change number of each mailbox touched. The cache's follows only from
 * the number before: one that is behind stays so until it has caught up.
 */
static gboolean number_changes(struct store *store, GError **error)
{
	GHashTableIter it;
	gpointer key;

	g_hash_table_iter_init(&it, store->touched);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		guint32 mailbox = GPOINTER_TO_UINT(key);
		struct hcache_head head;
		guint64 change;

		if (!state_touch(store->state, mailbox, &change, error))
			return FALSE;
		if (store->cache_begun && hcache_get_head(store->cache, mailbox, &head) &&
		    head.applied == change - 1)
			hcache_set_applied(store->cache, mailbox, change);
	}
	return TRUE;
}

struct told {
	guint32 mailbox;
	guint64 generation;
};

/* What to tell once the lock is free. */
static GArray *collect_changes(struct store *store)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct told));
	struct hcache *hc = store_cache(store);
	GHashTableIter it;
	gpointer key;

	if (!store->changed || !hcache_renew(hc, NULL))
		return all;
	g_hash_table_iter_init(&it, store->touched);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		struct told told = {.mailbox = GPOINTER_TO_UINT(key)};
		struct hcache_head head;

		if (hcache_head(hc, told.mailbox, &head))
			told.generation = head.generation;
		g_array_append_val(all, told);
	}
	hcache_release(hc);
	return all;
}

gboolean store_commit(struct store *store, GError **error)
{
	g_autoptr(GArray) all = NULL;
	g_autoptr(GError) why = NULL;
	gboolean directory = store->directory;

	if (!number_changes(store, error)) {
		store_rollback(store);
		return FALSE;
	}
	if (!state_commit(store->state, error)) {
		store_rollback(store);
		return FALSE;
	}
	step_point("state-committed");
	if (store->cache_begun && !hcache_commit(store->cache, &why))
		log_event(LOG_LEVEL_WARN, "%s", why->message);
	step_point("cache-committed");
	all = collect_changes(store);
	end_change(store);
	for (guint i = 0; i < all->len; i++) {
		const struct told *told = &g_array_index(all, struct told, i);

		store->changed(told->mailbox, told->generation, directory, store->changed_data);
	}
	if (directory && all->len == 0 && store->changed)
		store->changed(0, 0, TRUE, store->changed_data);
	return TRUE;
}

gboolean store_end(struct store *store, gboolean ok, GError **error)
{
	if (ok)
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

static void touch(struct store *store, guint32 mailbox)
{
	g_hash_table_add(store->touched, GUINT_TO_POINTER(mailbox));
}

/* ---- mailboxes ---- */

struct hcache_mailbox store_directory_entry(const struct state_mailbox *mb)
{
	return (struct hcache_mailbox){
	    .number = mb->number,
	    .name = mb->name,
	    .account = mb->account,
	    .folder = mb->folder,
	    .path = mb->path,
	    .role = mb->role,
	    .subscribed = mb->subscribed,
	    .keywords = mb->keywords ? mb->keywords : "",
	};
}

gboolean store_put_mailbox(struct store *store, struct state_mailbox *mb, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	gboolean fresh = mb->number == 0;
	struct hcache_mailbox entry;

	if (!state_put_mailbox(store->state, mb, error))
		return FALSE;
	touch(store, mb->number);
	store->directory = TRUE;
	if (!store->cache_begun)
		return TRUE;
	/* As it is now: the caller's keywords may be old. */
	now = state_mailbox(store->state, mb->number);
	entry = store_directory_entry(now ? now : mb);
	hcache_put_mailbox(store->cache, &entry);
	/* Nothing of a new one is missing in the cache; an old one without a head is behind. */
	if (fresh)
		hcache_set_applied(store->cache, mb->number, now ? now->change : 0);
	return TRUE;
}

gboolean store_set_keywords(struct store *store, guint32 number, const char *names, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	struct hcache_mailbox entry;

	if (!state_set_keywords(store->state, number, names, error))
		return FALSE;
	touch(store, number);
	now = store->cache_begun ? state_mailbox(store->state, number) : NULL;
	if (now) {
		entry = store_directory_entry(now);
		hcache_put_mailbox(store->cache, &entry);
	}
	return TRUE;
}

gboolean store_drop_mailbox(struct store *store, guint32 number, GError **error)
{
	if (!state_drop_mailbox(store->state, number, error))
		return FALSE;
	g_hash_table_remove(store->touched, GUINT_TO_POINTER(number));
	store->directory = TRUE;
	if (store->cache_begun)
		hcache_drop_mailbox(store->cache, number);
	return TRUE;
}

void store_set_total(struct store *store, guint32 mailbox, guint32 n_total)
{
	touch(store, mailbox);
	if (store->cache_begun)
		hcache_set_total(store->cache, mailbox, n_total);
}

void store_set_indexed(struct store *store, guint32 mailbox, gboolean indexed)
{
	touch(store, mailbox);
	if (store->cache_begun)
		hcache_set_indexed(store->cache, mailbox, indexed);
}

/* ---- messages ---- */

void store_say_partial(const struct state_message *msg, struct row *row)
{
	if (msg->partial)
		row->size_bytes = msg->size_bytes;
	row->kind = (guint16)(msg->partial ? row->kind | ROW_PARTIAL : row->kind & ~ROW_PARTIAL);
}

gboolean store_add(struct store *store, struct state_message *msg, struct row *row,
		   const char *text, gsize text_n, GError **error)
{
	if (!state_add_message(store->state, msg, error))
		return FALSE;
	row->lid = msg->lid;
	store_say_partial(msg, row);
	touch(store, msg->mailbox);
	if (store->cache_begun)
		hcache_append(store->cache, msg->mailbox, row, msg->mark, text, text_n);
	return TRUE;
}

gboolean store_put(struct store *store, const struct state_message *msg, GError **error)
{
	if (!state_put_message(store->state, msg, error))
		return FALSE;
	touch(store, msg->mailbox);
	if (store->cache_begun)
		hcache_set_mark(store->cache, msg->mailbox, msg->lid, msg->mark);
	return TRUE;
}

gboolean store_mark(struct store *store, guint32 mailbox, guint32 lid, mark_t mark, GError **error)
{
	if (!state_set_message_mark(store->state, mailbox, lid, mark, error))
		return FALSE;
	touch(store, mailbox);
	if (store->cache_begun)
		hcache_set_mark(store->cache, mailbox, lid, mark);
	return TRUE;
}

gboolean store_replace(struct store *store, const struct state_message *msg, struct row *row,
		       const char *text, gsize text_n, GError **error)
{
	if (!state_put_message(store->state, msg, error))
		return FALSE;
	row->lid = msg->lid;
	store_say_partial(msg, row);
	touch(store, msg->mailbox);
	if (!store->cache_begun)
		return TRUE;
	if (hcache_replace(store->cache, msg->mailbox, row, text, text_n))
		hcache_set_mark(store->cache, msg->mailbox, msg->lid, msg->mark);
	else
		hcache_append(store->cache, msg->mailbox, row, msg->mark, text, text_n);
	return TRUE;
}

gboolean store_drop(struct store *store, guint32 mailbox, guint32 lid, GError **error)
{
	if (!state_drop_message(store->state, mailbox, lid, error))
		return FALSE;
	touch(store, mailbox);
	if (store->cache_begun)
		hcache_kill(store->cache, mailbox, lid);
	return TRUE;
}

gboolean store_find_path(struct store *store, const char *path, guint32 *mailbox, guint32 *lid)
{
	g_autofree char *file = g_path_get_basename(path);
	g_autofree char *base = maildir_name_base(file, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *maildir = g_path_get_dirname(folder);
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree struct state_message *msg = NULL;

	store_lock(store);
	mb = state_mailbox_by_path(store->state, maildir);
	if (mb)
		msg = state_message_named(store->state, mb->number, base);
	store_unlock(store);
	if (!msg)
		return FALSE;
	*mailbox = msg->mailbox;
	*lid = msg->lid;
	return TRUE;
}
