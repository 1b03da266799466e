/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A submission session, as its two halves see it. */
#ifndef CUR_NET_SMTP_PRIVATE_H
#define CUR_NET_SMTP_PRIVATE_H

#include "cur/net/smtp.h"

enum smtp_extension {
	SMTP_PIPELINING = 1 << 0,
	SMTP_8BITMIME = 1 << 1,
	SMTP_SMTPUTF8 = 1 << 2,
	SMTP_SIZE = 1 << 3,
	SMTP_STARTTLS = 1 << 4,
	SMTP_CHUNKING = 1 << 5,
	SMTP_DSN = 1 << 6,
};

struct smtp {
	struct link *link;
	guint extensions; /* enum smtp_extension */
	guint64 max_bytes;
	char *mechanisms; /* of AUTH, blank between */
	char *ehlo_name;
	guint data_silence_s;
	gboolean usable;
	gboolean closing;		    /* 421 was said: what follows is not heard any more */
	const struct smtp_message *offered; /* its envelope is said; borrowed */
	GQueue posted;			    /* of those not heard of yet: was RSET said first? */
};

#endif
