/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message without its attachments ($fcc_attach). */
#ifndef CUR_MAIL_TEXT_ALONE_H
#define CUR_MAIL_TEXT_ALONE_H

#include <glib.h>

/*
 * Of a multipart/mixed the first part under the message's header, byte for byte; any other
 * message (signed, encrypted, of one part) as it is. Yours.
 */
GBytes *message_text_alone(GBytes *message);

#endif
