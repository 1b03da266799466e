/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the user wants done to messages, as requests to the engine. A flag that
 * is asked for is shown at once, laid over the cache's mark, and the layer goes
 * with the answer: from then on the cache says it, or says no.
 */
#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "mailbox-private.h"

/* One answer to wait for, or several that count as one: a wish is asked of each mailbox. */
struct request {
	struct mailbox *mb;
	GArray *serials; /* guint32 */
	guint waiting;
	GArray *lids; /* of the overlay, NULL for a move or copy */
	GError *error;
	mailbox_done_fn done;
	void *data;
};

static struct request *request_new(struct mailbox *mb, mailbox_done_fn done, void *data)
{
	struct request *r = g_new0(struct request, 1);

	r->mb = mb;
	r->serials = g_array_new(FALSE, FALSE, sizeof(guint32));
	r->done = done;
	r->data = data;
	g_hash_table_add(mb->requests, r);
	return r;
}

static void request_free(struct request *r)
{
	if (r->lids)
		g_array_unref(r->lids);
	g_array_unref(r->serials);
	g_clear_error(&r->error);
	g_free(r);
}

void mailbox_requests_cancel(struct mailbox *mb)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, mb->requests);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		struct request *r = key;

		for (guint i = 0; i < r->serials->len; i++)
			client_cancel(mb->source.client, g_array_index(r->serials, guint32, i));
		g_hash_table_iter_remove(&iter);
		request_free(r);
	}
}

/* ---- overlays ----------------------------------------------------------------------- */

static void lay_over(struct mailbox *mb, const GArray *lids, mark_t add, mark_t remove)
{
	for (guint i = 0; i < lids->len; i++) {
		gpointer lid = GUINT_TO_POINTER(g_array_index(lids, guint32, i));
		struct overlay *over = g_hash_table_lookup(mb->overlays, lid);

		if (!over) {
			over = g_new0(struct overlay, 1);
			g_hash_table_insert(mb->overlays, lid, over);
		}
		over->add = (over->add & ~remove) | add;
		over->remove = (over->remove & ~add) | remove;
		over->waiting++;
	}
}

static void take_off(struct mailbox *mb, const GArray *lids)
{
	for (guint i = 0; i < lids->len; i++) {
		gpointer lid = GUINT_TO_POINTER(g_array_index(lids, guint32, i));
		struct overlay *over = g_hash_table_lookup(mb->overlays, lid);

		if (over && --over->waiting == 0)
			g_hash_table_remove(mb->overlays, lid);
	}
}

/* ---- requests -------------------------------------------------------------------------- */

static void end(struct request *r)
{
	struct mailbox *mb = r->mb;

	if (r->lids)
		take_off(mb, r->lids);
	g_hash_table_remove(mb->requests, r);
	if (r->done)
		r->done(mb, r->error, r->data);
	request_free(r);
}

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct request *r = data;

	if (!final)
		return;
	if (error && !r->error)
		r->error = g_error_copy(error);
	if (!--r->waiting)
		end(r);
}

/* Those of `lids` that lie in each mailbox, as the engine knows them: number -> GArray. Yours. */
static GHashTable *by_mailbox(const struct mailbox *mb, const GArray *lids)
{
	GHashTable *shares = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	guint32 mailbox, lid;

	for (guint i = 0; i < lids->len; i++) {
		GArray *share;

		if (!mailbox_origin(mb, g_array_index(lids, guint32, i), &mailbox, &lid))
			continue;
		share = g_hash_table_lookup(shares, GUINT_TO_POINTER(mailbox));
		if (!share) {
			share = g_array_new(FALSE, FALSE, sizeof(guint32));
			g_hash_table_insert(shares, GUINT_TO_POINTER(mailbox), share);
		}
		g_array_append_val(share, lid);
	}
	return shares;
}

static GVariant *numbers(const GArray *lids)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, lids->data, lids->len,
					 sizeof(guint32));
}

/* Ask it of each mailbox: number, lids, and what follows them (may be NULL; floating is taken). */
static void send(struct request *r, enum wire_id id, const GArray *lids, GVariant *first,
		 GVariant *second)
{
	g_autoptr(GHashTable) shares = by_mailbox(r->mb, lids);
	g_autoptr(GVariant) a = first ? g_variant_ref_sink(first) : NULL;
	g_autoptr(GVariant) b = second ? g_variant_ref_sink(second) : NULL;
	GHashTableIter iter;
	gpointer mailbox, share;

	g_hash_table_iter_init(&iter, shares);
	while (g_hash_table_iter_next(&iter, &mailbox, &share)) {
		GVariant *parts[] = {g_variant_new_uint32(GPOINTER_TO_UINT(mailbox)),
				     numbers(share), a, b};
		guint32 serial = client_ask(
		    r->mb->source.client, id,
		    g_variant_new_tuple(parts, 2 + (a != NULL) + (b != NULL)), answered, r);

		g_array_append_val(r->serials, serial);
		r->waiting++;
	}
}

/* All of it was sent; nothing at all when the messages went meanwhile. */
static void sent(struct request *r)
{
	if (!r->waiting)
		end(r);
}

/* Not even worth a request: tell it as if it had been refused. */
static gboolean impossible(struct mailbox *mb, mailbox_done_fn done, void *data)
{
	g_autoptr(GError) error = NULL;

	if ((mb->number || mb->members) && mb->source.client)
		return FALSE;
	error_set(&error, CUR_ERROR_RETRY, "mailbox '%s' was not read yet", mb->folder);
	if (done)
		done(mb, error, data);
	return TRUE;
}

static void wish_mark(struct mailbox *mb, enum wire_id id, const GArray *lids, guint32 add,
		      guint32 remove, mailbox_done_fn done, void *data)
{
	struct request *r;

	if (!lids->len || impossible(mb, done, data))
		return;
	r = request_new(mb, done, data);
	r->lids = g_array_copy((GArray *)lids);
	lay_over(mb, lids, add, remove);
	send(r, id, lids, g_variant_new_uint32(add), g_variant_new_uint32(remove));
	sent(r);
}

void mailbox_mark(struct mailbox *mb, const GArray *lids, guint32 add, guint32 remove,
		  mailbox_done_fn done, void *data)
{
	wish_mark(mb, WIRE_MARK, lids, add, remove, done, data);
}

void mailbox_shown(struct mailbox *mb, const GArray *lids)
{
	wish_mark(mb, WIRE_SHOWN, lids, FLAG_SEEN, 0, NULL, NULL);
}

void mailbox_age(struct mailbox *mb)
{
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint32 i = 0; mb->in_turn && i < mb->n_live; i++) {
		mark_t mark = mailbox_mark_at(mb, mb->all[i]);

		if (mark & MARK_NEW && !(mark & FLAG_SEEN))
			g_array_append_val(lids, mb->lid[mb->all[i]]);
	}
	wish_mark(mb, WIRE_SHOWN, lids, 0, MARK_NEW, NULL, NULL);
}

void mailbox_tag(struct mailbox *mb, const GArray *lids, const char *add, const char *remove,
		 mailbox_done_fn done, void *data)
{
	struct request *r;

	if (!lids->len || impossible(mb, done, data))
		return;
	r = request_new(mb, done, data);
	send(r, WIRE_TAG, lids, g_variant_new_string(add), g_variant_new_string(remove));
	sent(r);
}

static void wish_elsewhere(struct mailbox *mb, enum wire_id id, const GArray *lids,
			   const char *target, mailbox_done_fn done, void *data)
{
	struct request *r;

	if (!lids->len || impossible(mb, done, data))
		return;
	r = request_new(mb, done, data);
	send(r, id, lids, g_variant_new_string(target), NULL);
	sent(r);
}

void mailbox_move(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data)
{
	wish_elsewhere(mb, WIRE_MOVE, lids, target, done, data);
}

void mailbox_copy(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data)
{
	wish_elsewhere(mb, WIRE_COPY, lids, target, done, data);
}

/* What is deleted in the trash itself has nowhere to go. */
static gboolean lies_in(const struct mailbox *mb, guint32 lid, const char *name)
{
	struct hcache_mailbox info;
	guint32 mailbox, lid_there;

	if (!mb->members)
		return g_str_equal(name, mb->name);
	return mb->in_turn && mailbox_origin(mb, lid, &mailbox, &lid_there) &&
	       hcache_mailbox(mb->source.cache, mailbox, &info) && g_str_equal(info.name, name);
}

void mailbox_sync(struct mailbox *mb, const char *trash, mailbox_done_fn done, void *data)
{
	g_autoptr(GArray) deleted = mailbox_session_lids(mb, SESSION_DELETED);
	g_autoptr(GArray) for_good = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) to_trash = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct request *r;

	for (guint i = 0; i < deleted->len; i++) {
		guint32 lid = g_array_index(deleted, guint32, i);
		gboolean purge =
		    !trash || lies_in(mb, lid, trash) || mailbox_session(mb, lid) & SESSION_PURGE;

		g_array_append_val(purge ? for_good : to_trash, lid);
	}
	if (!deleted->len) {
		if (done)
			done(mb, NULL, data);
		return;
	}
	if (impossible(mb, done, data))
		return;
	r = request_new(mb, done, data);
	if (for_good->len)
		send(r, WIRE_REMOVE, for_good, NULL, NULL);
	if (to_trash->len)
		send(r, WIRE_MOVE, to_trash, g_variant_new_string(trash), NULL);
	sent(r);
}
