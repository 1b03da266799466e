/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was learnt of messages by opening them, for as long as the mailbox is open: never written.
 */
#include "mailbox-private.h"

struct opened {
	gboolean verified;
	gboolean inline_pgp;
	char *subject; /* NULL: as outside */
};

void mailbox_opened_free(void *opened)
{
	g_free(((struct opened *)opened)->subject);
	g_free(opened);
}

static struct opened *opened_of(struct mailbox *mb, guint32 lid)
{
	struct opened *opened = g_hash_table_lookup(mb->opened, GUINT_TO_POINTER(lid));

	if (!opened) {
		opened = g_new0(struct opened, 1);
		g_hash_table_insert(mb->opened, GUINT_TO_POINTER(lid), opened);
	}
	return opened;
}

void mailbox_set_opened(struct mailbox *mb, guint32 lid, gboolean verified, const char *subject)
{
	struct opened *opened = opened_of(mb, lid);

	opened->verified = verified;
	g_free(opened->subject);
	opened->subject = g_strdup(subject);
}

void mailbox_set_inline_pgp(struct mailbox *mb, guint32 lid)
{
	opened_of(mb, lid)->inline_pgp = TRUE;
}

gboolean mailbox_has_inline_pgp(const struct mailbox *mb, guint32 lid)
{
	const struct opened *opened = g_hash_table_lookup(mb->opened, GUINT_TO_POINTER(lid));

	return opened && opened->inline_pgp;
}

gboolean mailbox_is_verified(const struct mailbox *mb, guint32 lid)
{
	const struct opened *opened = g_hash_table_lookup(mb->opened, GUINT_TO_POINTER(lid));

	return opened && opened->verified;
}

const char *mailbox_opened_subject(const struct mailbox *mb, guint32 lid)
{
	const struct opened *opened = g_hash_table_lookup(mb->opened, GUINT_TO_POINTER(lid));

	return opened ? opened->subject : NULL;
}
