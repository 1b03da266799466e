/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user did, in words, as undo tells it. */
#ifndef CUR_MODEL_ACTS_H
#define CUR_MODEL_ACTS_H

#include <glib.h>

/*
 * "3 messages moved to =Archive", for an act as WIRE_ACT and WIRE_UNDONE name it, with the
 * mailbox as it is to be shown. Yours.
 */
char *act_words(const char *kind, const char *mailbox, guint n);

#endif
