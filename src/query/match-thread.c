/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ~(…), ~<(…) and ~>(…): whether some message of the thread, the parent or a child matches. What a
 * whole thread answered is remembered, so that asking all its messages stays linear.
 */
#include "match.h"

static gboolean match_other(const struct node *node, const struct pattern_subject *subject,
			    guint32 msg)
{
	const struct pattern_calls *calls = subject->calls;
	struct pattern_subject other = {0};

	if (!calls->subject || !calls->subject(msg, &other, subject->data))
		return FALSE;
	other.memo = subject->memo;
	return match_subject(node, &other);
}

struct pattern_memo {
	GHashTable *answers; /* struct memo_key to GINT_TO_POINTER(answer + 1) */
};

struct memo_key {
	const struct node *node;
	guint32 first;
};

static guint memo_hash(gconstpointer key)
{
	const struct memo_key *k = key;

	return g_direct_hash(k->node) ^ k->first * 2654435761u;
}

static gboolean memo_equal(gconstpointer a, gconstpointer b)
{
	const struct memo_key *left = a, *right = b;

	return left->node == right->node && left->first == right->first;
}

struct pattern_memo *pattern_memo_new(void)
{
	struct pattern_memo *memo = g_new(struct pattern_memo, 1);

	memo->answers = g_hash_table_new_full(memo_hash, memo_equal, g_free, NULL);
	return memo;
}

void pattern_memo_free(struct pattern_memo *memo)
{
	if (!memo)
		return;
	g_hash_table_unref(memo->answers);
	g_free(memo);
}

static gboolean search_thread(const struct node *node, const struct pattern_subject *subject,
			      guint32 first)
{
	guint32 msg = first;

	do {
		if (match_other(node, subject, msg))
			return TRUE;
	} while (subject->calls->thread_next &&
		 subject->calls->thread_next(first, msg, &msg, subject->data));
	return FALSE;
}

gboolean match_thread(const struct node *child, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;
	struct memo_key key = {.node = child};
	gpointer known;
	gboolean answer;

	if (!calls || !calls->thread_first ||
	    !calls->thread_first(subject->msg, &key.first, subject->data))
		return FALSE;
	known = subject->memo ? g_hash_table_lookup(subject->memo->answers, &key) : NULL;
	if (known)
		return GPOINTER_TO_INT(known) - 1;
	answer = search_thread(child, subject, key.first);
	if (subject->memo)
		g_hash_table_insert(subject->memo->answers, g_memdup2(&key, sizeof(key)),
				    GINT_TO_POINTER(answer + 1));
	return answer;
}

gboolean match_parent(const struct node *child, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;
	guint32 parent;

	return calls && calls->parent && calls->parent(subject->msg, &parent, subject->data) &&
	       match_other(child, subject, parent);
}

gboolean match_children(const struct node *child, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;
	guint32 msg;

	if (!calls || !calls->child_first || !calls->child_first(subject->msg, &msg, subject->data))
		return FALSE;
	do {
		if (match_other(child, subject, msg))
			return TRUE;
	} while (calls->child_next && calls->child_next(msg, &msg, subject->data));
	return FALSE;
}
