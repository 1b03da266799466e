/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bounce: send a message again as it stands, with Resent- fields in front
 * (RFC 5322 3.6.6). Nothing below the new fields is changed but Bcc and the
 * traces that $bounce_delivered tells to drop.
 */
#ifndef CUR_MAIL_BOUNCE_H
#define CUR_MAIL_BOUNCE_H

#include <glib.h>

#include "cur/mail/build.h"

struct bounce_options {
	const char *from; /* Resent-From, header text */
	const char *to;	  /* Resent-To, header text */
	const char *hostname;
	gint64 now;		    /* Unix seconds; 0: the clock */
	gboolean keep_delivered_to; /* $bounce_delivered */
};

/* Fails as draft_build() does. `original` may have CRLF; the result has LF. */
gboolean bounce_build(GBytes *original, const struct bounce_options *options,
		      struct built_message *out, GError **error);

#endif
