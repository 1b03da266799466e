/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, which every user of the machine can read as long as the program runs. */
#ifndef CUR_BASE_ARGUMENTS_H
#define CUR_BASE_ARGUMENTS_H

#include <glib.h>

/*
 * Overwrite in argv, as main got it, what ends in one of `secrets` (NULL-terminated, or NULL): a
 * configuration command may hold a password. They must be copies.
 */
void arguments_hide(int argc, char *const argv[], const char *const *secrets);

#endif
