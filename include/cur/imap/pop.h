/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * POP3 (RFC 1939; 2449 CAPA, 2595 STLS, 3206 codes, 5034 SASL, 6856 UTF8). Messages have a number
 * in this session and a UIDL for good.
 */
#ifndef CUR_IMAP_POP_H
#define CUR_IMAP_POP_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/net/auth.h"
#include "cur/net/link.h"

struct pop;

struct pop_account {
	struct link_server server;
	struct auth_account auth;
	guint64 max_text; /* bytes of a message; 0: 1 GiB. Larger ones are refused, see below */
};

/*
 * Connect, CAPA, STLS when asked for, log in. Errors as imap_open; a refusal is told by its code:
 * RETRY for [IN-USE], [LOGIN-DELAY] and [SYS/TEMP], REFUSED for [SYS/PERM], else AUTH.
 */
struct pop *pop_open(const struct pop_account *account, struct waker *waker, GError **error);
/* Closes the connection without QUIT: what was marked by pop_delete stays on the server. */
void pop_close(struct pop *p);
DEFINE_AUTO(pop, pop_close)

/* Seconds that the server wants between two logins; 0: it does not say. */
guint pop_login_delay(const struct pop *p);
/* TOP: headers can be had alone. */
gboolean pop_has_top(const struct pop *p);

enum { POP_MESSAGES_MAX = 500000 };

struct pop_message {
	guint32 number;	    /* of this session, from 1 */
	guint64 size_bytes; /* as LIST says; 0: not asked, or no number */
	char *uidl; /* as the server wrote it (any bytes but blank and control, 1 to 255), or NULL:
		       it gave none, one twice, or one that cannot be used; then identify it by its
		       bytes */
	gboolean header_only; /* set it to have pop_fetch ask with TOP */
};

/* What STAT says; n is G_MAXUINT64 when it says nothing. */
struct pop_count {
	guint64 n, size_bytes;
};

/*
 * STAT and UIDL in one question. An array of struct pop_message in ascending number without sizes;
 * yours (g_ptr_array_unref frees all). A server without UIDL gives an empty one.
 */
GPtrArray *pop_look(struct pop *p, struct pop_count *count, GError **error);
/* LIST: gives `messages` their sizes, adds those without a UIDL, drops those that are not there. */
gboolean pop_sizes(struct pop *p, GPtrArray *messages, GError **error);

struct pop_message_ops {
	/* FALSE without an error: pass over it. */
	gboolean (*begin)(const struct pop_message *m, void *data, GError **error);
	gboolean (*bytes)(const char *bytes, gsize n, void *data, GError **error);
	/* The line with the single dot was seen, and an answer behind it: it is whole. */
	gboolean (*end)(const struct pop_message *m, void *data, GError **error);
	/* -ERR, or too large by LIST: this one cannot be had now, and why; the others go on. */
	gboolean (*refused)(const struct pop_message *m, const char *words, void *data,
			    GError **error);
};
/*
 * RETR (or TOP) of each (struct pop_message *), in flight together where the server says so: as
 * many as a window of bytes holds. Line ends come as CRLF, dots unstuffed. PROTOCOL for one that
 * does not end at max_text.
 */
gboolean pop_fetch(struct pop *p, const GPtrArray *messages, const struct pop_message_ops *ops,
		   void *data, GError **error);

/* Mark; it happens with pop_quit. Adds to `marked` those that the server agreed to. */
gboolean pop_delete(struct pop *p, const GPtrArray *messages, GPtrArray *marked, GError **error);

/* QUIT: TRUE when the server has removed what was marked. UNKNOWN when no answer came. */
gboolean pop_quit(struct pop *p, GError **error);

#endif
