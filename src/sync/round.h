/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of one round with a server share. It lives on one thread: see crew.h. */
#ifndef CUR_SYNC_ROUND_H
#define CUR_SYNC_ROUND_H

#include <glib.h>

#include "cur/conf/accounts.h"
#include "cur/conf/keep.h"
#include "cur/imap/mailbox.h"
#include "cur/imap/session.h"
#include "harvest.h"
#include "hub.h"

struct crew;

struct round {
	struct hub *hub;
	struct store *store;
	const struct account *account;
	const char *const *assumed; /* $assumed_charset or NULL */
	struct imap *imap;
	const GPtrArray *keep; /* conf/keep.h */
	struct waker *waker;
	struct texts *texts;	   /* what somebody waits for */
	struct forecast *forecast; /* NULL but in a dry run */
	struct crew *crew;	   /* who else works for the account, or NULL */
	gboolean is_hand;	   /* of it; steps and the user's wishes are the worker's */
	gboolean unsettled;	   /* a file was missed once: look again */
	gboolean unfinished;	   /* what was found here can be pushed after another look */
	GError **shortfall; /* the first thing that could not be done, though the rest went on */
};

/* Counts for the exit status and for whoever waits; the user was told. */
void round_fall_short(struct round *r, const GError *failed);

/* A copy of the mailbox's record, yours (g_free); NULL with GONE. */
struct state_mailbox *round_mailbox(struct round *r, guint32 number, GError **error);

/*
 * P33: a server that was set back gives out UIDs once more. TRUE: those known here mean what they
 * meant, in the mailbox as SELECT, sent after `mb` was read, has just shown it.
 */
gboolean round_uids_hold(const struct imap_selected *sel, const struct state_mailbox *mb);

/* Commit what was begun, or roll back when !ok; then step_point(point). */
gboolean round_commit(struct round *r, gboolean ok, const char *point, GError **error);

#endif
