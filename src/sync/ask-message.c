/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests about messages: flags, moves, new ones, and finding some. */
#include "acts.h"
#include "ask.h"
#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "texts.h"

static const guint32 *lids_of(GVariant *lids, gsize *n)
{
	return g_variant_get_fixed_array(lids, n, sizeof(guint32));
}

static gboolean mark(struct request *r, gboolean by_user, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	auto_ptr(journal) j = NULL;
	guint32 mailbox, add, remove;
	const guint32 *each;
	gsize n;

	g_variant_get(r->body, "(u@auuu)", &mailbox, &lids, &add, &remove);
	each = lids_of(lids, &n);
	j = by_user ? journal_of(r->e->store, ACT_MARK, mailbox, 0, NULL) : NULL;
	if (!act_mark(r->e->store, mailbox, each, n, add & FLAG_ALL, remove & (FLAG_ALL | MARK_NEW),
		      j, error))
		return FALSE;
	request_push(r->e, mailbox);
	return TRUE;
}

gboolean ask_mark(struct request *r, GError **error)
{
	return mark(r, TRUE, error);
}

gboolean ask_shown(struct request *r, GError **error)
{
	return mark(r, FALSE, error);
}

gboolean ask_tag(struct request *r, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	auto_ptr(journal) j = NULL;
	const char *add, *remove;
	const guint32 *each;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au&s&s)", &mailbox, &lids, &add, &remove);
	each = lids_of(lids, &n);
	j = journal_of(r->e->store, ACT_TAG, mailbox, 0, NULL);
	if (!act_tag(r->e->store, mailbox, each, n, add, remove, j, error))
		return FALSE;
	request_push(r->e, mailbox);
	return TRUE;
}

static gboolean transfer(struct request *r, gboolean move, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	g_autofree struct state_mailbox *to = NULL;
	auto_ptr(journal) j = NULL;
	const guint32 *each;
	const char *target;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au&s)", &mailbox, &lids, &target);
	each = lids_of(lids, &n);
	to = engine_mailbox(r->e, target, error);
	if (!to)
		return FALSE;
	j = journal_of(r->e->store, move ? ACT_MOVE : ACT_COPY, mailbox, to->number, NULL);
	if (!act_transfer(r->e->store, mailbox, each, n, to->number, move, j, error))
		return FALSE;
	request_push(r->e, to->number);
	request_push(r->e, mailbox);
	return TRUE;
}

gboolean ask_move(struct request *r, GError **error)
{
	return transfer(r, TRUE, error);
}

gboolean ask_copy(struct request *r, GError **error)
{
	return transfer(r, FALSE, error);
}

gboolean ask_remove(struct request *r, GError **error)
{
	g_autoptr(GVariant) lids = NULL;
	auto_ptr(journal) j = NULL;
	const guint32 *each;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au)", &mailbox, &lids);
	each = lids_of(lids, &n);
	j = journal_of(r->e->store, ACT_REMOVE, mailbox, 0, NULL);
	if (!act_remove(r->e->store, mailbox, each, n, j, error))
		return FALSE;
	journal_sweep(r->e->store);
	request_push(r->e, mailbox);
	return TRUE;
}

/* Add a message that lacks its text to those of the worker whose server has it. */
static gboolean sort_in(struct engine *e, GHashTable *by_worker, guint32 mailbox, guint32 lid,
			GError **error)
{
	guint32 source = texts_source(e->store, mailbox, lid);
	struct worker *w = source ? engine_worker_for(e, source) : NULL;
	GArray *lids;

	if (!texts_are_missing(e->store, mailbox, &lid, 1))
		return TRUE;
	if (!w || w == e->local)
		return error_set(error, CUR_ERROR_GONE,
				 "the text of the message is neither here nor at a server");
	lids = g_hash_table_lookup(by_worker, w);
	if (!lids)
		g_hash_table_insert(by_worker, w,
				    lids = g_array_new(FALSE, FALSE, sizeof(guint32)));
	g_array_append_val(lids, lid);
	return TRUE;
}

gboolean ask_text(struct request *r, GError **error)
{
	g_autoptr(GHashTable) by_worker = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
								(GDestroyNotify)g_array_unref);
	g_autoptr(GVariant) lids = NULL;
	const guint32 *each;
	GHashTableIter it;
	void *w, *value;
	struct ticket *t;
	guint32 mailbox;
	gsize n;

	g_variant_get(r->body, "(u@au)", &mailbox, &lids);
	each = lids_of(lids, &n);
	for (gsize i = 0; i < n; i++)
		if (!sort_in(r->e, by_worker, mailbox, each[i], error))
			return FALSE;
	t = ticket_new(r->e->hub, pending_answered, pending_new(r, NULL));
	g_hash_table_iter_init(&it, by_worker);
	while (g_hash_table_iter_next(&it, &w, &value)) {
		const GArray *some = value;

		worker_want_texts(w, mailbox, (const guint32 *)some->data, some->len, t);
	}
	ticket_return(t, NULL);
	return FALSE;
}

gboolean ask_append(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	const char *target, *path;
	guint32 flags;
	guint64 date;

	g_variant_get(r->body, "(&s&sut)", &target, &path, &flags, &date);
	mb = engine_mailbox(r->e, target, error);
	if (!mb || !act_append(r->e->store, mb->number, path, flags, (gint64)date, NULL, error))
		return FALSE;
	request_push(r->e, mb->number);
	return TRUE;
}
