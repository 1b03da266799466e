/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in a file that NeoMutt alone knows. */
#ifndef CUR_CONF_MARKS_H
#define CUR_CONF_MARKS_H

#include <glib.h>

/*
 * The first of them, as "'finish' in line 3"; NULL when there is none. Nothing is run and nothing
 * expanded: commands, variables, functions, objects of colours as they stand there. Yours.
 */
char *marks_find(const char *bytes, gsize n);

#endif
