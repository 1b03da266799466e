/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which threads are shown: siblings by one key, whole threads by another. */
#include "thread-order.h"

#include "radix.h"

static void reverse(guint32 *values, guint32 n)
{
	for (guint32 i = 0; i < n / 2; i++) {
		guint32 swap = values[i];

		values[i] = values[n - 1 - i];
		values[n - 1 - i] = swap;
	}
}

void thread_walk(struct thread_tree *tree, gboolean upside_down)
{
	tree->n_sequence = 0;
	tree->n_order = 0;
	for (guint32 top = tree->root; top != THREAD_NONE; top = tree->nodes[top].next)
		for (guint32 node = top; node != THREAD_NONE;
		     node = thread_next_in(tree, top, node)) {
			tree->top[node] = top;
			tree->sequence[tree->n_sequence++] = node;
			if (!(tree->links[node] & THREAD_ABSENT))
				tree->order[tree->n_order++] = node;
		}
	if (upside_down)
		reverse(tree->order, tree->n_order);
}

/*
 * The key each node counts with among its siblings. A node that is not here
 * counts as its first child; with `last` every node as the greatest below it.
 */
static guint64 *node_keys(const struct thread_tree *tree, const guint64 *key, gboolean last)
{
	guint64 *keys = g_new(guint64, tree->n_nodes);

	for (guint32 i = 0; i < tree->n_nodes; i++) {
		gboolean here = i < tree->n && !(tree->links[i] & THREAD_ABSENT);

		keys[i] = here ? (key ? key[i] : i) : (last ? 0 : G_MAXUINT64);
	}
	for (guint32 at = tree->n_sequence; at-- > 0;) {
		guint32 node = tree->sequence[at];
		guint32 parent = tree->nodes[node].parent;

		if (parent == THREAD_NONE)
			continue;
		if (last)
			keys[parent] = MAX(keys[parent], keys[node]);
		else if (tree->links[parent] & THREAD_ABSENT)
			keys[parent] = MIN(keys[parent], keys[node]);
	}
	return keys;
}

/* Sort the list that begins at *head. `room` holds n_nodes numbers. */
static void sort_list(struct thread_tree *tree, guint32 *head, const guint64 *keys,
		      gboolean backwards, guint32 *room)
{
	guint32 n = 0;

	if (*head == THREAD_NONE || tree->nodes[*head].next == THREAD_NONE)
		return;
	for (guint32 node = *head; node != THREAD_NONE; node = tree->nodes[node].next)
		room[n++] = node;
	radix_sort(room, n, keys, backwards);
	*head = room[0];
	for (guint32 i = 0; i < n; i++)
		tree->nodes[room[i]].next = i + 1 < n ? room[i + 1] : THREAD_NONE;
}

void thread_sort(struct thread_tree *tree, const struct thread_sorting *sorting)
{
	gboolean grouped = sorting->group_key != NULL;
	g_autofree guint64 *keys = node_keys(tree, sorting->key, sorting->last);
	g_autofree guint64 *group_keys =
	    grouped ? node_keys(tree, sorting->group_key, sorting->group_last) : NULL;
	g_autofree guint32 *room = g_new(guint32, tree->n_nodes);

	for (guint32 at = 0; at < tree->n_sequence; at++)
		sort_list(tree, &tree->nodes[tree->sequence[at]].child, keys, sorting->reverse,
			  room);
	sort_list(tree, &tree->root, grouped ? group_keys : keys,
		  grouped ? sorting->group_reverse : sorting->reverse, room);
	thread_walk(tree, sorting->upside_down);
}
