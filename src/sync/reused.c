/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Suspicion and proof. */
#include "reused.h"

#include "cur/imap/fetch.h"
#include "cur/mail/scan.h"

gboolean reused_is_suspect(const struct state_message *known, guint64 size, gint64 date)
{
	return size != known->size_bytes && date != known->date_received;
}

/* Of the file here; NULL when it has none. Yours. */
static char *message_id(struct maildir *md, const struct state_message *msg)
{
	g_autofree char *path = maildir_find(md, msg->base, msg->mark, NULL);

	return path ? scan_file_id(path) : NULL;
}

/* FALSE in *same when the server has another message at that UID. */
static gboolean ask(struct round *r, struct maildir *md, const struct state_message *msg,
		    gboolean *same, GError **error)
{
	g_autofree char *id = message_id(md, msg);
	auto_ptr(seqset) found = NULL;

	*same = FALSE;
	if (!id)
		return TRUE;
	found = imap_search_header(r->imap, msg->uid, "Message-ID", id, error);
	if (!found)
		return FALSE;
	*same = seqset_has(found, msg->uid);
	return TRUE;
}

/* A message born here has the size of its file, and a server may lie: not to be asked again. */
static gboolean note_size(struct round *r, struct state_message *msg, guint64 size, GError **error)
{
	if (!store_begin(r->store, error))
		return FALSE;
	msg->size_bytes = (guint32)MIN(size, G_MAXUINT32);
	return round_commit(r, store_put(r->store, msg, error), "reused-not", error);
}

static gboolean release(struct round *r, const struct state_mailbox *mb, guint32 uid,
			GError **error)
{
	hub_note(r->hub, HUB_WARNING, mb->account,
		 "%s: the server has another message in place of one that is here; both are kept",
		 mb->folder);
	return store_begin(r->store, error) &&
	       round_commit(r, state_forget_uid(store_state(r->store), mb->number, uid, error),
			    "reused", error);
}

static int by_number(const void *a, const void *b)
{
	guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

	return x < y ? -1 : x > y;
}

gboolean reused_settle(struct round *r, const struct state_mailbox *mb, struct maildir *md,
		       const GArray *suspects, GArray *fresh, GError **error)
{
	for (guint i = 0; i < suspects->len; i++) {
		const struct suspect *s = &g_array_index(suspects, struct suspect, i);
		g_autofree struct state_message *msg = NULL;
		gboolean same;

		store_lock(r->store);
		msg = state_message_by_uid(store_state(r->store), mb->number, s->uid);
		store_unlock(r->store);
		if (!msg)
			continue;
		if (!ask(r, md, msg, &same, error) ||
		    !(same ? note_size(r, msg, s->size, error) : release(r, mb, s->uid, error)))
			return FALSE;
		if (!same)
			g_array_append_val(fresh, s->uid);
	}
	g_array_sort(fresh, by_number);
	return TRUE;
}
