/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain local Maildirs: one thread that looks at those that were opened or changed. */
#include "worker.h"

static gboolean connect_local(struct worker *w, GError **error)
{
	w->session = w;
	return TRUE;
}

static void disconnect_local(struct worker *w)
{
	w->session = NULL;
}

static gboolean look(struct worker *w, guint32 mailbox)
{
	g_autoptr(GError) failed = NULL;
	guint n_new;

	if (worker_look(w, mailbox, &n_new, &failed)) {
		if (n_new)
			hub_tell(w->hub, WIRE_NEWMAIL, g_variant_new("(uu)", mailbox, n_new));
	} else {
		hub_note(w->hub, HUB_ERROR, "", "%s", failed->message);
		worker_fall_short(w, failed);
	}
	return !waker_is_stopped(w->waker);
}

static gboolean add_number(const struct state_mailbox *mb, void *data)
{
	g_array_append_val(data, mb->number);
	return TRUE;
}

static gboolean look_at_all(struct worker *w, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct store *store = hub_store(w->hub);
	gboolean ok;

	store_lock(store);
	ok = state_mailboxes(store_state(store), "", add_number, numbers, error);
	store_unlock(store);
	for (guint i = 0; ok && i < numbers->len; i++)
		if (!look(w, g_array_index(numbers, guint32, i)))
			break;
	return ok;
}

static gboolean round_local(struct worker *w, const struct wishes *wishes, GError **error)
{
	GHashTableIter it;
	void *number;

	if (wishes->all)
		return look_at_all(w, error);
	g_hash_table_iter_init(&it, wishes->mailboxes);
	while (g_hash_table_iter_next(&it, &number, NULL))
		if (!look(w, GPOINTER_TO_UINT(number)))
			break;
	return TRUE;
}

const struct worker_ops worker_local_ops = {
    .connect = connect_local,
    .round = round_local,
    .rest = worker_doze,
    .disconnect = disconnect_local,
};
