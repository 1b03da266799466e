/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others want of a worker: from their threads in, on its own out. */
#include "worker-wishes.h"

void wishes_init(struct wishes *wishes)
{
	*wishes = (struct wishes){.mailboxes = g_hash_table_new(g_direct_hash, g_direct_equal),
				  .tickets = g_ptr_array_new()};
}

void wishes_clear(struct wishes *wishes)
{
	g_hash_table_unref(wishes->mailboxes);
	g_ptr_array_unref(wishes->tickets);
}

gboolean wishes_any(const struct wishes *wishes)
{
	return wishes->all || wishes->push || wishes->tickets->len ||
	       g_hash_table_size(wishes->mailboxes);
}

gboolean worker_take_wishes(struct worker *w, struct wishes *out)
{
	gboolean any;

	g_mutex_lock(&w->lock);
	*out = w->wishes;
	wishes_init(&w->wishes);
	any = wishes_any(out) || texts_any(w->texts);
	/* No moment between the wish and the work at which it looks idle. */
	if (any && w->state == WORKER_IDLE)
		w->state = WORKER_SYNCING;
	g_mutex_unlock(&w->lock);
	return any;
}

void worker_take_more_wishes(struct worker *w, struct wishes *wishes)
{
	g_mutex_lock(&w->lock);
	for (guint i = 0; i < w->wishes.tickets->len; i++)
		g_ptr_array_add(wishes->tickets, g_ptr_array_index(w->wishes.tickets, i));
	g_ptr_array_set_size(w->wishes.tickets, 0);
	g_hash_table_remove_all(w->wishes.mailboxes);
	wishes->insist |= w->wishes.insist;
	w->wishes.all = w->wishes.push = w->wishes.insist = FALSE;
	g_mutex_unlock(&w->lock);
	/* Who knows what happened while nobody was connected. */
	wishes->all = TRUE;
}

void worker_return_wishes(struct worker *w, const struct wishes *wishes)
{
	GHashTableIter it;
	void *number, *ask;

	g_mutex_lock(&w->lock);
	w->wishes.all |= wishes->all;
	w->wishes.push |= wishes->push;
	g_hash_table_iter_init(&it, wishes->mailboxes);
	while (g_hash_table_iter_next(&it, &number, &ask))
		if (!g_hash_table_lookup(w->wishes.mailboxes, number))
			g_hash_table_insert(w->wishes.mailboxes, number, ask);
	g_mutex_unlock(&w->lock);
}

void wishes_return_tickets(struct wishes *wishes, const GError *error)
{
	for (guint i = 0; i < wishes->tickets->len; i++)
		ticket_return(g_ptr_array_index(wishes->tickets, i), error);
	g_ptr_array_set_size(wishes->tickets, 0);
}

void worker_fail_tickets(struct worker *w, struct wishes *wishes, const GError *error)
{
	g_autoptr(GError) named = g_error_copy(error);

	if (*w->name)
		g_prefix_error(&named, "%s: ", w->name);
	wishes_return_tickets(wishes, named);
}

static void wish(struct worker *w, gboolean insist, struct ticket *t)
{
	w->wishes.insist |= insist;
	if (t)
		g_ptr_array_add(w->wishes.tickets, ticket_share(t));
}

void worker_want_all(struct worker *w, gboolean insist, struct ticket *t)
{
	g_mutex_lock(&w->lock);
	w->wishes.all = TRUE;
	wish(w, insist, t);
	g_mutex_unlock(&w->lock);
	waker_poke(w->waker);
}

void worker_want_mailbox(struct worker *w, guint32 mailbox, gboolean insist, struct ticket *t)
{
	g_mutex_lock(&w->lock);
	g_hash_table_insert(w->wishes.mailboxes, GUINT_TO_POINTER(mailbox), GINT_TO_POINTER(TRUE));
	wish(w, insist, t);
	g_mutex_unlock(&w->lock);
	waker_poke(w->waker);
}

void worker_want_texts(struct worker *w, guint32 mailbox, const guint32 *lids, gsize n,
		       struct ticket *t)
{
	texts_want(w->texts, mailbox, lids, n, t);
	waker_poke(w->waker);
}

void worker_want_search(struct worker *w, guint32 mailbox, const char *query, GArray *lids,
			struct ticket *t)
{
	texts_want_search(w->texts, mailbox, query, lids, t);
	waker_poke(w->waker);
}

void worker_want_look(struct worker *w, guint32 mailbox)
{
	void *number = GUINT_TO_POINTER(mailbox);

	g_mutex_lock(&w->lock);
	if (!g_hash_table_lookup(w->wishes.mailboxes, number))
		g_hash_table_insert(w->wishes.mailboxes, number, GINT_TO_POINTER(FALSE));
	g_mutex_unlock(&w->lock);
	waker_poke(w->waker);
}

void worker_want_push(struct worker *w)
{
	g_mutex_lock(&w->lock);
	w->wishes.push = TRUE;
	g_mutex_unlock(&w->lock);
	waker_poke(w->waker);
}

void worker_watch(struct worker *w, guint32 mailbox)
{
	gboolean changed;

	g_mutex_lock(&w->lock);
	changed = w->watched != mailbox;
	w->watched = mailbox;
	g_mutex_unlock(&w->lock);
	if (changed)
		waker_poke(w->waker);
}

guint32 worker_watched(struct worker *w)
{
	guint32 mailbox;

	g_mutex_lock(&w->lock);
	mailbox = w->watched;
	g_mutex_unlock(&w->lock);
	return mailbox;
}
