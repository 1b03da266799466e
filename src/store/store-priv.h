/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store, for its own files. */
#ifndef STORE_STORE_PRIV_H
#define STORE_STORE_PRIV_H

#include "cur/base/file.h"
#include "cur/store/hcache-write.h"
#include "cur/store/store.h"

struct store {
	char *data_dir, *mail_dir, *outbox_dir, *index_dir;
	struct file_lock *lock;
	GMutex mutex; /* guards all below */
	struct state *state;
	struct hcache_writer *cache;
	store_changed_fn changed;
	void *changed_data;
	/* of the change that is being made */
	GHashTable *touched;  /* mailbox numbers */
	gboolean directory;   /* mailboxes came, went or were renamed */
	gboolean cache_begun; /* FALSE: the cache could not begin and falls behind */
};

/* A mailbox of state.db as the cache's directory shows it. Borrows from `mb`. */
struct hcache_mailbox store_directory_entry(const struct state_mailbox *mb);

/* What the record says of a message's text, in its row. */
void store_say_partial(const struct state_message *msg, struct row *row);

#endif
