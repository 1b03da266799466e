/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that push share. */
#ifndef CUR_SYNC_PUSH_PRIVATE_H
#define CUR_SYNC_PUSH_PRIVATE_H

#include <glib.h>

#include "cur/imap/fetch.h"
#include "round.h"
#include "steps.h"

/* The steps are done, or void: a commit of its own. */
gboolean push_drop(struct round *r, const GPtrArray *steps, const char *point, GError **error);
/* The session lives and the server has answered: a no for this step, not for all. */
gboolean push_is_refusal(struct round *r, const GError *failed);

/* An imap_info_fn: the UID joins the struct seqset `there`. */
gboolean push_note_there(const struct imap_info *info, void *there, GError **error);

/* Of one mailbox, which is selected. */
gboolean push_flags(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		    GError **error);
gboolean push_expunge(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		      GError **error);

#endif
