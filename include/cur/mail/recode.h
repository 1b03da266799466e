/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished message in other transfer encodings, for a server that does not take it as it is. */
#ifndef CUR_MAIL_RECODE_H
#define CUR_MAIL_RECODE_H

#include <glib.h>

/*
 * The message with quoted-printable or base64 where a part has lines too long for mail (RFC 5322
 * 2.1.1) or, unless `allow_8bit`, 8-bit text, and with RFC 2047 words for raw 8-bit text in header
 * fields. All other bytes stay as they are, and so do signed and encrypted parts, whatever
 * they hold: whether 8-bit bytes are left, the caller must look. LF line ends. Yours.
 */
GBytes *message_recode(GBytes *message, gboolean allow_8bit);

#endif
