/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether two files are one message, told by more than a Message-ID: others may have the same by
 * mistake or malice, and a hash of it by chance.
 */
#ifndef CUR_SYNC_LIKENESS_H
#define CUR_SYNC_LIKENESS_H

#include <glib.h>

/*
 * TRUE when both have the same Message-ID and the same text. Fields that a server adds do not
 * count, nor does a text that is not here (mail/partial.h). FALSE when one cannot be read or has no
 * id.
 */
gboolean likeness(const char *path_a, const char *path_b);

#endif
