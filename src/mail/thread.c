/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who answers whom. First every node gets at most one parent from the ids, then
 * circles are cut, then lone threads look for a parent by subject; only then are
 * the lists of children made. The order of things is thread-order.c.
 */
#include "cur/mail/thread.h"

#include "cur/mail/row.h"
#include "radix.h"
#include "thread-ids.h"
#include "thread-order.h"

/* What a threading needs until it is done. */
struct builder {
	const struct thread_source *source;
	struct thread_ids ids;
	GArray *absent; /* guint64 ids of the nodes from n on */
	GArray *parent; /* guint32 for each node */
	GByteArray *links;
	guint64 *references; /* room for one message's */
};

static guint flags_of(const struct thread_source *source, guint32 msg)
{
	return source->flags ? source->flags[msg] : 0;
}

static gboolean is_live(const struct thread_source *source, guint32 msg)
{
	return !(flags_of(source, msg) & THREAD_DEAD);
}

static guint32 *parent_of(struct builder *b, guint32 node)
{
	return &g_array_index(b->parent, guint32, node);
}

static void enter_messages(struct builder *b)
{
	const struct thread_source *source = b->source;

	g_array_set_size(b->parent, source->n);
	g_byte_array_set_size(b->links, source->n);
	for (guint32 i = 0; i < source->n; i++) {
		guint32 twin;

		*parent_of(b, i) = THREAD_NONE;
		b->links->data[i] = 0;
		if (!is_live(source, i)) {
			b->links->data[i] = THREAD_ABSENT;
			continue;
		}
		twin = source->id[i] ? thread_ids_enter(&b->ids, source->id[i], i) : i;
		if (twin == i || !source->duplicates)
			continue;
		b->links->data[i] = THREAD_DUPLICATE;
		*parent_of(b, i) = twin;
	}
}

/* The node of an id; *made tells that it had to be invented. */
static guint32 node_of_id(struct builder *b, guint64 id, gboolean *made)
{
	guint32 next = b->source->n + b->absent->len;
	guint32 none = THREAD_NONE;
	guint8 link = THREAD_ABSENT;
	guint32 node = thread_ids_find(&b->ids, id);

	*made = node == THREAD_NONE;
	if (!*made)
		return node;
	g_array_append_val(b->absent, id);
	g_array_append_val(b->parent, none);
	g_byte_array_append(b->links, &link, 1);
	return thread_ids_enter(&b->ids, id, next);
}

/* The parent is not here: hang it on what References tell of its own ancestors. */
static void place_absent(struct builder *b, guint32 msg, guint32 node)
{
	const struct thread_source *source = b->source;
	guint32 n = source->references
			? source->references(msg, b->references, REFERENCES_MAX, source->data)
			: 0;
	gboolean made = TRUE;

	n = MIN(n, REFERENCES_MAX);
	while (n > 0 && made) {
		guint64 id = b->references[--n];
		guint32 above;

		/* The parent itself ends the list, and some programs repeat ids. */
		if (!id || id == source->parent[msg] || id == source->id[msg])
			continue;
		above = node_of_id(b, id, &made);
		if (above == node)
			break;
		*parent_of(b, node) = above;
		node = above;
	}
}

static void find_parents(struct builder *b)
{
	const struct thread_source *source = b->source;

	for (guint32 i = 0; i < source->n; i++) {
		gboolean made;
		guint32 node;

		if (!source->parent[i] || source->parent[i] == source->id[i] ||
		    flags_of(source, i) & (THREAD_DEAD | THREAD_BROKEN))
			continue;
		if (*parent_of(b, i) != THREAD_NONE) /* a duplicate stays with its twin */
			continue;
		node = node_of_id(b, source->parent[i], &made);
		*parent_of(b, i) = node;
		if (made)
			place_absent(b, i, node);
	}
}

/* Is `node` a better top of a circle than `other`? A guess by subject is given up first. */
static gboolean is_better_top(struct builder *b, guint32 node, guint32 other)
{
	const struct thread_source *source = b->source;
	guint guessed = b->links->data[node] & THREAD_BY_SUBJECT;

	if (guessed != (b->links->data[other] & THREAD_BY_SUBJECT))
		return guessed != 0;
	if (node >= source->n || other >= source->n)
		return node < other;
	if (source->date && source->date[node] != source->date[other])
		return source->date[node] < source->date[other];
	return node < other;
}

/* The node of a circle that is shown as its top: the oldest message, then the first. */
static guint32 top_of_circle(struct builder *b, guint32 start)
{
	guint32 top = start;

	for (guint32 node = *parent_of(b, start); node != start; node = *parent_of(b, node))
		if (is_better_top(b, node, top))
			top = node;
	return top;
}

/* Every node has one parent, so a walk upwards ends at a top or runs into itself. */
static void cut_circles(struct builder *b)
{
	guint32 n = b->parent->len;
	g_autofree guint32 *walk = g_new0(guint32, n); /* number of the walk that came by */

	for (guint32 i = 0; i < n; i++) {
		guint32 node = i;

		if (*parent_of(b, i) == THREAD_NONE)
			continue;
		while (node != THREAD_NONE && !walk[node]) {
			walk[node] = i + 1;
			node = *parent_of(b, node);
		}
		if (node == THREAD_NONE || walk[node] != i + 1)
			continue;
		node = top_of_circle(b, node);
		*parent_of(b, node) = THREAD_NONE;
		b->links->data[node] &= (guint8) ~(THREAD_DUPLICATE | THREAD_BY_SUBJECT);
	}
}

/* top[] of every node, from the parents alone; each node is walked over twice at most. */
static guint32 *tops_of(struct builder *b)
{
	guint32 n = b->parent->len;
	guint32 *top = g_new(guint32, n);

	for (guint32 i = 0; i < n; i++)
		top[i] = THREAD_NONE;
	for (guint32 i = 0; i < n; i++) {
		guint32 node = i;
		guint32 found;

		while (top[node] == THREAD_NONE && *parent_of(b, node) != THREAD_NONE)
			node = *parent_of(b, node);
		found = top[node] == THREAD_NONE ? node : top[node];
		for (node = i; top[node] == THREAD_NONE; node = *parent_of(b, node)) {
			top[node] = found;
			if (node == found)
				break;
		}
	}
	return top;
}

/* ---- the subject fallback ---- */

/* The live message that speaks for a top: itself, or the first child of an absent one. */
static void find_speakers(struct builder *b, guint32 *speaker)
{
	const struct thread_source *source = b->source;

	for (guint32 i = 0; i < b->parent->len; i++)
		speaker[i] = THREAD_NONE;
	for (guint32 i = 0; i < source->n; i++) {
		guint32 parent = *parent_of(b, i);

		if (!is_live(source, i))
			continue;
		if (parent == THREAD_NONE)
			speaker[i] = i;
		else if (b->links->data[parent] & THREAD_ABSENT && speaker[parent] == THREAD_NONE)
			speaker[parent] = i;
	}
}

/* TRUE for a top that may be hung elsewhere because of its subject. */
static gboolean wants_subject(struct builder *b, guint32 top, guint32 speaker)
{
	const struct thread_source *source = b->source;

	return *parent_of(b, top) == THREAD_NONE && speaker != THREAD_NONE &&
	       source->subject[speaker] && !(b->links->data[speaker] & THREAD_DUPLICATE) &&
	       !(flags_of(source, speaker) & THREAD_BROKEN) &&
	       (!source->sort_re || flags_of(source, speaker) & THREAD_IS_REPLY);
}

/* A message can be the parent by subject only where that subject begins. */
static gboolean begins_subject(struct builder *b, guint32 msg)
{
	const struct thread_source *source = b->source;
	guint32 parent = *parent_of(b, msg);

	return is_live(source, msg) && source->subject[msg] &&
	       !(b->links->data[msg] & THREAD_DUPLICATE) &&
	       (parent == THREAD_NONE || parent >= source->n || !is_live(source, parent) ||
		source->subject[parent] != source->subject[msg]);
}

/* The messages whose subject a top is looking for, in the order of subject, date, number. */
static GArray *candidates(struct builder *b, GHashTable *wanted)
{
	const struct thread_source *source = b->source;
	GArray *found = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autofree guint64 *date = NULL;

	for (guint32 i = 0; i < source->n; i++)
		if (begins_subject(b, i) && g_hash_table_contains(wanted, &source->subject[i]))
			g_array_append_val(found, i);
	if (source->date) {
		date = g_new(guint64, source->n);
		for (guint32 i = 0; i < source->n; i++)
			date[i] = (guint64)source->date[i] ^ 1ull << 63;
		radix_sort((guint32 *)(void *)found->data, found->len, date, FALSE);
	}
	radix_sort((guint32 *)(void *)found->data, found->len, source->subject, FALSE);
	return found;
}

/*
 * Hang the tops among `found` on the latest earlier message of their subject that
 * is no such top itself; on the first of the subject when that one is their own.
 */
static void hang_by_subject(struct builder *b, const GArray *found, const guint32 *top,
			    const guint32 *speaker)
{
	const struct thread_source *source = b->source;
	guint32 first = THREAD_NONE, last = THREAD_NONE;

	for (guint i = 0; i < found->len; i++) {
		guint32 msg = g_array_index(found, guint32, i);
		guint32 own = top[msg];
		guint32 to;

		if (i == 0 ||
		    source->subject[msg] != source->subject[g_array_index(found, guint32, i - 1)])
			first = last = THREAD_NONE;
		to = last != THREAD_NONE && top[last] == own ? first : last;
		if (speaker[own] == msg && wants_subject(b, own, msg) && to != THREAD_NONE &&
		    top[to] != own) {
			*parent_of(b, own) = to;
			b->links->data[own] |= THREAD_BY_SUBJECT;
			continue;
		}
		first = first == THREAD_NONE ? msg : first;
		last = msg;
	}
}

static void thread_by_subject(struct builder *b)
{
	const struct thread_source *source = b->source;
	g_autoptr(GHashTable) wanted = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autofree guint32 *speaker = g_new(guint32, b->parent->len);
	g_autofree guint32 *top = NULL;
	g_autoptr(GArray) found = NULL;

	find_speakers(b, speaker);
	for (guint32 i = 0; i < b->parent->len; i++)
		if (wants_subject(b, i, speaker[i]))
			g_hash_table_add(wanted, (gpointer)&source->subject[speaker[i]]);
	if (g_hash_table_size(wanted) == 0)
		return;
	top = tops_of(b);
	found = candidates(b, wanted);
	hang_by_subject(b, found, top, speaker);
	/* Two threads may now hang on each other through members of different subjects. */
	cut_circles(b);
}

/* ---- the tree ---- */

static struct thread_tree *tree_of(struct builder *b)
{
	struct thread_tree *tree = g_new0(struct thread_tree, 1);

	tree->n = b->source->n;
	tree->n_nodes = b->parent->len;
	tree->nodes = g_new(struct thread_node, tree->n_nodes);
	for (guint32 i = 0; i < tree->n_nodes; i++)
		tree->nodes[i] = (struct thread_node){*parent_of(b, i), THREAD_NONE, THREAD_NONE};
	tree->links = g_byte_array_steal(b->links, NULL);
	tree->root = THREAD_NONE;
	/* Backwards, so that each list begins with its lowest number. */
	for (guint32 i = tree->n_nodes; i-- > 0;) {
		guint32 parent = tree->nodes[i].parent;
		guint32 *head = parent == THREAD_NONE ? &tree->root : &tree->nodes[parent].child;

		if (i < tree->n && tree->links[i] & THREAD_ABSENT)
			continue;
		tree->nodes[i].next = *head;
		*head = i;
	}
	tree->top = g_new(guint32, tree->n_nodes);
	tree->sequence = g_new(guint32, tree->n_nodes);
	tree->order = g_new(guint32, tree->n);
	thread_walk(tree, FALSE);
	return tree;
}

struct thread_tree *thread_build(const struct thread_source *source)
{
	g_autoptr(GArray) absent = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_autoptr(GArray) parent = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GByteArray) links = g_byte_array_new();
	g_autofree guint64 *references = g_new(guint64, REFERENCES_MAX);
	struct builder b = {source, {0}, absent, parent, links, references};
	struct thread_tree *tree;

	thread_ids_init(&b.ids, source->id, source->n, absent);
	enter_messages(&b);
	find_parents(&b);
	cut_circles(&b);
	if (source->subject)
		thread_by_subject(&b);
	tree = tree_of(&b);
	thread_ids_clear(&b.ids);
	return tree;
}

void thread_free(struct thread_tree *tree)
{
	if (!tree)
		return;
	g_free(tree->nodes);
	g_free(tree->links);
	g_free(tree->top);
	g_free(tree->sequence);
	g_free(tree->order);
	g_free(tree);
}

guint32 thread_next_in(const struct thread_tree *tree, guint32 top, guint32 node)
{
	if (tree->nodes[node].child != THREAD_NONE)
		return tree->nodes[node].child;
	while (node != top) {
		if (tree->nodes[node].next != THREAD_NONE)
			return tree->nodes[node].next;
		node = tree->nodes[node].parent;
	}
	return THREAD_NONE;
}

gboolean thread_is_unanswered(const struct thread_tree *tree, guint32 msg)
{
	for (guint32 node = thread_next_in(tree, msg, msg); node != THREAD_NONE;
	     node = thread_next_in(tree, msg, node))
		if (!(tree->links[node] & (THREAD_ABSENT | THREAD_DUPLICATE)))
			return FALSE;
	return TRUE;
}
