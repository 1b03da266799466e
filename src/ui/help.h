/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help of a menu, made from the bindings as they are now. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "cur/ui/app.h"

void help_open(struct app *app, int menu);

#endif
