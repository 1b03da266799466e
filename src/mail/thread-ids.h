/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids to nodes: the hash table of one threading. */
#ifndef MAIL_THREAD_IDS_H
#define MAIL_THREAD_IDS_H

#include <glib.h>

/* Slots hold part of the id and the node; the whole id is compared by the caller's array. */
struct thread_ids {
	struct id_slot *slots;
	guint32 mask;
	guint32 n;
	guint64 seed;
	const GArray *absent; /* guint64: ids of the nodes from n_messages on */
	const guint64 *id;    /* of the messages */
	guint32 n_messages;
};

void thread_ids_init(struct thread_ids *ids, const guint64 *id, guint32 n_messages,
		     const GArray *absent);
void thread_ids_clear(struct thread_ids *ids);

/* The node of an id; when there is none, `node` is entered for it and returned. */
guint32 thread_ids_enter(struct thread_ids *ids, guint64 id, guint32 node);
/* The node of an id, THREAD_NONE when there is none. */
guint32 thread_ids_find(const struct thread_ids *ids, guint64 id);

#endif
