/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A compiled pattern as a tree: made by pattern.c, read by match.c. */
#ifndef QUERY_NODE_H
#define QUERY_NODE_H

#include <glib.h>

#include "cur/base/regex.h"
#include "cur/query/pattern.h"

enum node_kind {
	NODE_TEST,   /* one operator */
	NODE_AND,    /* all children */
	NODE_OR,     /* one of the children */
	NODE_THREAD, /* ~( ): some message of the thread matches the child */
	NODE_PARENT, /* ~<( ) */
	NODE_CHILD,  /* ~>( ) */
};

enum matcher_kind { MATCH_REGEX, MATCH_STRING, MATCH_GROUP };

/* Numbers and dates, both ends included. */
struct range {
	gint64 min, max;
};

struct node {
	enum node_kind kind;
	enum pattern_op op;
	enum pattern_cost cost; /* the dearest test below */
	gboolean negated;	/* ! */
	gboolean all_addresses; /* ^ */
	gboolean only_aliases;	/* @ */
	enum matcher_kind matcher;
	struct regex *regex; /* MATCH_REGEX, and MATCH_STRING with letters beyond ASCII */
	char *string;	     /* MATCH_STRING (lower case unless `exact`), name of MATCH_GROUP */
	gsize string_n;
	gboolean exact; /* case counts */
	struct range range;
	GPtrArray *children; /* struct node *, cheap ones first */
};

struct pattern {
	struct node *root;
	gboolean needs_threads;
	gboolean uses[PATTERN_N_OPS];
};

#endif
