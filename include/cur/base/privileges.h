/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody else's rights: neither program is made to have them (C21). */
#ifndef CUR_BASE_PRIVILEGES_H
#define CUR_BASE_PRIVILEGES_H

#include <glib.h>

/* TRUE, said on standard error, when the program runs set-user-ID or with capabilities of its file.
 */
gboolean privileges_are_foreign(const char *program);

#endif
