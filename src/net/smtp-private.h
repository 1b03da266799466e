/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A submission session, as its two halves see it. */
#ifndef CUR_NET_SMTP_PRIVATE_H
#define CUR_NET_SMTP_PRIVATE_H

#include "cur/net/smtp.h"

struct smtp {
	struct link *link;
	guint extensions;
	guint64 max_bytes;
	char *mechanisms; /* of AUTH, blank between */
	char *ehlo_name;
	guint data_silence_s;
	gboolean usable;
};

#endif
