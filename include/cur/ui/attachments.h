/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a message as a menu. */
#ifndef CUR_UI_ATTACHMENTS_H
#define CUR_UI_ATTACHMENTS_H

struct app;

/* Parts of the index's current message. */
void attachments_open(struct app *app);

#endif
