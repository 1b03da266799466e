/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Submission (RFC 5321, 6409): one session, any number of messages. MAIL, RCPT and DATA go
 * in one write where PIPELINING is offered (RFC 2920), and with the end of the message before; with
 * CHUNKING the text goes along.
 */
#ifndef CUR_NET_SMTP_H
#define CUR_NET_SMTP_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/net/auth.h"
#include "cur/net/body.h"
#include "cur/net/link.h"

struct smtp;

struct smtp_account {
	struct link_server server;
	const struct auth_account *auth; /* NULL: no login (a relay that knows us) */
	const char *ehlo_name;		 /* $hostname; NULL: [127.0.0.1], which tells nothing */
};

/*
 * Connect, EHLO, STARTTLS, AUTH. Errors as link_open, and AUTH (with the server's words), REFUSED
 * (5xx to the greeting or EHLO), RETRY (4xx). Nothing was sent.
 */
struct smtp *smtp_open(const struct smtp_account *account, struct waker *waker, GError **error);
/* QUIT, at most 5 s, its answer ignored: what was accepted stays accepted. */
void smtp_close(struct smtp *s);
DEFINE_AUTO(smtp, smtp_close)

struct smtp_message {
	const char *sender;	       /* "" for the null sender */
	const char *const *recipients; /* at least one */
	int fd; /* a regular file: read from its start, any line ends; CRLF on the wire */
	const char *notify,
	    *ret;	     /* RFC 3461: NOTIFY= and RET=, where the server has DSN; or NULL */
	gboolean allow_some; /* send to those that are accepted; default all or none */
};

struct smtp_result {
	int code;	/* of the refusal that decided; 0 when there was none */
	char *words;	/* what the server said, safe to show, or NULL */
	char **refused; /* "address: words" for each refused recipient, or NULL */
};
void smtp_result_clear(struct smtp_result *r);

/*
 * `next` (or NULL) is what will be sent next: a server with PIPELINING is offered its envelope in
 * one write with the end of this message. It must stay as it is until it is sent; when something
 * else is sent, or nothing, the session ends without it.
 *
 * TRUE: the server has taken it. FALSE, by the code of *error:
 *   RETRY      definitely not sent, 4xx or no connection: try later
 *   REFUSED    definitely not sent, 5xx or a limit (SIZE, SMTPUTF8, 8BITMIME, NUL)
 *   USAGE      definitely not sent, an address that cannot stand in a command
 *   UNKNOWN    the final dot went out and no answer came: never send again unasked
 *   CANCELLED  stopped before the final dot: not sent
 *   AUTH, TLS, PROTOCOL, IO  definitely not sent
 * After a definite answer (RETRY or REFUSED with code != 0, USAGE) the session goes on, but for
 * 421; smtp_is_usable says so. *result is always initialised.
 */
gboolean smtp_send(struct smtp *s, const struct smtp_message *m, const struct smtp_message *next,
		   struct smtp_result *result, GError **error);
gboolean smtp_is_usable(const struct smtp *s);

/*
 * Several messages in flight, where CHUNKING (RFC 3030) and PIPELINING are offered: envelope and
 * text go out without a word of the server's between, who answers in order. All or none of
 * several recipients cannot be had so, nor is much text sent before the server agreed to any:
 * FALSE for those, and for what has to be told of by smtp_send(). smtp_posts: could it take any?
 * Not while an envelope is offered.
 */
gboolean smtp_posts(const struct smtp *s);
gboolean smtp_can_post(struct smtp *s, const struct smtp_message *m);
/* FALSE: the message is definitely not sent, and the session is over. */
gboolean smtp_post(struct smtp *s, const struct smtp_message *m, GError **error);
/*
 * What became of the oldest that was posted and not heard of, which must be `m`. The outcomes are
 * those of smtp_send(). When the connection breaks, each that was posted is UNKNOWN; behind a 421
 * nothing was taken: RETRY, with that code.
 */
gboolean smtp_hear(struct smtp *s, const struct smtp_message *m, struct smtp_result *result,
		   GError **error);
/* 8BITMIME (RFC 6152): else every byte of a message must be ASCII. */
gboolean smtp_takes_8bit(const struct smtp *s);

#endif
