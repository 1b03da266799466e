/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stable radix sort of numbers by 64-bit keys; bytes that all keys share cost nothing. */
#ifndef MAIL_RADIX_H
#define MAIL_RADIX_H

#include <glib.h>

/* Order the n indices in `order` by key[index], or downwards by it; ties keep their order. */
void radix_sort(guint32 *order, guint32 n, const guint64 *key, gboolean reverse);

#endif
