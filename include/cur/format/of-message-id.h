/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $message_id_format. */
#ifndef CUR_FORMAT_OF_MESSAGE_ID_H
#define CUR_FORMAT_OF_MESSAGE_ID_H

/*
 * A new Message-ID with its brackets (RFC 5322 3.6.4). It is unique whatever the format: one
 * without %z gets random characters at its left side; one that makes no id is not used. Yours.
 */
char *message_id_of_format(const char *format, const char *hostname);

#endif
