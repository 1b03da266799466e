/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen.c and paint.c, the two files that know curses, share; colors.c fills the looks. */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <glib.h>

#include "cur/ui/paint.h"

/* Colour numbers of the terminal, -1 its default; attributes of conf/colors.h. */
struct terminal_look {
	int fg, bg;
	unsigned attributes;
};

struct paint {
	gboolean on;	     /* curses runs; else painting does nothing */
	gboolean unicode;    /* the locale is UTF-8; else what is not ASCII becomes '?' */
	int n_colors;	     /* 0: none */
	GArray *looks;	     /* struct terminal_look by style */
	GHashTable *rules;   /* struct color_rule * -> style + 1 */
	GHashTable *palette; /* two colours -> style + 1 */
};

#endif
