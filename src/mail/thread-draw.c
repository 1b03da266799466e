/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree left of a subject. A visible message stands below its nearest visible
 * ancestor; what lies between and is not shown takes a level of its own when it
 * branches, or when the variables want it told.
 */
#include "cur/mail/thread.h"

enum view_bit {
	IS_VISIBLE = 1 << 0,
	HAS_VISIBLE = 1 << 1,	/* itself or something below it is */
	HAS_SEVERAL = 1 << 2,	/* more than one child has */
	IS_LEVEL = 1 << 3,	/* its children stand one step further right */
	SIBLING_AFTER = 1 << 4, /* a later sibling has something visible */
	SIBLING_BEFORE = 1 << 5,
	HAS_CHILD = 1 << 6, /* some child has something visible */
};

struct thread_view {
	const struct thread_tree *tree;
	struct thread_drawing drawing;
	guint8 *bits; /* enum view_bit by node */
};

static gboolean is_absent(const struct thread_tree *tree, guint32 node)
{
	return (tree->links[node] & THREAD_ABSENT) != 0;
}

/* From the last node to the first: what is below, and who comes after among siblings. */
static void look_below(struct thread_view *view, const guint8 *visible)
{
	const struct thread_tree *tree = view->tree;

	for (guint32 at = tree->n_sequence; at-- > 0;) {
		guint32 node = tree->sequence[at];
		guint32 parent = tree->nodes[node].parent;
		guint8 *bits = &view->bits[node];

		if (!is_absent(tree, node) && (!visible || visible[node]))
			*bits |= IS_VISIBLE;
		if (*bits & (IS_VISIBLE | HAS_CHILD))
			*bits |= HAS_VISIBLE;
		if (parent == THREAD_NONE)
			continue;
		if (view->bits[parent] & HAS_CHILD)
			*bits |= SIBLING_AFTER;
		if (*bits & HAS_VISIBLE)
			view->bits[parent] |=
			    view->bits[parent] & HAS_CHILD ? HAS_SEVERAL : HAS_CHILD;
	}
}

/* A hidden or missing node is told as a level of its own, unless a variable hides it. */
static gboolean is_level(const struct thread_view *view, guint32 node)
{
	const struct thread_drawing *d = &view->drawing;
	guint32 parent = view->tree->nodes[node].parent;
	gboolean missing = is_absent(view->tree, node);
	/* Every node above is unseen, too: nothing of the thread is shown before this. */
	gboolean on_top = parent == THREAD_NONE || !(view->bits[parent] & (IS_VISIBLE | IS_LEVEL));

	if (view->bits[node] & (IS_VISIBLE | HAS_SEVERAL))
		return TRUE;
	if (missing ? d->hide_missing : d->hide_limited)
		return FALSE;
	return !(on_top && (missing ? d->hide_top_missing : d->hide_top_limited));
}

/* From the first node to the last: levels, and who came before among siblings. */
static void look_above(struct thread_view *view)
{
	const struct thread_tree *tree = view->tree;

	for (guint32 at = 0; at < tree->n_sequence; at++) {
		guint32 node = tree->sequence[at];
		gboolean seen = FALSE;

		if (is_level(view, node))
			view->bits[node] |= IS_LEVEL;
		for (guint32 child = tree->nodes[node].child; child != THREAD_NONE;
		     child = tree->nodes[child].next) {
			if (seen)
				view->bits[child] |= SIBLING_BEFORE;
			seen = seen || view->bits[child] & HAS_VISIBLE;
		}
	}
}

struct thread_view *thread_view_new(const struct thread_tree *tree, const guint8 *visible,
				    const struct thread_drawing *drawing)
{
	struct thread_view *view = g_new(struct thread_view, 1);

	*view = (struct thread_view){tree, *drawing, g_new0(guint8, tree->n_nodes)};
	look_below(view, visible);
	look_above(view);
	return view;
}

void thread_view_free(struct thread_view *view)
{
	if (!view)
		return;
	g_free(view->bits);
	g_free(view);
}

static guint32 depth_of(const struct thread_view *view, guint32 msg)
{
	guint32 depth = 0;

	for (guint32 node = view->tree->nodes[msg].parent; node != THREAD_NONE;
	     node = view->tree->nodes[node].parent)
		depth += (view->bits[node] & IS_LEVEL) != 0;
	return depth;
}

/* What the walk from a message to its top knows of the level it is in. */
struct level {
	gboolean in_arrow; /* this level still belongs to the arrow, not to the lines left of it */
	gboolean followed; /* something visible comes later on this level */
	gboolean by_subject;
	gboolean duplicate;
};

static enum thread_cell arrow_cell(const struct thread_view *view, const struct level *level,
				   guint32 parent, gboolean begins)
{
	const struct thread_drawing *d = &view->drawing;

	if (begins && level->followed)
		return CELL_LTEE;
	if (begins)
		return d->upside_down ? CELL_ULCORNER : CELL_LLCORNER;
	if (is_absent(view->tree, parent) && !d->hide_missing)
		return CELL_MISSING;
	if (!is_absent(view->tree, parent) && !d->hide_limited)
		return CELL_HIDDEN;
	return d->upside_down ? CELL_BTEE : CELL_TTEE;
}

static enum thread_cell stroke_cell(const struct level *level)
{
	return level->by_subject ? CELL_STAR : level->duplicate ? CELL_EQUALS : CELL_HLINE;
}

/*
 * The arrow begins at the level of `node` when the line above on the screen belongs
 * to its parent or to a sibling's thread; otherwise the parent is drawn with it.
 */
static gboolean arrow_begins(const struct thread_view *view, guint32 node, guint32 parent)
{
	return view->bits[parent] & IS_VISIBLE || view->bits[node] & SIBLING_BEFORE;
}

guint32 thread_cells(const struct thread_view *view, guint32 msg, guint8 *cells, guint32 max)
{
	const struct thread_tree *tree = view->tree;
	guint32 width = view->drawing.narrow_tree ? 1 : 2;
	guint32 depth = depth_of(view, msg);
	guint64 total = (guint64)depth * width + 1;
	struct level level = {.in_arrow = TRUE, .duplicate = tree->links[msg] & THREAD_DUPLICATE};

	if (depth == 0)
		return 0;
	if (total <= max)
		cells[total - 1] = CELL_ARROW;
	for (guint32 node = msg; depth > 0; node = tree->nodes[node].parent) {
		guint32 parent = tree->nodes[node].parent;
		guint64 at = (guint64)(depth - 1) * width;
		gboolean begins = arrow_begins(view, node, parent);
		guint8 cell[2];

		level.followed = level.followed || view->bits[node] & SIBLING_AFTER;
		level.by_subject = level.by_subject || tree->links[node] & THREAD_BY_SUBJECT;
		if (!(view->bits[parent] & IS_LEVEL))
			continue;
		if (level.in_arrow) {
			cell[0] = arrow_cell(view, &level, parent, begins);
			cell[1] = stroke_cell(&level);
		} else {
			cell[0] = level.followed ? CELL_VLINE : CELL_SPACE;
			cell[1] = CELL_SPACE;
		}
		for (guint32 i = 0; i < width; i++)
			if (at + i < max)
				cells[at + i] = cell[i];
		depth--;
		level = (struct level){.in_arrow = level.in_arrow && !begins,
				       .duplicate = tree->links[parent] & THREAD_DUPLICATE};
	}
	return (guint32)MIN(total, max);
}

static const struct {
	const char *utf8, *ascii;
} cell_texts[CELL_N] = {
    [CELL_SPACE] = {" ", " "},	[CELL_VLINE] = {"│", "|"},    [CELL_HLINE] = {"─", "-"},
    [CELL_LTEE] = {"├", "|"},	[CELL_LLCORNER] = {"└", "`"}, [CELL_ULCORNER] = {"┌", ","},
    [CELL_TTEE] = {"┬", "-"},	[CELL_BTEE] = {"┴", "-"},     [CELL_ARROW] = {">", ">"},
    [CELL_STAR] = {"*", "*"},	[CELL_EQUALS] = {"=", "="},   [CELL_MISSING] = {"?", "?"},
    [CELL_HIDDEN] = {"&", "&"},
};

/* The text of one cell. Static. */
static const char *thread_cell_text(enum thread_cell cell, gboolean ascii)
{
	return ascii ? cell_texts[cell].ascii : cell_texts[cell].utf8;
}

char *thread_tree_text(const struct thread_view *view, guint32 msg, guint32 max, gboolean ascii)
{
	g_autofree guint8 *cells = g_new(guint8, max + 1);
	guint32 n = thread_cells(view, msg, cells, max);
	GString *text = g_string_sized_new((gsize)n * 3 + 1);

	for (guint32 i = 0; i < n; i++)
		g_string_append(text, thread_cell_text(cells[i], ascii));
	return g_string_free(text, FALSE);
}
