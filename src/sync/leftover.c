/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files whose messages are deleted already. */
#include "leftover.h"

#include <string.h>

#include "cur/store/maildir.h"
#include "steps.h"

/* Files that a waiting expunge names, and no row. */
static void sweep(struct store *store, const struct state_mailbox *mb, GHashTable *doomed)
{
	auto_ptr(maildir) md = maildir_open(mb->path, NULL);
	auto_ptr(maildir_scan) scan = md ? maildir_scan(md, NULL) : NULL;

	for (gsize i = 0; scan && i < maildir_scan_n(scan); i++) {
		const struct maildir_entry *e = maildir_scan_entry(scan, i);
		const char *base = g_hash_table_lookup(doomed, GUINT_TO_POINTER(e->uid));
		g_autofree struct state_message *msg = NULL;

		/* D57: the UID alone proves nothing. */
		if (!base || strcmp(base, e->base) != 0)
			continue;
		store_lock(store);
		msg = state_message_by_base(store_state(store), mb->number, e->base);
		store_unlock(store);
		if (!msg)
			maildir_remove(md, e->base, e->mark, NULL);
	}
}

static void look(struct store *store, const char *account, guint32 mailbox)
{
	g_autoptr(GHashTable) doomed = NULL;
	g_autofree struct state_mailbox *mb = NULL;

	store_lock(store);
	mb = state_mailbox(store_state(store), mailbox);
	if (mb)
		doomed = steps_doomed(store, account, mailbox, mb->uidvalidity);
	store_unlock(store);
	if (doomed)
		sweep(store, mb, doomed);
}

void leftover_remove(struct store *store, const char *account)
{
	g_autoptr(GPtrArray) steps = steps_load(store, account, 0, NULL);
	g_autoptr(GHashTable) mailboxes = g_hash_table_new(g_direct_hash, g_direct_equal);

	for (guint i = 0; steps && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (!strcmp(s->kind, STEP_EXPUNGE) &&
		    g_hash_table_add(mailboxes, GUINT_TO_POINTER(s->mailbox)))
			look(store, account, s->mailbox);
	}
}
