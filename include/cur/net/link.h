/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stream of bytes to a mail server. libcurl connects (names, proxies, TLS with
 * verified certificates); what is said over it is up to imap/ and smtp.c.
 *
 * TLS is verified or there is none: with LINK_TLS_STARTTLS the stream is clear
 * until link_start_tls succeeds, and link_may_carry_secrets says so.
 *
 * Time: silence of more than silence_s ends every call with RETRY. In addition a
 * conversation has a deadline, set by link_allow, that moves on by a second for each
 * KiB sent or received: a slow line gets its time, a server that drips does not.
 *
 * After any FALSE or NULL the link is broken: lines that came before can still be read,
 * then link_close is all that is left.
 * One thread at a time; only the waker is for others.
 */
#ifndef CUR_NET_LINK_H
#define CUR_NET_LINK_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/net/waker.h"

enum link_tls {
	LINK_TLS_IMPLICIT, /* the default: what an account has that says nothing */
	LINK_TLS_STARTTLS,
	LINK_TLS_NONE, /* clear text: loopback, or allow_clear */
};

enum link_protocol { LINK_IMAP, LINK_POP3, LINK_SMTP };

enum {
	LINK_LINE_MAX = 1024 * 1024, /* bytes of a line without its end */
	LINK_SILENCE_S = 30,
};

/* What all connections of an account moved and asked, counted as it happens: from any thread. */
struct link_meter {
	guint64 sent, received, turns; /* as in struct link_traffic; atomic */
};
struct link_meter link_meter_read(const struct link_meter *m);

/* Where to connect. Strings are borrowed for the call of link_open alone. */
struct link_server {
	enum link_protocol protocol;
	enum link_tls tls;
	const char *host;	    /* name or address, IDN welcome; no brackets around IPv6 */
	guint16 port;		    /* 0: the usual one for protocol and tls */
	gboolean allow_clear;	    /* LINK_TLS_NONE off loopback, too */
	const char *const *cas;	    /* PEM files trusted beside the system's store, or NULL; a file
				       that does not exist is passed over */
	gboolean no_system_cas;	    /* trust only `cas` */
	const char *client_cert;    /* PEM file with certificate and key, or NULL */
	const char *certified_host; /* whose certificate it has to show, or NULL: `host` */
	const char *preconnect;	    /* shell line run when it cannot be reached, which is tried once
				       more after a success; or NULL */
	gboolean no_ipv6;	    /* connect by IPv4 alone */
	const char *proxy; /* URL as curl takes it (socks5h://…, http://…); NULL: none */
	const char
	    *tunnel;	 /* shell line whose stdin and stdout is the connection, or NULL; not with
			    LINK_TLS_IMPLICIT, and the host only has to fit the certificate */
	guint connect_s; /* for TCP, TLS and the first words of the server; 0: 30 */
	guint silence_s; /* 0: LINK_SILENCE_S */
	struct link_meter *meter; /* or NULL; outlives the link */
};

/* 143, 993, 110, 995, 587, 465. */
guint16 link_default_port(enum link_protocol protocol, enum link_tls tls);

struct link;

/* Load what link_open() needs, which takes as long as to start a program: from any thread. */
void link_prepare(void);

/*
 * Connect; with LINK_TLS_IMPLICIT TLS is up and verified on return. Errors: TLS (the
 * certificate: names host and cause), REFUSED (clear text not allowed), CANCELLED,
 * RETRY (no network, no such host, refused, timeout). What is left of connect_s is what
 * the conversation may take until link_allow is called.
 */
struct link *link_open(const struct link_server *server, struct waker *waker, GError **error);
/* Says nothing to the server. */
void link_close(struct link *l);
DEFINE_AUTO(link, link_close)

/*
 * After the server's OK to STARTTLS or STLS. Fails with TLS when as much as a byte came
 * in the clear behind that OK, or the certificate does not hold.
 */
gboolean link_start_tls(struct link *l, GError **error);

/* After the server's OK to COMPRESS DEFLATE (RFC 4978): all that follows is compressed. */
void link_deflate(struct link *l);

/* What went over the wire, as it went: compressed where it was. Without what TLS adds. */
struct link_traffic {
	guint64 sent, received;
	guint64 turns; /* how often something came after something was sent */
	gint64 shortest_turn_us;
};
const struct link_traffic *link_traffic(const struct link *l);

gboolean link_is_broken(const struct link *l);
/* TLS is up, or the account asked for clear text in so many words. */
gboolean link_may_carry_secrets(const struct link *l);
const char *link_host(const struct link *l);
guint16 link_port(const struct link *l);
/* "imap.example.org" for messages; with the port when it is unusual. Borrowed. */
const char *link_name(const struct link *l);

/* From now the conversation may take that long (see above). 0: 120 s. */
void link_allow(struct link *l, guint seconds);

/* Bear that much silence from now on; 0: as the server's options say. */
void link_set_silence(struct link *l, guint seconds);

/*
 * The next line without its CRLF or LF, NUL-terminated, *n (may be NULL) bytes; borrowed until
 * the next call on the link. A line over LINK_LINE_MAX or with a NUL in it: PROTOCOL.
 * The end of the stream: RETRY.
 */
const char *link_read_line(struct link *l, gsize *n, GError **error);

/* What takes bytes as they come. FALSE with *error set stops the flow. */
typedef gboolean (*link_sink_fn)(const char *bytes, gsize n, void *data, GError **error);

/* Exactly n bytes, piece by piece into `sink` (NULL: dropped). */
gboolean link_read_exact(struct link *l, guint64 n, link_sink_fn sink, void *data, GError **error);

/*
 * At least one byte, as many as there are, *n of them; borrowed until the next call. They
 * stay unread until link_consume.
 */
const char *link_peek(struct link *l, gsize *n, GError **error);
void link_consume(struct link *l, gsize n);

/* Put n bytes behind what waits to go out. Big amounts go out at once. */
gboolean link_write(struct link *l, const void *bytes, gsize n, GError **error);
gboolean link_printf(struct link *l, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Like link_write, but the log shows "[not shown]"; the bytes are wiped once sent. */
gboolean link_write_secret(struct link *l, const void *bytes, gsize n, GError **error);
/* Send what waits. Everything that reads does so first. */
gboolean link_flush(struct link *l, GError **error);

enum link_event { LINK_READABLE, LINK_POKED, LINK_TIMEOUT, LINK_FAILED };
/*
 * Wait until there is something to read, the waker is poked or the time is over. The
 * silence limit does not hold here. Only LINK_FAILED sets *error.
 */
enum link_event link_wait(struct link *l, gint64 milliseconds, GError **error);

/*
 * What is said goes to the log at LOG_LEVEL_DEBUG and LOG_LEVEL_WIRE, line by line, without
 * secrets and literals. Message text follows (FALSE: is over): keep it out of there, too.
 */
void link_mute_trace(struct link *l, gboolean muted);
/*
 * A login begins, and is over: what the server may repeat of these (or NULL), its challenges, and
 * what goes out with link_write_secret is not shown, now and later.
 */
void link_login(struct link *l, const char *password, const char *token);
void link_login_over(struct link *l);

/* What the server says, for a message of ours: server_words() without what link_login() hides.
 * Yours.
 */
char *link_words(const struct link *l, const char *text, gssize n);

#endif
