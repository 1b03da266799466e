/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two small things about keys: an unbound one, and waiting for any on a child's screen. */
#ifndef UI_TEXT_KEY_H
#define UI_TEXT_KEY_H

#include "cur/ui/app.h"

/* "Key is not bound.  Press '?' for help." with the key that help has. */
void text_key_unbound(struct app *app, int menu);
/* One byte of the terminal, while curses is away. */
void text_key_wait(void);

#endif
