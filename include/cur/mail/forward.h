/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a forwarded message contains: its text inline, or the whole as message/rfc822. */
#ifndef CUR_MAIL_FORWARD_H
#define CUR_MAIL_FORWARD_H

#include <glib.h>

#include "cur/mail/draft.h"

/* Rendered by the caller: $forward_attribution_intro and _trailer, $forward_quote's indent. */
struct forward_options {
	const char *intro;
	const char *trailer;
	const char *header;	   /* header block above the text; NULL: none */
	const char *indent_string; /* $forward_quote; NULL: not quoted */
};

/* Append the text of an inline forward to `out`. `text` is UTF-8 with LF. */
void forward_text(const char *text, gsize n, const struct forward_options *options, GString *out);

/* Attach the original message as it stands ($mime_forward). Takes a reference on `message`. */
void forward_attach(struct draft *draft, GBytes *message, const char *subject);

/* One attachment of the original, carried over by $forward_attachments. */
void forward_carry(struct draft *draft, GBytes *content, const char *type, const char *name,
		   const char *description);

#endif
