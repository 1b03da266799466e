/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One attempt to submit a message, whichever way its text goes. */
#ifndef CUR_NET_SMTP_ATTEMPT_H
#define CUR_NET_SMTP_ATTEMPT_H

#include <glib.h>

#include "cur/net/body.h"
#include "smtp-private.h"

enum {
	SMTP_COMMAND_S = 60,
	SMTP_DATA_END_S = 600, /* RFC 5321 4.5.3.2.6 */
};

/* ---- smtp-check.c ---- */

/* USAGE: an address that cannot be said; REFUSED: the server has told that it cannot take it. */
gboolean smtp_check_message(struct smtp *s, const struct smtp_message *m, struct body_facts *facts,
			    GError **error);
gboolean smtp_has_ascii_addresses(const struct smtp_message *m);

/* ---- smtp-attempt.c ---- */

/* What is known of one attempt. */
struct attempt {
	struct smtp *smtp;
	const struct smtp_message *message;
	struct smtp_result *result;
	GPtrArray *refused;
	guint accepted;
	int worst; /* code of the worst refusal */
	char *worst_words;
	gboolean decided;      /* what else is said to this envelope follows from a refusal */
	gboolean data_is_open; /* the server waits for text */
};

/* Not flushed. */
gboolean smtp_say_mail(struct smtp *s, const struct smtp_message *m, const struct body_facts *f,
		       GError **error);
gboolean smtp_say_recipient(struct smtp *s, const struct smtp_message *m, const char *to,
			    GError **error);
/* MAIL and RCPT. */
gboolean smtp_say_recipients(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error);

/* FALSE: no reply. A refusal is noted. */
gboolean attempt_hear(struct attempt *t, int class, gboolean *ok, GError **error);
gboolean attempt_hear_recipient(struct attempt *t, const char *to, GError **error);

/* FALSE with what was noted. */
gboolean attempt_refusal(struct attempt *t, GError **error);
/* FALSE with UNKNOWN: nobody knows whether it was taken. */
gboolean attempt_lost(struct smtp *s, const GError *cause, GError **error);
/* The result gets the recipients that were refused. */
void attempt_end(struct attempt *t, gboolean ok);

#endif
