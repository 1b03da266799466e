/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header fields of a message to send: encoded (RFC 2047, 2231), folded (RFC 5322 2.2.3), LF. */
#ifndef MAIL_HEADER_WRITE_H
#define MAIL_HEADER_WRITE_H

#include <glib.h>

/* "Name: value" folded at blanks; the value is ready (ids, encoded addresses). "" writes nothing.
 */
void header_write(GString *out, const char *name, const char *value);
/* Text of a person: encoded when it is not ASCII, line breaks made blanks. */
void header_write_text(GString *out, const char *name, const char *value);
/* "; name=value" of a MIME header, quoted, or by RFC 2231 when it is not plain. */
void header_append_param(GString *out, const char *name, const char *value);

#endif
