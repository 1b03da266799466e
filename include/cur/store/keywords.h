/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which names the keyword letters of a mailbox have. state.db says it; dovecot-keywords in the
 * Maildir tells other programs, in Dovecot's form (lines of number and name, 0 is letter a).
 *
 * A name is durable in state.db before a file gets its letter, so that a letter never means
 * another name than it was given for. These take the store's lock themselves.
 */
#ifndef CUR_STORE_KEYWORDS_H
#define CUR_STORE_KEYWORDS_H

#include <glib.h>

#include "cur/mail/keywords.h"
#include "cur/store/store.h"

/* As they are now; yours. */
struct keywords *store_keywords(struct store *store, guint32 mailbox);

/*
 * Give letters to names (blank between) that have none. *bits is those of all that have one
 * then; *left_out (may be NULL) says whether some have not, because all letters are taken. What
 * the file names first is taken over, as store_share_keywords() does.
 */
gboolean store_learn_keywords(struct store *store, guint32 mailbox, const char *names, mark_t *bits,
			      gboolean *left_out, GError **error);

/*
 * Make state.db and dovecot-keywords say the same. What the file names and we do not is taken
 * over. Where they differ the file is right in a local Maildir, which other programs serve, and
 * state.db in one of ours, where the file is written anew.
 */
gboolean store_share_keywords(struct store *store, guint32 mailbox, GError **error);

/*
 * Letters of files that have no name in this mailbox, nor in its dovecot-keywords: they mean what
 * they mean in the others of its account, from which such a file was moved.
 */
gboolean store_guess_keywords(struct store *store, guint32 mailbox, mark_t bits, GError **error);

/*
 * Take names from letters that no message has, when all letters are taken. Only for the thread
 * that syncs the mailbox, while it holds no bits that it has not recorded.
 */
gboolean store_free_keywords(struct store *store, guint32 mailbox, GError **error);

#endif
