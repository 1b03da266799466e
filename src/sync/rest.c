/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between two rounds an account waits at its server, in the mailbox that somebody looks at. A
 * server with NOTIFY tells of all mailboxes meanwhile; with any other the rest is asked for by
 * the worker's clock.
 */
#include "rest.h"

#include "cur/base/error.h"
#include "cur/imap/notify.h"
#include "cur/imap/session.h"

/* The mailbox a program looks at, else INBOX; NULL before the first LIST. */
static struct state_mailbox *watched(struct worker *w)
{
	guint32 number = worker_watched(w);
	struct store *store = hub_store(w->hub);
	struct state_mailbox *mb;

	if (!number)
		return worker_inbox(w);
	store_lock(store);
	mb = state_mailbox(store_state(store), number);
	store_unlock(store);
	return mb;
}

/* *news: something came between the last round and this SELECT. */
static gboolean select_watched(struct imap *imap, const struct state_mailbox *mb, gboolean *news,
			       GError **error)
{
	const char *now = imap_selected_name(imap);
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	if (!mb || !*mb->server_name || (now && g_str_equal(now, mb->server_name)))
		return TRUE;
	if (imap_select(imap, mb->server_name, FALSE, &sel, &failed)) {
		*news = sel.uidnext > mb->uidnext || !round_uids_hold(&sel, mb);
		return TRUE;
	}
	if (imap_is_alive(imap))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* FALSE when what was told is known here already; only what stands in it can be compared. */
static gboolean is_new(const struct imap_status *told, const struct state_mailbox *mb)
{
	if (((told->has & IMAP_STATUS_UIDVALIDITY) && told->uidvalidity != mb->uidvalidity) ||
	    ((told->has & IMAP_STATUS_UIDNEXT) && told->uidnext > mb->uidnext))
		return TRUE;
	return !(told->has & IMAP_STATUS_MODSEQ) || !told->highestmodseq ||
	       told->highestmodseq > mb->highestmodseq;
}

struct told {
	GHashTable *status; /* server name -> struct imap_status */
	GArray *mailboxes;  /* numbers of those with news */
};

static gboolean compare(const struct state_mailbox *mb, void *data)
{
	struct told *t = data;
	const struct imap_status *status = g_hash_table_lookup(t->status, mb->server_name);

	if (!status)
		return TRUE;
	if (is_new(status, mb))
		g_array_append_val(t->mailboxes, mb->number);
	g_hash_table_remove(t->status, mb->server_name);
	return TRUE;
}

static void add_told(const char *name, const struct imap_status *status, void *data)
{
	g_hash_table_insert(data, g_strdup(name), g_memdup2(status, sizeof(*status)));
}

/* What the server told of other mailboxes becomes wishes: for those, or for all. */
static void want_told(struct worker *w, struct imap *imap)
{
	g_autoptr(GHashTable) status =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GArray) mailboxes = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct told told = {status, mailboxes};
	guint more = imap_take_told(imap, add_told, status);
	struct store *store = hub_store(w->hub);

	if (g_hash_table_size(status)) {
		store_lock(store);
		state_mailboxes(store_state(store), w->name, compare, &told, NULL);
		store_unlock(store);
	}
	/* What is left is not known here: a LIST makes it known. */
	if (more || g_hash_table_size(status)) {
		worker_want_all(w, FALSE, NULL);
		return;
	}
	for (guint i = 0; i < mailboxes->len; i++)
		worker_want_mailbox(w, g_array_index(mailboxes, guint32, i), FALSE, NULL);
}

gboolean rest_imap(struct worker *w, gint64 milliseconds, GError **error)
{
	struct imap *imap = w->session;
	g_autofree struct state_mailbox *mb = NULL;
	gboolean news = FALSE;

	if (!imap) {
		waker_sleep(w->waker, milliseconds);
		return TRUE;
	}
	mb = watched(w);
	if (!select_watched(imap, mb, &news, error) || !imap_notify(imap, &w->told_of_all, error) ||
	    (!news && !imap_idle(imap, milliseconds, error)))
		return FALSE;
	if ((imap_take_news(imap) || news) && mb)
		worker_want_mailbox(w, mb->number, FALSE, NULL);
	want_told(w, imap);
	return TRUE;
}
