/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of mailboxes beside the index and the pager. */
#ifndef UI_SIDEBAR_H
#define UI_SIDEBAR_H

#include "cur/ui/app.h"
#include "cur/ui/functions.h"

struct sidebar *sidebar_new(void);
void sidebar_free(struct sidebar *sidebar);

/* Take columns from `area` when the sidebar is shown. */
void sidebar_place(struct app *app, struct rect *area);
void sidebar_hide(struct app *app);
/*
 * Draw when something changed, or `all`. When only marks of the open mailbox did (deleted, tagged,
 * limited), its line alone.
 */
void sidebar_draw(struct app *app, struct paint *paint, gboolean all);
gboolean sidebar_dirty(const struct app *app);
/* The directory or a setting changed. */
void sidebar_changed(struct app *app);

/* sidebar-next and the like; sidebar-open opens what is highlighted. */
fn_run sidebar_function;

#endif
