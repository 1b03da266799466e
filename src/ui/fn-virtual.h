/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What opening mailboxes and labelling share with the functions of virtual mailboxes. */
#ifndef UI_FN_VIRTUAL_H
#define UI_FN_VIRTUAL_H

#include "cur/ui/app.h"

/* A mailbox is about to be opened: note the query that vfolder-window-… go on with. */
void virtual_opening(struct app *app, const char *name);
/* Take messages out of sight; the cursor goes to what follows. */
void virtual_hide(struct app *app, const GArray *lids);

#endif
