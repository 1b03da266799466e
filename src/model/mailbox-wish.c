/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the user wants done to messages, as requests to the engine. A flag that
 * is asked for is shown at once, laid over the cache's mark, and the layer goes
 * with the answer: from then on the cache says it, or says no.
 */
#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "mailbox-private.h"

/* One answer to wait for, or several that count as one (mailbox_sync). */
struct request {
	struct mailbox *mb;
	guint32 serials[2];
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
	r->done = done;
	r->data = data;
	g_hash_table_add(mb->requests, r);
	return r;
}

static void request_free(struct request *r)
{
	if (r->lids)
		g_array_unref(r->lids);
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

		for (guint i = 0; i < G_N_ELEMENTS(r->serials); i++)
			if (r->serials[i])
				client_cancel(mb->source.client, r->serials[i]);
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

static void answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct request *r = data;
	struct mailbox *mb = r->mb;

	if (!final)
		return;
	if (error && !r->error)
		r->error = g_error_copy(error);
	if (--r->waiting)
		return;
	if (r->lids)
		take_off(mb, r->lids);
	g_hash_table_remove(mb->requests, r);
	if (r->done)
		r->done(mb, r->error, r->data);
	request_free(r);
}

static void send(struct request *r, enum wire_id id, GVariant *body)
{
	struct mailbox *mb = r->mb;

	r->serials[r->waiting++] = client_ask(mb->source.client, id, body, answered, r);
}

/* Not even worth a request: tell it as if it had been refused. */
static gboolean impossible(struct mailbox *mb, mailbox_done_fn done, void *data)
{
	g_autoptr(GError) error = NULL;

	if (mb->number && mb->source.client)
		return FALSE;
	error_set(&error, CUR_ERROR_RETRY, "mailbox '%s' was not read yet", mb->folder);
	if (done)
		done(mb, error, data);
	return TRUE;
}

static GVariant *numbers(const GArray *lids)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, lids->data, lids->len,
					 sizeof(guint32));
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
	send(r, id, g_variant_new("(u@auuu)", mb->number, numbers(lids), add, remove));
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

void mailbox_tag(struct mailbox *mb, const GArray *lids, const char *add, const char *remove,
		 mailbox_done_fn done, void *data)
{
	if (lids->len && !impossible(mb, done, data))
		send(request_new(mb, done, data), WIRE_TAG,
		     g_variant_new("(u@auss)", mb->number, numbers(lids), add, remove));
}

void mailbox_move(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data)
{
	if (lids->len && !impossible(mb, done, data))
		send(request_new(mb, done, data), WIRE_MOVE,
		     g_variant_new("(u@aus)", mb->number, numbers(lids), target));
}

void mailbox_copy(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data)
{
	if (lids->len && !impossible(mb, done, data))
		send(request_new(mb, done, data), WIRE_COPY,
		     g_variant_new("(u@aus)", mb->number, numbers(lids), target));
}

void mailbox_sync(struct mailbox *mb, const char *trash, mailbox_done_fn done, void *data)
{
	g_autoptr(GArray) deleted = mailbox_session_lids(mb, SESSION_DELETED);
	g_autoptr(GArray) for_good = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) to_trash = g_array_new(FALSE, FALSE, sizeof(guint32));
	gboolean has_trash = trash && !g_str_equal(trash, mb->name);
	struct request *r;

	for (guint i = 0; i < deleted->len; i++) {
		guint32 lid = g_array_index(deleted, guint32, i);
		gboolean purge = !has_trash || mailbox_session(mb, lid) & SESSION_PURGE;

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
		send(r, WIRE_REMOVE, g_variant_new("(u@au)", mb->number, numbers(for_good)));
	if (to_trash->len)
		send(r, WIRE_MOVE, g_variant_new("(u@aus)", mb->number, numbers(to_trash), trash));
}
