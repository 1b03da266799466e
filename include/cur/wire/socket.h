/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Both ends of the engine's socket, for a GMainContext: nothing here blocks but
 * wire_flush(). All of it belongs to the thread of that context. A slow or dead
 * peer is cut off when WIRE_QUEUE_MAX bytes wait for it.
 */
#ifndef CUR_WIRE_SOCKET_H
#define CUR_WIRE_SOCKET_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/wire/codec.h"

enum { WIRE_QUEUE_MAX = 64 << 20 };

/* ---- a connection ----------------------------------------------------------- */

struct wire;

/* `body` is borrowed. The handler may close the connection. */
typedef void (*wire_message_fn)(struct wire *w, enum wire_id id, guint32 serial, GVariant *body,
				void *data);
/* The peer went, broke the protocol or is too slow; `why` is NULL when it just closed. */
typedef void (*wire_closed_fn)(struct wire *w, const GError *why, void *data);

/* Which messages this end accepts: the other direction breaks the protocol. */
struct wire *wire_new(int fd, enum wire_direction accepts, GMainContext *context,
		      wire_message_fn message, wire_closed_fn closed, void *data);
/* Closes the descriptor without calling `closed`. Allowed in both handlers. */
void wire_free(struct wire *w);
DEFINE_AUTO(wire, wire_free)

/* Queue a message; `body` of the id's type, floating is consumed; NULL for "()". */
void wire_send(struct wire *w, enum wire_id id, guint32 serial, GVariant *body);
/* Bytes that wait for the peer. */
gsize wire_queued(const struct wire *w);
/* Write what is queued, at most timeout_ms; for the moment before exit. */
gboolean wire_flush(struct wire *w, int timeout_ms);

/* ---- the engine's end -------------------------------------------------------- */

struct wire_listener;
/* A program of our own user connected: the descriptor is yours (wire_new). */
typedef void (*wire_accept_fn)(int fd, void *data);
/*
 * Listen on <dir>/socket (0600). A socket of a dead engine is replaced: the caller holds
 * the data folder's lock, so none can be alive.
 */
struct wire_listener *wire_listen(const char *dir, GMainContext *context, wire_accept_fn accepted,
				  void *data, GError **error);
/* Also removes the socket file. */
void wire_listener_free(struct wire_listener *l);
DEFINE_AUTO(wire_listener, wire_listener_free)

/* ---- the program's end --------------------------------------------------------- */

/* A connected descriptor, or -1: GONE when no engine listens there. Never waits. */
int wire_connect(const char *dir, GError **error);

#endif
