/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads as a view asks for them: their extent, steps from one to the next,
 * folds, and what the user linked or broke.
 */
#include "cur/mail/flags.h"
#include "mailbox-private.h"

gboolean mailbox_threaded(const struct mailbox *mb)
{
	return mb->threads.tree != NULL;
}

GArray *mailbox_scope(struct mailbox *mb, guint pos, enum mailbox_scope scope)
{
	GArray *lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct threads *t = &mb->threads;
	guint32 row = mb->shown[pos], start;

	if (!t->tree || scope == SCOPE_MESSAGE) {
		g_array_append_val(lids, mb->lid[row]);
		return lids;
	}
	start = scope == SCOPE_THREAD ? t->tree->top[row] : row;
	for (guint32 node = start; node != THREAD_NONE; node = thread_next_in(t->tree, start, node))
		if (node < mb->n_rows && !(mb->state[node] & STATE_DEAD) &&
		    mailbox_is_inside(mb, node))
			g_array_append_val(lids, mb->lid[node]);
	return lids;
}

/* ---- steps --------------------------------------------------------------------------------- */

static guint32 sibling(const struct thread_tree *tree, guint32 node, gboolean after)
{
	guint32 parent = tree->nodes[node].parent, at;

	if (after)
		return tree->nodes[node].next;
	at = parent == THREAD_NONE ? tree->root : tree->nodes[parent].child;
	if (at == node)
		return THREAD_NONE;
	while (tree->nodes[at].next != node)
		at = tree->nodes[at].next;
	return at;
}

/* The first message of a subtree that has a line. */
static gboolean first_shown(const struct mailbox *mb, guint32 top, guint32 *to)
{
	const struct thread_tree *tree = mb->threads.tree;

	for (guint32 node = top; node != THREAD_NONE; node = thread_next_in(tree, top, node))
		if (node < mb->n_rows && mb->pos[node] != G_MAXUINT32) {
			*to = mb->pos[node];
			return TRUE;
		}
	return FALSE;
}

/* As mutt: to the sibling; who has none goes by the nearest one above that has. */
static gboolean step_subthread(const struct mailbox *mb, guint32 node, gboolean after, guint *to)
{
	const struct thread_tree *tree = mb->threads.tree;
	guint32 other;

	do {
		while ((other = sibling(tree, node, after)) == THREAD_NONE &&
		       tree->nodes[node].parent != THREAD_NONE)
			node = tree->nodes[node].parent;
		node = other;
	} while (other != THREAD_NONE && !first_shown(mb, other, to));
	return other != THREAD_NONE;
}

gboolean mailbox_step_thread(const struct mailbox *mb, guint pos, enum mailbox_scope scope,
			     gboolean forward, guint *to)
{
	const struct threads *t = &mb->threads;
	guint32 row = mb->shown[pos], top = t->tree->top[row], i;
	gint64 step = forward ? 1 : -1;
	gint64 at = pos;

	if (scope == SCOPE_SUBTHREAD)
		return step_subthread(mb, row, forward != t->upside_down, to);
	while (at >= 0 && at < (gint64)mb->n_shown && t->tree->top[mb->shown[at]] == top)
		at += step;
	if (at < 0 || at >= (gint64)mb->n_shown)
		return FALSE;
	/* Going back, stop at the first line of what was reached. */
	for (i = at;
	     !forward && i > 0 && t->tree->top[mb->shown[i - 1]] == t->tree->top[mb->shown[at]];)
		i--;
	*to = i;
	return TRUE;
}

gboolean mailbox_parent(const struct mailbox *mb, guint pos, guint *to)
{
	guint32 row = mb->shown[pos];
	const struct thread_tree *tree = mb->threads.tree;

	row = tree ? tree->nodes[row].parent : THREAD_NONE;
	if (row == THREAD_NONE || row >= mb->n_rows || mb->pos[row] == G_MAXUINT32)
		return FALSE;
	*to = mb->pos[row];
	return TRUE;
}

gboolean mailbox_root(const struct mailbox *mb, guint pos, guint *to)
{
	guint32 row = mb->threads.tree ? mb->threads.tree->top[mb->shown[pos]] : THREAD_NONE;

	if (row >= mb->n_rows || mb->pos[row] == G_MAXUINT32 || mb->pos[row] == pos)
		return FALSE;
	*to = mb->pos[row];
	return TRUE;
}

/* ---- folds ------------------------------------------------------------------------------------
 */

/* $collapse_unread and $collapse_flagged: some threads are not to be folded. */
static gboolean may_fold(const struct mailbox *mb, guint32 top)
{
	const struct settings *s = conf_settings(mb->source.conf);
	const struct thread_tree *tree = mb->threads.tree;

	if (s->collapse_unread && s->collapse_flagged)
		return TRUE;
	for (guint32 node = top; node != THREAD_NONE; node = thread_next_in(tree, top, node)) {
		mark_t mark;

		if (node >= mb->n_rows || mb->state[node] & STATE_DEAD)
			continue;
		mark = mailbox_mark_at(mb, node);
		if ((!s->collapse_unread && !(mark & FLAG_SEEN)) ||
		    (!s->collapse_flagged && mark & FLAG_FLAGGED))
			return FALSE;
	}
	return TRUE;
}

static void set_fold(struct mailbox *mb, guint32 top, gboolean folded)
{
	const struct thread_tree *tree = mb->threads.tree;

	for (guint32 node = top; node != THREAD_NONE; node = thread_next_in(tree, top, node)) {
		if (node >= mb->n_rows)
			continue;
		if (folded)
			mb->state[node] |= STATE_FOLDED;
		else
			mb->state[node] &= ~STATE_FOLDED;
	}
}

gboolean mailbox_fold(struct mailbox *mb, guint pos, enum mailbox_fold how)
{
	guint32 row = mb->shown[pos];
	gboolean folded = (mb->state[row] & STATE_FOLDED) != 0;
	gboolean wanted = how == FOLD_TOGGLE ? !folded : how == FOLD_CLOSE;

	if (!mb->threads.tree || (wanted && !may_fold(mb, mb->threads.tree->top[row])))
		return FALSE;
	set_fold(mb, mb->threads.tree->top[row], wanted);
	mailbox_show(mb);
	return TRUE;
}

/* Toggling opens all when one is folded. */
void mailbox_fold_all(struct mailbox *mb, enum mailbox_fold how)
{
	const struct thread_tree *tree = mb->threads.tree;
	gboolean close = how == FOLD_CLOSE;

	if (!tree)
		return;
	if (how == FOLD_TOGGLE) {
		close = TRUE;
		for (guint32 i = 0; i < mb->n_live && close; i++)
			close = !(mb->state[mb->all[i]] & STATE_FOLDED);
	}
	for (guint32 top = tree->root; top != THREAD_NONE; top = tree->nodes[top].next)
		set_fold(mb, top, close && may_fold(mb, top));
	mailbox_show(mb);
}

static gboolean is_folded(const struct mailbox *mb, guint pos)
{
	return mb->threads.tree && (mb->state[mb->shown[pos]] & STATE_FOLDED) != 0;
}

guint mailbox_hidden(const struct mailbox *mb, guint pos)
{
	return is_folded(mb, pos) ? mailbox_thread_size(mb, pos) - 1 : 0;
}

guint mailbox_thread_size(const struct mailbox *mb, guint pos)
{
	return mb->threads.tree ? mb->threads.inside[mb->threads.tree->top[mb->shown[pos]]] : 1;
}

guint mailbox_thread_place(const struct mailbox *mb, guint pos)
{
	const guint32 *top = mb->threads.tree ? mb->threads.tree->top : NULL;
	guint first = pos;

	while (top && first && top[mb->shown[first - 1]] == top[mb->shown[pos]])
		first--;
	return pos - first + 1;
}

char *mailbox_tree(const struct mailbox *mb, guint pos, gboolean ascii)
{
	enum { DEEPEST = 512 };

	if (!mb->threads.view)
		return g_strdup("");
	return thread_tree_text(mb->threads.view, mb->shown[pos], DEEPEST, ascii);
}

void mailbox_break_thread(struct mailbox *mb, guint pos)
{
	mb->state[mb->shown[pos]] |= STATE_BROKEN;
	g_hash_table_remove(mb->links, GUINT_TO_POINTER(mailbox_lid(mb, pos)));
	mb->stale = TRUE;
}

void mailbox_link_threads(struct mailbox *mb, const GArray *children, guint parent_pos)
{
	guint32 parent = mailbox_lid(mb, parent_pos), row;

	for (guint i = 0; i < children->len; i++) {
		guint32 child = g_array_index(children, guint32, i);

		if (child == parent || !mailbox_row_of(mb, child, &row))
			continue;
		mb->state[row] &= ~STATE_BROKEN;
		g_hash_table_insert(mb->links, GUINT_TO_POINTER(child), GUINT_TO_POINTER(parent));
	}
	mb->stale = TRUE;
}
