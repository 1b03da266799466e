/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by thread.c and thread-order.c: lists of children into sequences. */
#ifndef MAIL_THREAD_ORDER_H
#define MAIL_THREAD_ORDER_H

#include "cur/mail/thread.h"

/* Fill top, sequence and order from the lists as they stand. */
void thread_walk(struct thread_tree *tree, gboolean upside_down);

#endif
