/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of messages of the open mailbox. */
#ifndef UI_INDEX_H
#define UI_INDEX_H

#include "cur/format/of-index.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"

/* The bottom of the stack; app->index. */
struct view *index_open(struct app *app);

/* app->mailbox is another one: the cursor goes where mutt puts it. */
void index_reset(struct app *app);
/* Bring cursor and rows after mailbox_update(); for turn.c. */
void index_follow(struct app *app, const struct mailbox_change *change);
/* The message the cursor is on, 0: none. */
guint32 index_lid(const struct app *app);
/* Cursor to pos. */
void index_go(struct app *app, guint pos);
/* The number of shown messages changed by a limit or fold: stay with `lid`. */
void index_reshow(struct app *app, guint32 lid);

/* What a format asks of a message beyond its row: only that is looked up. */
void index_facts(struct mailbox *mb, guint pos, const struct expando *format,
		 struct index_subject *subject);

#endif
