/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menus about parts and people: attachments of a message, aliases, answers of $query_command.
 */
#ifndef CUR_UI_ATTACHMENTS_H
#define CUR_UI_ATTACHMENTS_H

struct app;

/* Parts of the index's current message. */
void attachments_open(struct app *app);

#endif
