/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEARCH, or a list of what is new there. */
#include "sought.h"

#include <string.h>

#include "cur/imap/fetch.h"
#include "cur/mail/scan.h"

/* What is older was listed before the message went there. */
static guint32 first_new(struct round *r, const struct state_mailbox *mb)
{
	if (imap_selected(r->imap)->uidvalidity == mb->uidvalidity && mb->uidnext)
		return mb->uidnext;
	return 1;
}

/* Under the lock. */
static gboolean has_row(struct round *r, const struct state_mailbox *mb, guint32 uid)
{
	g_autofree struct state_message *msg =
	    state_message_by_uid(store_state(r->store), mb->number, uid);

	return msg != NULL;
}

gboolean sought_by_id(struct round *r, const struct state_mailbox *mb, const char *id,
		      const struct seqset *taken, guint32 *uid, GError **error)
{
	auto_ptr(seqset) found =
	    imap_search_header(r->imap, first_new(r, mb), "Message-ID", id, error);

	*uid = 0;
	if (!found)
		return FALSE;
	store_lock(r->store);
	for (guint32 u = 0; !*uid && (u = seqset_next(found, u));)
		if (!has_row(r, mb, u) && !(taken && seqset_has(taken, u)))
			*uid = u;
	store_unlock(r->store);
	return TRUE;
}

/* ---- by size --------------------------------------------------------------------- */

struct sizing {
	struct round *r;
	const struct state_mailbox *mb;
	const struct state_message *msg;
	struct seqset *fit, *named; /* of the size; of them those with a Message-ID */
	guint32 uid;		    /* the one with the same */
};

static gboolean note_size(const struct imap_info *info, void *data, GError **error)
{
	struct sizing *s = data;

	(void)error;
	store_lock(s->r->store);
	if (info->size_bytes == s->msg->size_bytes && !has_row(s->r, s->mb, info->uid))
		seqset_add(s->fit, info->uid);
	store_unlock(s->r->store);
	return TRUE;
}

static gboolean note_id(const struct imap_info *info, void *data, GError **error)
{
	const char *field = info->has & IMAP_INFO_FIELD ? info->field : "";
	guint64 id = scan_message_id(field, strlen(field));
	struct sizing *s = data;

	(void)error;
	if (id)
		seqset_add(s->named, info->uid);
	if (id && id == s->msg->id_hash && !s->uid)
		s->uid = info->uid;
	return TRUE;
}

static gboolean ask(struct sizing *s, gboolean has_id, GError **error)
{
	auto_ptr(seqset) fresh = seqset_new();

	seqset_add_range(fresh, first_new(s->r, s->mb), G_MAXUINT32);
	if (!imap_fetch_info(s->r->imap, fresh, TRUE, 0, note_size, s, error))
		return FALSE;
	if (seqset_is_empty(s->fit))
		return TRUE;
	if (!imap_fetch_field(s->r->imap, s->fit, "MESSAGE-ID", note_id, s, error))
		return FALSE;
	for (guint32 u = 0; !has_id && !s->uid && (u = seqset_next(s->fit, u));)
		if (!seqset_has(s->named, u))
			s->uid = u;
	return TRUE;
}

gboolean sought_by_size(struct round *r, const struct state_mailbox *mb,
			const struct state_message *msg, gboolean has_id, guint32 *uid,
			GError **error)
{
	struct sizing s = {r, mb, msg, seqset_new(), seqset_new(), 0};
	gboolean ok = ask(&s, has_id, error);

	*uid = s.uid;
	seqset_free(s.fit);
	seqset_free(s.named);
	return ok;
}
