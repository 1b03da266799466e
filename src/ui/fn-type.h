/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking for the type of a part. */
#ifndef UI_FN_TYPE_H
#define UI_FN_TYPE_H

#include "cur/mail/message.h"
#include "cur/ui/app.h"

/*
 * Ask what type a part of a message of the open mailbox is to be read as. `again` is called when it
 * was said and the view is still there: what was made of the message is old then.
 */
void fn_type_ask(struct view *view, guint32 lid, struct part *part,
		 void (*again)(struct view *view));

#endif
