/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of messages by the words of $sort and $sort_aux. Every word is turned
 * into an array of 64-bit keys (bigger is later), so that sorting is one radix
 * sort whatever the word, and threads can sort by the same keys.
 */
#ifndef CUR_MAIL_SORT_H
#define CUR_MAIL_SORT_H

#include <glib.h>

#include "cur/mail/row.h"

enum sort_word {
	SORT_DATE, /* date-sent */
	SORT_DATE_RECEIVED,
	SORT_FROM,
	SORT_TO,
	SORT_SUBJECT,
	SORT_SIZE,
	SORT_SCORE,
	SORT_LABEL,
	SORT_SPAM,
	SORT_MAILBOX_ORDER, /* unsorted */
	SORT_THREADS,	    /* not a key: see mail/thread.h */
	SORT_AUX,	    /* $sort_thread_groups only: as $sort_aux */
	SORT_N_WORDS
};

/* Where keys come from. Callbacks that a word does not need may be NULL. */
struct sort_source {
	guint32 n;
	const struct row *(*row)(guint32 msg, void *data);
	/* Fill *env with borrowed strings, good until the next call. */
	void (*envelope)(guint32 msg, struct envelope *env, void *data);
	gint32 (*score)(guint32 msg, void *data);
	/* The subject without its reply prefix; borrowed from `subject`. NULL: as it stands. */
	const char *(*base_subject)(const char *subject, void *data);
	/* The spam tag of a message; borrowed until the next call. NULL: none has any. */
	const char *(*spam)(guint32 msg, void *data);
	void *data;
};

/* Keys of n messages by `word` (not THREADS, not AUX). Yours: g_free. O(n), strings O(n log n). */
guint64 *sort_keys(enum sort_word word, const struct sort_source *source);

/*
 * Order `order` (n message numbers, any subset) by `key`, then by `aux` (NULL:
 * keep the order given), both indexed by message number. Stable; `reverse` turns
 * a key around without turning ties.
 */
void sort_order(guint32 *order, guint32 n, const guint64 *key, gboolean reverse, const guint64 *aux,
		gboolean aux_reverse);

#endif
