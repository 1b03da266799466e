/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3 (RFC 1939, 2449, 2595, 5034). Messages have a number in this session and a UIDL for good. */
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
};

/* Connect, CAPA, STLS when asked for, log in. Errors as imap_open. */
struct pop *pop_open(const struct pop_account *account, struct waker *waker, GError **error);
/* Closes the connection without QUIT: what was marked by pop_delete stays on the server. */
void pop_close(struct pop *p);
DEFINE_AUTO(pop, pop_close)

enum { POP_MESSAGES_MAX = 500000 };

struct pop_message {
	guint32 number;	    /* of this session, from 1 */
	guint64 size_bytes; /* as LIST says; 0: not told */
	char *uidl; /* as the server wrote it (any bytes but blank and control, 1 to 255), or NULL:
		       it gave none, one twice, or one that cannot be used; then identify it by its
		       bytes */
};

/* STAT, UIDL and LIST. An array of struct pop_message in ascending number; yours (g_ptr_array_unref
 * frees all). */
GPtrArray *pop_list(struct pop *p, GError **error);

struct pop_message_ops {
	/* FALSE without an error: pass over it. */
	gboolean (*begin)(const struct pop_message *m, void *data, GError **error);
	gboolean (*bytes)(const char *bytes, gsize n, void *data, GError **error);
	/* The line with the single dot was seen: it is whole. */
	gboolean (*end)(const struct pop_message *m, void *data, GError **error);
	/* -ERR: this one cannot be had now, with the server's words; the others go on. */
	gboolean (*refused)(const struct pop_message *m, const char *words, void *data,
			    GError **error);
};
/* RETR of each (struct pop_message *), pipelined where the server says so. Line ends come as CRLF,
 * dots unstuffed. */
gboolean pop_fetch(struct pop *p, const GPtrArray *messages, const struct pop_message_ops *ops,
		   void *data, GError **error);

/* Mark; it happens with pop_quit. A message that is gone already is no error. */
gboolean pop_delete(struct pop *p, const GPtrArray *messages, GError **error);

/* QUIT: TRUE when the server has removed what was marked. UNKNOWN when no answer came. */
gboolean pop_quit(struct pop *p, GError **error);

#endif
