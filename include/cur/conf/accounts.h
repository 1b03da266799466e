/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts and mailbox names out of $folder, $spoolfile, mailboxes, the imap_,
 * pop_ and smtp_ variables and account-hook.
 */
#ifndef CUR_CONF_ACCOUNTS_H
#define CUR_CONF_ACCOUNTS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/conf.h"

enum account_protocol { ACCOUNT_IMAP, ACCOUNT_POP, ACCOUNT_SMTP };
enum account_tls {
	ACCOUNT_TLS_IMPLICIT, /* TLS from the first byte */
	ACCOUNT_TLS_STARTTLS, /* required: no login without it */
	ACCOUNT_TLS_PLAIN, /* no encryption: only for a loopback or listed host, see accounts.c */
};

struct account {
	enum account_protocol protocol;
	char *name; /* of ARCHITECTURE.md: "user@host", "user@host-1143", "pop-user@host" */
	char *url;  /* prefix of its mailbox names, without a slash at the end: imaps://user@host */
	char *host;
	guint16 port;
	enum account_tls tls;
	char *user;  /* "" when unknown: must be asked */
	char *login; /* name to log in with: $imap_login, else user */
	char *pass;  /* NULL: pass_command, or must be asked */
	const char
	    *pass_from; /* what gives the secret: "its URL", "$imap_pass" …; NULL: asked for */
	char *pass_command;	     /* prints the password; "" for none */
	char *oauth_refresh_command; /* "" for none */
	char *authenticators;	     /* colon-separated, "" for the best the server has */
	char *ca_file;		     /* $ssl_ca_certificates_file or "" */
	char *certificate_file;	     /* $certificate_file: certificates the user trusts, or "" */
	char *client_cert;	     /* $ssl_client_cert or "" */
	gboolean use_system_certs;
	char *certified_host;  /* $ssl_verify_host_override, or "" */
	char *preconnect;      /* $preconnect: to run when the server cannot be reached, or "" */
	char *account_command; /* $account_command: tells login and password, or "" */
	char *tunnel;	       /* $tunnel: the command that is the connection, or "" */
	char *delim_chars;     /* $imap_delim_chars */
	gboolean no_ipv6;      /* not $use_ipv6 */
	guint receive_s;       /* $socket_receive_timeout; 0: as usual */
};
void account_free(struct account *account);
DEFINE_AUTO(account, account_free)
/* Everybody on the way can read it: no encryption, and not on this machine alone (C08). */
gboolean account_is_clear(const struct account *account);

/*
 * Every IMAP and POP account of the configuration, account-hooks run for each, in
 * the order $spoolfile, $folder, mailboxes, $record, $postponed, $trash, $mbox. struct account *;
 * yours, elements freed with it. What is wrong becomes an entry of *problems (GPtrArray of char *,
 * may be NULL).
 */
GPtrArray *conf_accounts(struct conf *conf, GPtrArray *problems);

/* The account a canonical mailbox name or URL belongs to; NULL for a path or a bad URL. */
struct account *conf_account_of(struct conf *conf, const char *name, GError **error);

/*
 * A mailbox as a user writes it (=INBOX, +x, !, !!, -, <, >, ^, @alias, a URL or a path) as its
 * canonical name. `current` and `previous` are canonical names or NULL. A password in a URL does
 * not come through. Fails with USAGE for a shortcut that stands for nothing. Yours.
 */
char *conf_resolve_mailbox(struct conf *conf, const char *text, const char *current,
			   const char *previous, GError **error);
/*
 * The same mailbox of a server with "/" for each of $imap_delim_chars, as people write whose
 * server parts its levels by dots: for names that nobody knows otherwise. Yours; NULL when it is no
 * other name.
 */
char *conf_other_levels(const char *name, const char *delim_chars);
/* The other way, for screens: =x, ~/x, or the name. Yours. */
char *conf_mailbox_display(const struct conf *conf, const char *name);
/* TRUE for imap(s):// and pop(s)://. */
gboolean conf_is_url(const char *name);

/* The keys of `account`; NULL from the end on. Static. */
const char *conf_account_key_at(guint i);
/* The `account` blocks as the lines of muttrc they stand for, without passwords. Yours. */
char *conf_account_blocks(const struct conf *conf);

/* How mail leaves. */
struct transport {
	struct account *smtp; /* NULL when it is a program */
	char *sendmail;	      /* command line of $sendmail, NULL when smtp */
	char *outbox;	      /* the Transport: line of the outbox, without a password */
};
void transport_free(struct transport *transport);
DEFINE_AUTO(transport, transport_free)
/* From $smtp_url and so on, else $sendmail. */
struct transport *conf_transport(struct conf *conf, GError **error);
/* From the Transport: line of an outbox file: password and TLS settings come from `conf`. */
struct transport *conf_transport_of(struct conf *conf, const char *line, GError **error);

#endif
