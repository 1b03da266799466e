/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is gone at a server and kept here: the engine's VANISHED as a question. */
#ifndef UI_VANISHED_H
#define UI_VANISHED_H

#include "cur/ui/app.h"

/* Ask, unless the same is being asked. `body` of WIRE_VANISHED. */
void vanished_told(struct app *app, GVariant *body);

#endif
