/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231). */
#ifndef CUR_MAIL_PARAMS_H
#define CUR_MAIL_PARAMS_H

#include <glib.h>

/*
 * Parameter `name` (lower case) of a raw value, decoded: RFC 2231 pieces and
 * charsets, RFC 2047 words where people put them. NULL when absent. Yours.
 */
char *params_get(const char *value, gsize n, const char *name);

#endif
