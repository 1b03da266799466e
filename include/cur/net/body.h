/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message file on its way to a server: CRLF line ends on the wire whatever the file has
 * (LF, CRLF, a bare CR), a line end after the last line, never a NUL.
 */
#ifndef CUR_NET_BODY_H
#define CUR_NET_BODY_H

#include <glib.h>

#include "cur/net/link.h"

/* What must be known of a message before it is offered. */
struct body_facts {
	guint64 wire_bytes;   /* with CRLF line ends, without stuffed dots */
	guint64 longest_line; /* bytes without its end; over 998 wants QP or base64 */
	gboolean has_8bit, has_8bit_header;
	gboolean has_nul; /* cannot be sent */
};
/* Read an open regular file from its start to its end. */
gboolean body_scan(int fd, struct body_facts *facts, GError **error);

enum body_dots { BODY_DOTS_AS_THEY_ARE, BODY_DOTS_STUFFED };
/* Send it, flushed to the last byte, without the final dot of SMTP. */
gboolean body_send(struct link *l, int fd, enum body_dots dots, GError **error);

#endif
