/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user did is written down in the commit that does it, so that undo.c can take it
 * back: one act, whatever the number of its messages. The same object goes along when an act
 * is taken back; then the act is forgotten in the commit that does so.
 *
 *	kind    mailbox     target      words           items
 *	mark    its own     0           -               flags before and after
 *	tag     its own     0           names of letters   the same
 *	move    source      target      -               place before and after
 *	copy    source      target      -               place of the copy
 *	remove  its own     0           -               UID, flags, and the file in undo/
 *	create rename delete   its own   0   name before (create: its name)   -
 *
 * undo/ is a Maildir in the data folder with a second name of every file that was deleted for
 * good; it goes after a day.
 */
#ifndef CUR_SYNC_JOURNAL_H
#define CUR_SYNC_JOURNAL_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/maildir.h"
#include "cur/store/store.h"

#define ACT_MARK "mark"
#define ACT_TAG "tag"
#define ACT_MOVE "move"
#define ACT_COPY "copy"
#define ACT_REMOVE "remove"
#define ACT_CREATE "create"
#define ACT_RENAME "rename"
#define ACT_DELETE "delete"

struct journal;

/* An act is about to be done. `words` may be NULL. */
struct journal *journal_of(struct store *store, const char *kind, guint32 mailbox, guint32 target,
			   const char *words);
/* An act is about to be undone. */
struct journal *journal_undoing(struct store *store, guint64 act);
void journal_free(struct journal *j);
DEFINE_AUTO(journal, journal_free)

/* ---- within the change; j NULL: it is no act of the user's ---- */

void journal_words(struct journal *j, const char *words);
void journal_target(struct journal *j, guint32 mailbox);
void journal_marked(struct journal *j, const struct state_message *msg, mark_t became);
/* `msg` as it was; now it is, or its copy, in another place. */
void journal_placed(struct journal *j, const struct state_message *msg, guint32 mailbox,
		    guint32 lid);
/* Its file is to be deleted: a second name is kept first, when that can be had. */
void journal_removed(struct journal *j, struct maildir *md, const struct state_mailbox *mb,
		     const struct state_message *msg);
/* What is no matter of single messages. */
void journal_done(struct journal *j);
/* Before the commit. An act that did nothing is none. */
gboolean journal_write(struct journal *j, GError **error);

/* FALSE for NULL. */
gboolean journal_is_undoing(const struct journal *j);
/* How many messages were written, or taken back. */
guint journal_count(const struct journal *j);

/* The Maildir undo/, made when it is missing; NULL when that fails. Yours. */
struct maildir *journal_kept(struct store *store, GError **error);
/* Files there that are older than a day go. */
void journal_sweep(struct store *store);

#endif
