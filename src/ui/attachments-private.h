/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What attachments.c (the list, and showing and saving what is in it), attachments-change.c (how
 * the message is read, and what is taken out of it) and attachments-answer.c share.
 */
#ifndef UI_ATTACHMENTS_PRIVATE_H
#define UI_ATTACHMENTS_PRIVATE_H

#include "cur/mail/message.h"
#include "cur/ui/functions.h"
#include "cur/ui/view.h"

struct attachments {
	struct message *message;
	guint32 lid;		 /* of the open mailbox */
	struct unsealed *opened; /* what its sealed parts hold, or NULL */
	GPtrArray *parts;	 /* struct part *: all, in order */
	GPtrArray *shown;	 /* struct part *, in order, without what is collapsed */
	GHashTable *tagged;	 /* struct part * */
	GHashTable *deleted;	 /* struct part *: taken out of the message when the menu is left */
	GHashTable *collapsed;	 /* struct part *: containers whose children are hidden */
};

/* The part under the cursor. */
struct part *attachments_current(struct view *view);
/* What a function acts on: the tagged parts after ';', else the current one. Yours. */
GPtrArray *attachments_targets(struct view *view);

extern const struct fn_handler attachments_change_handlers[];
extern const struct fn_handler attachments_answer_handlers[];

#endif
