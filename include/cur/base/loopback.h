/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where clear text may be spoken: between this machine and itself nobody listens. */
#ifndef CUR_BASE_LOOPBACK_H
#define CUR_BASE_LOOPBACK_H

#include <glib.h>

/* "localhost", "::1" and 127.0.0.0/8 as four numbers; no other name, whatever it begins with. */
gboolean host_is_loopback(const char *host);

#endif
