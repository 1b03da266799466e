/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address fields for the cache: the usual forms by hand, the rest by address_parse(). */
#ifndef CUR_MAIL_SCAN_ADDRESS_H
#define CUR_MAIL_SCAN_ADDRESS_H

#include <glib.h>

/*
 * Append the addresses of a raw field to `out` as address_format_list() writes
 * them, after ", " when there are some already. Stops once `out` has max bytes.
 */
void scan_addresses(GString *out, const char *value, gsize n, gsize max);

#endif
