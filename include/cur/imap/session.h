/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An IMAP session (RFC 9051, 3501): connect, log in, and what every command shares. The
 * commands are in mailbox.h, fetch.h and change.h.
 *
 * Errors of all commands: REFUSED is the server's NO (its words in the message; GONE for
 * [NONEXISTENT], QUOTA for [OVERQUOTA], EXISTS for [ALREADYEXISTS], RETRY for [UNAVAILABLE],
 * [INUSE], [LIMIT]): the session lives on. RETRY, PROTOCOL, CANCELLED, TLS and IO mean that the
 * connection is gone: imap_is_alive tells. A command whose answer was lost may have been done.
 */
#ifndef CUR_IMAP_SESSION_H
#define CUR_IMAP_SESSION_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/net/auth.h"
#include "cur/net/link.h"

struct imap;

enum imap_capability {
#define CAPABILITY(ID, name) IMAP_##ID,
#include "cur/imap/capabilities.def"
#undef CAPABILITY
	IMAP_N_CAPABILITIES
};

struct imap_account {
	struct link_server server;
	struct auth_account auth;
	gboolean allow_preauth; /* take a PREAUTH greeting under TLS (or asked-for clear text) */
	gboolean send_id;	/* $imap_send_id */
	gboolean deflate;	/* $imap_deflate: where the server is far enough away */
	guint64 max_literal;	/* bytes of a message; 0: 1 GiB. Larger ones are passed over */
	guint keepalive_s;	/* $imap_keepalive, of one IDLE; 0: 300. 30 s … 29 min */
};

/*
 * Connect, greeting, STARTTLS when asked for, log in, capabilities. Errors: TLS,
 * AUTH (the server's words), PROTOCOL, RETRY, CANCELLED, REFUSED (BYE, PREAUTH in clear).
 */
struct imap *imap_open(const struct imap_account *account, struct waker *waker, GError **error);
/* LOGOUT, at most 5 s; never CLOSE. */
void imap_close(struct imap *s);
DEFINE_AUTO(imap, imap_close)

/* FALSE once the connection is gone: every command fails from then on. */
gboolean imap_is_alive(const struct imap *s);
gboolean imap_has(const struct imap *s, enum imap_capability capability);

/* UTF8=ACCEPT (RFC 9755) is enabled. Names of mailboxes are modified UTF-7 here nevertheless. */
gboolean imap_has_utf8(const struct imap *s);

/* Called with [ALERT] texts, made safe. */
typedef void (*imap_alert_fn)(const char *words, void *data);
void imap_on_alert(struct imap *s, imap_alert_fn alert, void *data);

/* What the server said on its own about the selected mailbox since last asked. */
enum imap_news {
	IMAP_NEWS_EXISTS = 1 << 0,  /* the number of messages changed */
	IMAP_NEWS_EXPUNGE = 1 << 1, /* EXPUNGE or VANISHED */
	IMAP_NEWS_FLAGS = 1 << 2,   /* a FETCH nobody asked for */
};
guint imap_take_news(struct imap *s);

/* NOOP: what happened meanwhile becomes news. */
gboolean imap_noop(struct imap *s, GError **error);

/*
 * IDLE (RFC 2177) until there is news, the waker is poked or `milliseconds` are over; NOOP every
 * two minutes where IDLE is missing or refused. TRUE: look at imap_take_news and imap_take_told.
 */
gboolean imap_idle(struct imap *s, gint64 milliseconds, GError **error);

#endif
