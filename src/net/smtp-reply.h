/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies of an SMTP server (RFC 5321 4.2): three digits, one line or several. */
#ifndef CUR_NET_SMTP_REPLY_H
#define CUR_NET_SMTP_REPLY_H

#include <glib.h>

#include "cur/net/link.h"

struct smtp_reply {
	const struct link *link; /* that it came over; borrowed */
	int code;		 /* 200..599 */
	GString *text; /* the lines without their code, LF between; cut at SMTP_REPLY_TEXT_MAX */
};

enum { SMTP_REPLY_LINES_MAX = 1000, SMTP_REPLY_TEXT_MAX = 64 * 1024 };

void smtp_reply_init(struct smtp_reply *r);
void smtp_reply_clear(struct smtp_reply *r);

/* The next reply. Anything that is none: PROTOCOL. */
gboolean smtp_reply_read(struct link *l, struct smtp_reply *r, GError **error);

/* What the server said, safe to show. Yours. */
char *smtp_reply_words(const struct smtp_reply *r);

/*
 * Set *error from a refusal, "what: 550 words", and return FALSE: RETRY for 4xx, REFUSED
 * for 5xx, PROTOCOL for a code that makes no sense here.
 */
gboolean smtp_reply_error(const struct smtp_reply *r, const char *what, GError **error);

#endif
