/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * X-Comment-To of rows of a mailbox (%x): a header of gateways to FidoNet that the cache does not
 * have. The file is read, once, for what somebody sees.
 */
#include "cur/mail/message.h"
#include "mailbox-private.h"

static char *read_comment(struct mailbox *mb, guint32 lid)
{
	g_autofree char *path = mailbox_file(mb, lid, NULL);
	auto_ptr(message) m = path ? message_open(path, NULL) : NULL;

	return g_strdup(m ? headers_get(message_headers(m), "X-Comment-To") : NULL);
}

const char *mailbox_comment_to(struct mailbox *mb, guint pos)
{
	guint32 lid = mailbox_lid(mb, pos);
	gpointer key = GUINT_TO_POINTER(lid), known;

	if (!mb->comments)
		mb->comments = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	if (!g_hash_table_lookup_extended(mb->comments, key, NULL, &known)) {
		known = read_comment(mb, lid);
		g_hash_table_insert(mb->comments, key, known);
	}
	return known;
}

void mailbox_comments_clear(struct mailbox *mb)
{
	g_clear_pointer(&mb->comments, g_hash_table_unref);
}
