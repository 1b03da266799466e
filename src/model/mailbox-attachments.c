/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of attachments for rows of a mailbox. A row knows when there can be
 * none; else the file is read, once, when somebody wants to see the number.
 */
#include "cur/conf/attachments.h"
#include "cur/mail/message.h"
#include "cur/model/attachments.h"
#include "mailbox-private.h"

void mailbox_counts_clear(struct mailbox *mb)
{
	g_clear_pointer(&mb->attachments, g_hash_table_unref);
}

/* Numbers under other rules are forgotten. */
static GHashTable *known_counts(struct mailbox *mb)
{
	guint64 now = conf_generation(mb->source.conf);

	if (mb->attachments && mb->attachments_of != now)
		mailbox_counts_clear(mb);
	if (!mb->attachments)
		mb->attachments = g_hash_table_new(NULL, NULL);
	mb->attachments_of = now;
	return mb->attachments;
}

static guint count_file(struct mailbox *mb, guint32 lid)
{
	g_autofree char *path = mailbox_file(mb, lid, NULL);
	auto_ptr(message) message = path ? message_open(path, NULL) : NULL;

	return message ? attachments_count(mb->source.conf, message) : 0;
}

guint mailbox_row_attachments(struct mailbox *mb, guint32 row)
{
	const struct row *r = mailbox_row_at(mb, row);
	gboolean possible = r->kind & ROW_PARTS || conf_attachments_ruled(mb->source.conf);
	gpointer key = GUINT_TO_POINTER(r->lid), kept;
	guint32 lid = r->lid;
	guint n;

	if (r->kind & ROW_PARTIAL || !possible)
		return 0;
	if (g_hash_table_lookup_extended(known_counts(mb), key, NULL, &kept))
		return GPOINTER_TO_UINT(kept);
	n = count_file(mb, lid);
	g_hash_table_insert(mb->attachments, key, GUINT_TO_POINTER(n));
	return n;
}

guint mailbox_attachments(struct mailbox *mb, guint pos)
{
	return mailbox_row_attachments(mb, mb->shown[pos]);
}
