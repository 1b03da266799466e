/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of messages that are here with their header alone (mail/partial.h): those that somebody
 * waits for, ahead of all else, and those that a message needs which went where no server can
 * bring its text (the step "text").
 */
#ifndef CUR_SYNC_TEXTS_H
#define CUR_SYNC_TEXTS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "steps.h"
#include "ticket.h"

struct round;

/* What is waited for; from every thread. */
struct texts;
struct texts *texts_new(void);
void texts_free(struct texts *texts);
/* `t` may be NULL; it is shared. */
void texts_want(struct texts *texts, guint32 mailbox, const guint32 *lids, gsize n,
		struct ticket *t);
/*
 * A search of the mailbox at its server, in the server's own words: done among the texts, as
 * somebody waits for it likewise. Lids are appended to `lids` (guint32), which is the worker's
 * until `t` is told.
 */
void texts_want_search(struct texts *texts, guint32 mailbox, const char *query, GArray *lids,
		       struct ticket *t);
gboolean texts_any(struct texts *texts);
/* Whoever waits is told; nothing waits any more. */
void texts_fail(struct texts *texts, const GError *error);

/* What is waited for of one mailbox: a set of GUINT_TO_POINTER(lid), yours. */
GHashTable *texts_wanted(struct texts *texts, guint32 mailbox);
/* Tell those who waited for nothing else than `tried` whether their texts are here now. */
void texts_settle(struct texts *texts, struct store *store, GHashTable *tried);

/*
 * Fetch what is waited for and say so. Leaves another mailbox selected, perhaps. FALSE when the
 * connection or the disk failed: then what waits was told.
 */
gboolean texts_bring(struct round *r, GError **error);

/*
 * The mailbox at whose server the text of a message is, its own or that it comes from: 0 when
 * nobody knows, or the text is here. Takes the store's lock.
 */
guint32 texts_source(struct store *store, guint32 mailbox, guint32 lid);

/* TRUE when one of them has no text. Takes the store's lock. */
gboolean texts_are_missing(struct store *store, guint32 mailbox, const guint32 *lids, gsize n);

/* Steps "text" of one mailbox, as push.c has them. */
gboolean texts_push(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		    GError **error);

#endif
