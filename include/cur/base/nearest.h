/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody who mistyped a name may have meant. */
#ifndef CUR_BASE_NEAREST_H
#define CUR_BASE_NEAREST_H

#include <glib.h>

/* " (did you mean 'x'?)" or "". Yours. */
char *nearest_hint(const char *name, const char *const *names);

#endif
