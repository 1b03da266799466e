/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open addressing. Ids come from strangers, so the slot depends on a number that
 * they cannot know: nobody can send mail that all falls into one slot.
 */
#include "thread-ids.h"

#include "cur/mail/thread.h"

struct id_slot {
	guint32 tag;
	guint32 node; /* THREAD_NONE: free */
};

static struct id_slot *slots_new(guint32 n)
{
	struct id_slot *slots = g_new(struct id_slot, n);

	for (guint32 i = 0; i < n; i++)
		slots[i] = (struct id_slot){0, THREAD_NONE};
	return slots;
}

void thread_ids_init(struct thread_ids *ids, const guint64 *id, guint32 n_messages,
		     const GArray *absent)
{
	guint32 size = 64;

	while (size / 2 < n_messages && size < 1u << 31)
		size *= 2;
	*ids = (struct thread_ids){
	    .slots = slots_new(size),
	    .mask = size - 1,
	    .seed = ((guint64)g_random_int() << 32 | g_random_int()) | 1,
	    .absent = absent,
	    .id = id,
	    .n_messages = n_messages,
	};
}

void thread_ids_clear(struct thread_ids *ids)
{
	g_free(ids->slots);
}

static guint64 mix(const struct thread_ids *ids, guint64 id)
{
	guint64 h = (id ^ id >> 32) * ids->seed;

	return h ^ h >> 29;
}

static guint64 id_of(const struct thread_ids *ids, guint32 node)
{
	return node < ids->n_messages ? ids->id[node]
				      : g_array_index(ids->absent, guint64, node - ids->n_messages);
}

/* The slot of an id with hash `h`, or the free one where it belongs. */
static struct id_slot *slot_of(const struct thread_ids *ids, guint64 id, guint64 h)
{
	guint32 tag = (guint32)(h >> 32);

	for (guint32 at = (guint32)h & ids->mask;; at = (at + 1) & ids->mask) {
		struct id_slot *slot = &ids->slots[at];

		if (slot->node == THREAD_NONE || (slot->tag == tag && id_of(ids, slot->node) == id))
			return slot;
	}
}

static void grow(struct thread_ids *ids)
{
	struct id_slot *old = ids->slots;
	guint32 old_size = ids->mask + 1;

	ids->slots = slots_new(old_size * 2);
	ids->mask = old_size * 2 - 1;
	for (guint32 i = 0; i < old_size; i++) {
		guint64 id = old[i].node == THREAD_NONE ? 0 : id_of(ids, old[i].node);

		if (old[i].node != THREAD_NONE)
			*slot_of(ids, id, mix(ids, id)) = old[i];
	}
	g_free(old);
}

guint32 thread_ids_enter(struct thread_ids *ids, guint64 id, guint32 node)
{
	guint64 h = mix(ids, id);
	struct id_slot *slot = slot_of(ids, id, h);

	if (slot->node != THREAD_NONE)
		return slot->node;
	*slot = (struct id_slot){(guint32)(h >> 32), node};
	if (++ids->n > ids->mask / 4 * 3)
		grow(ids);
	return node;
}

guint32 thread_ids_find(const struct thread_ids *ids, guint64 id)
{
	return slot_of(ids, id, mix(ids, id))->node;
}
