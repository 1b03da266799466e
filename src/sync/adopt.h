/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages that are here already though no record ties them to the server: files
 * named in a batch that was killed before its commit, Maildirs of mbsync, records
 * that lost their UIDs because UIDVALIDITY changed (P30). They are matched with the
 * server's new UIDs instead of being fetched again.
 */
#ifndef CUR_SYNC_ADOPT_H
#define CUR_SYNC_ADOPT_H

#include <glib.h>

#include "round.h"
#include "vocabulary.h"

/*
 * Take out of `fresh` (ascending guint32) those that turn out to be here. Orphans that match
 * nothing go when they are `gone`, else lose their ,U= and are new messages to the next scan (D57).
 * `anew`: fresh is all the server has, under new numbers; a few rows that match nothing are
 * appended again.
 */
gboolean adopt(struct round *r, const struct state_mailbox *mb, struct vocabulary *words,
	       const GPtrArray *orphans, gboolean anew, GArray *fresh, GError **error);

#endif
