/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache brought up to state.db: after a kill between the two commits, and from
 * nothing when the cache was deleted. One way for both: walk the messages of a mailbox in
 * both, by lid; what only state.db has is read from its file, what only the cache has is
 * killed, marks are made equal. Done in slices; other threads change both meanwhile.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/mail/scan.h"
#include "cur/store/maildir.h"
#include "store-priv.h"

enum { SLICE = 250 }; /* messages a turn of the lock */

struct catch_up {
	struct store *store;
	struct state_mailbox *mb;
	struct maildir *md; /* NULL when the folder is not there */
	GArray *cached;	    /* lids of the cache when we began, ascending */
	guint at;	    /* the first that is not compared yet */
	guint32 after;	    /* the last lid of state.db that is done */
	guint64 done, total;
};

/* A message of a slice, and what its file says when the cache lacks it. */
struct slot {
	struct state_message *msg;
	gboolean is_cached;
	gboolean is_old; /* … but its text came or went since */
	gboolean is_read;
	struct row row;
	char *text;
	gsize text_n;
};

static void slot_clear(void *data)
{
	struct slot *slot = data;

	g_free(slot->msg);
	g_free(slot->text);
}

/* Under the lock, with a snapshot. */
static gboolean shows_another_text(struct catch_up *cu, const struct state_message *msg)
{
	struct hcache *hc = store_cache(cu->store);
	const struct row *row;
	guint32 row_id;

	if (!hcache_find(hc, cu->mb->number, msg->lid, &row_id))
		return FALSE;
	row = hcache_row(hc, cu->mb->number, row_id);
	return row && ((row->kind & ROW_PARTIAL) != 0) != msg->partial;
}

/* The next messages of state.db, under the lock. */
static GArray *next_slice(struct catch_up *cu, GError **error)
{
	g_autoptr(GArray) lids = NULL;
	GArray *slots = g_array_new(FALSE, TRUE, sizeof(struct slot));

	g_array_set_clear_func(slots, slot_clear);
	store_lock(cu->store);
	lids = state_lids(cu->store->state, cu->mb->number, cu->after, SLICE, error);
	if (!lids)
		g_clear_pointer(&slots, g_array_unref);
	if (slots && !hcache_renew(store_cache(cu->store), error))
		g_clear_pointer(&slots, g_array_unref);
	for (guint i = 0; slots && i < lids->len; i++) {
		struct slot slot = {0};

		slot.msg = state_message(cu->store->state, cu->mb->number,
					 g_array_index(lids, guint32, i));
		if (!slot.msg)
			continue;
		slot.is_old = shows_another_text(cu, slot.msg);
		g_array_append_val(slots, slot);
	}
	hcache_release(store_cache(cu->store));
	store_unlock(cu->store);
	return slots;
}

/* Out of the lock. What is unreadable is shown as broken; what is not there is left out. */
static void read_file(struct catch_up *cu, struct slot *slot)
{
	struct scan_hints hints = {
	    .file = slot->msg->base,
	    .date_received = slot->msg->date_received,
	    .lid = slot->msg->lid,
	};
	g_autoptr(GError) why = NULL;
	g_autofree char *path = NULL;

	path = cu->md ? maildir_find(cu->md, slot->msg->base, slot->msg->mark, &why) : NULL;
	if (!path)
		return;
	slot->is_read = TRUE;
	if (scan_file(path, &hints, &slot->row, &slot->text, &slot->text_n, &why))
		return;
	log_event(LOG_LEVEL_WARN, "%s", why->message);
	scan_header("", 0, &hints, &slot->row, &slot->text, &slot->text_n);
}

/* Kill what the cache has below `lid` and state.db has not. Within a batch. */
static void kill_below(struct catch_up *cu, guint64 lid)
{
	while (cu->at < cu->cached->len) {
		guint32 cached = g_array_index(cu->cached, guint32, cu->at);

		if (cached >= lid)
			return;
		hcache_kill(cu->store->cache, cu->mb->number, cached);
		cu->at++;
	}
}

static void mark_cached(struct catch_up *cu, GArray *slots)
{
	guint at = cu->at;

	for (guint i = 0; i < slots->len; i++) {
		struct slot *slot = &g_array_index(slots, struct slot, i);

		while (at < cu->cached->len &&
		       g_array_index(cu->cached, guint32, at) < slot->msg->lid)
			at++;
		slot->is_cached = at < cu->cached->len &&
				  g_array_index(cu->cached, guint32, at) == slot->msg->lid;
	}
}

static void write_row(struct catch_up *cu, struct slot *slot, const struct state_message *now)
{
	store_say_partial(now, &slot->row);
	if (slot->is_old &&
	    hcache_replace(cu->store->cache, cu->mb->number, &slot->row, slot->text, slot->text_n))
		hcache_set_mark(cu->store->cache, cu->mb->number, now->lid, now->mark);
	else
		hcache_append(cu->store->cache, cu->mb->number, &slot->row, now->mark, slot->text,
			      slot->text_n);
}

/* Within a batch: the message may have changed or gone while its file was read. */
static void apply_slot(struct catch_up *cu, struct slot *slot)
{
	struct hcache_writer *cache = cu->store->cache;
	guint32 mailbox = cu->mb->number;
	g_autofree struct state_message *now =
	    state_message(cu->store->state, mailbox, slot->msg->lid);
	mark_t mark;

	kill_below(cu, slot->msg->lid);
	if (slot->is_cached)
		cu->at++;
	if (!now)
		hcache_kill(cache, mailbox, slot->msg->lid);
	else if (slot->is_read &&
		 (slot->is_old || !hcache_get_mark(cache, mailbox, now->lid, &mark)))
		write_row(cu, slot, now);
	else
		hcache_set_mark(cache, mailbox, now->lid, now->mark);
	cu->after = slot->msg->lid;
}

static gboolean apply_slice(struct catch_up *cu, GArray *slots, GError **error)
{
	gboolean done;

	store_lock(cu->store);
	done = hcache_begin(cu->store->cache, error);
	if (done) {
		for (guint i = 0; i < slots->len; i++)
			apply_slot(cu, &g_array_index(slots, struct slot, i));
		done = hcache_commit(cu->store->cache, error);
	}
	store_unlock(cu->store);
	return done;
}

/* The mailbox is in the directory; what it holds is noted. */
static gboolean begin_mailbox(struct catch_up *cu, GError **error)
{
	struct hcache_mailbox entry = store_directory_entry(cu->mb);
	gboolean done;

	store_lock(cu->store);
	done = hcache_begin(cu->store->cache, error);
	if (done) {
		hcache_put_mailbox(cu->store->cache, &entry);
		cu->cached = hcache_lids(cu->store->cache, cu->mb->number);
		hcache_set_total(cu->store->cache, cu->mb->number, cu->mb->n_server);
		done = hcache_commit(cu->store->cache, error);
		cu->total = state_count_messages(cu->store->state, cu->mb->number);
	}
	store_unlock(cu->store);
	return done;
}

static gboolean end_mailbox(struct catch_up *cu, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	gboolean done;

	store_lock(cu->store);
	now = state_mailbox(cu->store->state, cu->mb->number);
	done = hcache_begin(cu->store->cache, error);
	if (done) {
		kill_below(cu, (guint64)G_MAXUINT32 + 1);
		if (now) {
			hcache_set_applied(cu->store->cache, now->number, now->change);
			hcache_set_indexed(cu->store->cache, now->number,
					   now->last_scan || now->last_sync);
		}
		done = hcache_commit(cu->store->cache, error);
	}
	store_unlock(cu->store);
	return done;
}

static gboolean one_slice(struct catch_up *cu, gboolean *more, GError **error)
{
	g_autoptr(GArray) slots = next_slice(cu, error);

	if (!slots)
		return FALSE;
	*more = slots->len > 0;
	mark_cached(cu, slots);
	for (guint i = 0; i < slots->len; i++) {
		struct slot *slot = &g_array_index(slots, struct slot, i);

		if (!slot->is_cached || slot->is_old)
			read_file(cu, slot);
	}
	cu->done += slots->len;
	return !*more || apply_slice(cu, slots, error);
}

static gboolean catch_up_mailbox(struct catch_up *cu, store_progress_fn progress, void *data,
				 GError **error)
{
	gboolean more = TRUE;

	if (!begin_mailbox(cu, error))
		return FALSE;
	while (more) {
		if (!one_slice(cu, &more, error))
			return FALSE;
		if (progress && !progress(cu->mb->name, cu->done, cu->total, data))
			return error_set(error, CUR_ERROR_CANCELLED, "stopped");
	}
	return end_mailbox(cu, error);
}

/* ---- which mailboxes ---- */

struct behind {
	struct hcache *hc;
	GArray *numbers;
};

static gboolean note_behind(const struct state_mailbox *mb, void *data)
{
	struct behind *behind = data;
	struct hcache_mailbox cached;

	if (!hcache_mailbox(behind->hc, mb->number, &cached) || cached.head.applied != mb->change)
		g_array_append_val(behind->numbers, mb->number);
	return TRUE;
}

static GArray *list_behind(struct store *store, GError **error)
{
	struct behind behind = {store_cache(store), g_array_new(FALSE, FALSE, sizeof(guint32))};

	store_lock(store);
	if (!hcache_renew(behind.hc, error) ||
	    !state_mailboxes(store->state, NULL, note_behind, &behind, error))
		g_clear_pointer(&behind.numbers, g_array_unref);
	hcache_release(behind.hc);
	store_unlock(store);
	return behind.numbers;
}

struct strangers {
	struct state *state;
	GArray *numbers;
};

static gboolean note_stranger(const struct hcache_mailbox *cached, void *data)
{
	struct strangers *strangers = data;
	g_autofree struct state_mailbox *mb = state_mailbox(strangers->state, cached->number);

	if (!mb)
		g_array_append_val(strangers->numbers, cached->number);
	return TRUE;
}

/* Mailboxes that only the cache knows: their drop was not written any more. */
static gboolean drop_strangers(struct store *store, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct strangers strangers = {store->state, numbers};
	struct hcache *hc = store_cache(store);
	gboolean done = TRUE;

	store_lock(store);
	if (hcache_renew(hc, NULL))
		hcache_mailboxes(hc, note_stranger, &strangers);
	hcache_release(hc);
	if (numbers->len) {
		done = hcache_begin(store->cache, error);
		for (guint i = 0; done && i < numbers->len; i++)
			hcache_drop_mailbox(store->cache, g_array_index(numbers, guint32, i));
		done = done && hcache_commit(store->cache, error);
	}
	store_unlock(store);
	return done;
}

static gboolean catch_up_number(struct store *store, guint32 number, store_progress_fn progress,
				void *data, GError **error)
{
	struct catch_up cu = {.store = store};
	auto_ptr(maildir) md = NULL;
	gboolean done;

	store_lock(store);
	cu.mb = state_mailbox(store->state, number);
	store_unlock(store);
	if (!cu.mb)
		return TRUE;
	md = cu.md = maildir_open(cu.mb->path, NULL);
	done = catch_up_mailbox(&cu, progress, data, error);
	if (cu.cached)
		g_array_unref(cu.cached);
	g_free(cu.mb);
	return done;
}

gboolean store_catch_up(struct store *store, store_progress_fn progress, void *data, GError **error)
{
	g_autoptr(GArray) behind = NULL;

	if (!drop_strangers(store, error))
		return FALSE;
	behind = list_behind(store, error);
	if (!behind)
		return FALSE;
	for (guint i = 0; i < behind->len; i++)
		if (!catch_up_number(store, g_array_index(behind, guint32, i), progress, data,
				     error))
			return FALSE;
	return TRUE;
}
