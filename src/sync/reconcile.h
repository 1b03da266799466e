/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What to do about one message, given three facts: what the server has, what
 * both sides had when they last agreed, what lies here. Pure: no I/O, no clock.
 */
#ifndef CUR_SYNC_RECONCILE_H
#define CUR_SYNC_RECONCILE_H

#include <glib.h>

#include "cur/mail/flags.h"

/* Set here alone, they are worth a copy of a message that is gone there (D47). */
#define RECONCILE_PRECIOUS ((guint32)(FLAG_FLAGGED | FLAG_DRAFT))

enum presence {
	ABSENT,	 /* proved to be gone */
	PRESENT, /* seen, with its flags */
	UNSURE,	 /* not asked, or missed once: no judgement */
};

struct sides {
	enum presence server;
	guint32 server_flags;
	gboolean agreed; /* a record with this UID exists */
	guint32 agreed_flags;
	enum presence local;
	guint32 local_flags;
};

/* Bits of plan.acts. Those of one plan are carried out in this order. */
enum act {
	ACT_FETCH = 1 << 0,	    /* bring the message here */
	ACT_ADOPT = 1 << 1,	    /* the file is here already: only record it */
	ACT_APPEND = 1 << 2,	    /* a message born here: give it to the server */
	ACT_SET_LOCAL = 1 << 3,	    /* rename the file to plan.flags */
	ACT_STORE = 1 << 4,	    /* STORE plan.add and plan.remove at the server */
	ACT_RESCUE = 1 << 5,	    /* expunged there, changed here: keep a copy aside (D47) */
	ACT_DELETE_LOCAL = 1 << 6,  /* expunged there: unlink the file */
	ACT_DELETE_SERVER = 1 << 7, /* deleted here: expunge this UID */
	ACT_FORGET = 1 << 8,	    /* gone on both sides: drop the record */
	ACT_AGREE = 1 << 9,	    /* record plan.flags as agreed, once the above is done */
};

struct plan {
	unsigned acts;
	guint32 flags;	     /* what both sides shall have */
	guint32 add, remove; /* what the server lacks and what it has too much */
};

/* Flags of both sides, merged against what they last agreed on (D46). */
guint32 reconcile_flags(guint32 server, guint32 agreed, guint32 local);

struct plan reconcile(const struct sides *s);

/* D06: so many gone at once is an accident (a mount, a script), not a wish. */
gboolean reconcile_is_massacre(guint n_gone, guint n_known);

/* The other way: a folder emptied at the server, or more than half of a big one gone at once. */
gboolean reconcile_is_emptied(guint n_gone, guint n_known);

#endif
