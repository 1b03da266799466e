/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fn-edit.c does for others that change a message. */
#ifndef UI_FN_EDIT_H
#define UI_FN_EDIT_H

#include "cur/ui/app.h"

/* `bytes` (taken) come into the open mailbox beside a message, which is marked as deleted then. */
void fn_edit_replace(struct app *app, guint32 lid, GBytes *bytes);

#endif
