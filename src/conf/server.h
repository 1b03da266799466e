/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server URL taken apart. */
#ifndef CUR_CONF_SERVER_H
#define CUR_CONF_SERVER_H

#include "cur/conf/accounts.h"

struct server {
	enum account_protocol protocol;
	gboolean implicit_tls; /* the scheme ends in s */
	char *user;	       /* NULL when the URL has none; %XX undone */
	char *pass;
	char *host;   /* lower case, no brackets */
	guint16 port; /* the scheme's when the URL names none */
	char *path;   /* without the leading slash, as written */
};
void server_clear(struct server *s);
/* "imap", "imaps", "pop", "pops", "smtp", "smtps"; USAGE for all else. */
gboolean server_parse(const char *url, struct server *s, GError **error);
/* The port of a scheme. */
guint16 server_default_port(enum account_protocol protocol, gboolean implicit_tls);
/* "imaps://user@host:port", the port when unusual. Yours. */
char *server_url(const struct server *s, const char *user);
/* A URL, good or not, without the password that stands in it: to be told. Yours. */
char *server_shown(const char *url);

#endif
