/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pattern's nodes asked of one message (match.c) and of its thread (match-thread.c). */
#ifndef QUERY_MATCH_H
#define QUERY_MATCH_H

#include "node.h"

gboolean match_subject(const struct node *node, const struct pattern_subject *subject);

/* Does `child` match any message of the thread, the parent, any of the children? */
gboolean match_thread(const struct node *child, const struct pattern_subject *subject);
gboolean match_parent(const struct node *child, const struct pattern_subject *subject);
gboolean match_children(const struct node *child, const struct pattern_subject *subject);

#endif
