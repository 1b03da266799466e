/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads from ids alone: which message answers which, in what order they are
 * shown, and the glyphs of the tree. No string is touched but by the callback
 * that reads References of a message whose parent is not in the mailbox.
 *
 * Nodes 0..n-1 are the messages of the source, in its numbering (a caller uses
 * its row_ids); nodes n..n_nodes-1 stand for messages that are referred to but
 * not here. Linear but for sorting siblings; no recursion at any depth.
 */
#ifndef CUR_MAIL_THREAD_H
#define CUR_MAIL_THREAD_H

#include <glib.h>

#include "cur/base/auto.h"

#define THREAD_NONE G_MAXUINT32

/* What the caller knows of a message beyond its ids. */
enum thread_flag {
	THREAD_DEAD = 1 << 0,	  /* not a message: leave it out */
	THREAD_IS_REPLY = 1 << 1, /* the subject begins with $reply_regexp */
	THREAD_BROKEN = 1 << 2,	  /* the user cut it off: no parent whatever the headers say */
};

/* All arrays have n elements and stay the caller's. */
struct thread_source {
	guint32 n;
	const guint64 *id;     /* row.id_hash; equal ids are duplicates */
	const guint64 *parent; /* row.parent_hash; 0: none */
	/*
	 * Hash of the subject without reply prefixes, 0 for an empty one. NULL turns
	 * the subject fallback off ($strict_threads).
	 */
	const guint64 *subject;
	const gint64 *date;  /* date_sent ($thread_received: date_received); may be NULL */
	const guint8 *flags; /* enum thread_flag; NULL: all 0 */
	gboolean sort_re;    /* $sort_re: only THREAD_IS_REPLY ones fall back to the subject */
	gboolean duplicates; /* $duplicate_threads: hang a duplicate under its twin */
	/*
	 * Write up to `max` hashes of the References of `msg`, oldest first, and
	 * return their number. Asked only for messages whose parent is not here.
	 * NULL: none.
	 */
	guint32 (*references)(guint32 msg, guint64 *out, guint32 max, void *data);
	void *data;
};

/* A node; THREAD_NONE where there is nothing. */
struct thread_node {
	guint32 parent;
	guint32 child; /* first, in shown order once sorted */
	guint32 next;  /* sibling; for a root, the next root */
};

/* How a node hangs on its parent. */
enum thread_link {
	THREAD_BY_SUBJECT = 1 << 0, /* joined by subject only (pattern ~#, glyph *) */
	THREAD_DUPLICATE = 1 << 1,  /* same Message-ID as its parent (pattern ~=, glyph =) */
	THREAD_ABSENT = 1 << 2,	    /* a node for a message that is not here, or is dead */
};

/* Read freely, change through the functions. */
struct thread_tree {
	guint32 n;		   /* as in the source */
	guint32 n_nodes;	   /* with the absent ones */
	guint32 root;		   /* first root */
	struct thread_node *nodes; /* n_nodes */
	guint8 *links;		   /* enum thread_link, n_nodes */
	guint32 *top;		   /* the root above each node */
	guint32 *sequence;	   /* all nodes, parents first; siblings in their order */
	guint32 n_sequence;	   /* dead messages are not in it */
	guint32 *order;		   /* live messages in shown order, once sorted */
	guint32 n_order;
};

/* The tree in the order of the messages, O(n log n); thread_sort() gives another. Yours. */
struct thread_tree *thread_build(const struct thread_source *source);
void thread_free(struct thread_tree *tree);
DEFINE_AUTO(thread_tree, thread_free)

/*
 * Order of siblings ($sort_aux) and of whole threads ($sort_thread_groups). A key
 * per message, bigger is later: sort_keys() makes them. Ties keep the numbering.
 */
struct thread_sorting {
	const guint64 *key;	  /* siblings; NULL: by number */
	gboolean last;		  /* "last-": a thread counts as its greatest key */
	gboolean reverse;	  /* "reverse-" */
	const guint64 *group_key; /* threads; NULL: as siblings with the three above */
	gboolean group_last;
	gboolean group_reverse;
	gboolean upside_down; /* $sort=reverse-threads: the whole order backwards */
};
void thread_sort(struct thread_tree *tree, const struct thread_sorting *sorting);

/* Next node of the subtree of `top` in tree order (parents first), beginning with `top`. */
guint32 thread_next_in(const struct thread_tree *tree, guint32 top, guint32 node);
/* TRUE when no live message answers `msg` (pattern ~$). */
gboolean thread_is_unanswered(const struct thread_tree *tree, guint32 msg);

/* Cells of the tree: one column each. The order is that of thread_glyphs. */
enum thread_cell {
	CELL_SPACE,
	CELL_VLINE,
	CELL_HLINE,
	CELL_LTEE,     /* a sibling follows */
	CELL_LLCORNER, /* the last sibling */
	CELL_ULCORNER, /* the same, upside down */
	CELL_TTEE,     /* below an absent or hidden one that is not told */
	CELL_BTEE,
	CELL_ARROW,
	CELL_STAR,    /* joined by subject */
	CELL_EQUALS,  /* duplicate */
	CELL_MISSING, /* parent is not here */
	CELL_HIDDEN,  /* parent is hidden by the limit */
	CELL_N
};

/* Variables of the same names. */
struct thread_drawing {
	gboolean narrow_tree;
	gboolean hide_missing;
	gboolean hide_limited;
	gboolean hide_top_missing;
	gboolean hide_top_limited;
	gboolean upside_down; /* as in struct thread_sorting */
};

/* What is visible: made once per limit or fold, linear. */
struct thread_view;
struct thread_view *thread_view_new(const struct thread_tree *tree, const guint8 *visible,
				    const struct thread_drawing *drawing);
void thread_view_free(struct thread_view *view);
DEFINE_AUTO(thread_view, thread_view_free)

/*
 * The tree cells left of the subject of `msg`, at most `max` of them (a thread
 * can be 50,000 deep). Returns their number; 0 for the top of a thread.
 */
guint32 thread_cells(const struct thread_view *view, guint32 msg, guint8 *cells, guint32 max);
/* The same as text: UTF-8 line drawing, or plain ASCII with $ascii_chars. Yours. */
char *thread_tree_text(const struct thread_view *view, guint32 msg, guint32 max, gboolean ascii);

#endif
