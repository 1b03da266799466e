/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program's line to the engine: starts it when none runs, comes back when it
 * died, and matches answers to requests. Nothing blocks but client_wait().
 * Belongs to the thread that iterates its GMainContext.
 */
#ifndef CUR_MODEL_CLIENT_H
#define CUR_MODEL_CLIENT_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/wire/codec.h"

struct client;

enum client_state {
	CLIENT_CONNECTING, /* being reached or started; requests wait in line */
	CLIENT_READY,	   /* HELLO was answered */
	CLIENT_DOWN,	   /* the engine is gone or cannot be started; tried again later */
	CLIENT_REFUSED,	   /* the engine said no to HELLO: wrong version or configuration */
};

struct client_options {
	const char *data_dir;	 /* where the socket is */
	const char *program;	 /* name said in HELLO: "cur" */
	const char *const *args; /* -F file, -e command … as given to us, NULL at the end */
	GMainContext *context;	 /* NULL: the default one */
	int shells;	   /* conf/shells.h, where the engine that we start hears; taken. 0: none */
	gboolean no_start; /* only talk to an engine that runs */
	gboolean no_return; /* one connection: do not come back when it breaks (scripts) */
};

/* The client's state changed; `why` says why it is DOWN or REFUSED, else NULL. */
typedef void (*client_state_fn)(enum client_state state, const GError *why, void *data);
/* What the engine says unasked: CHANGED, PROGRESS, PROMPT … `body` is borrowed. */
typedef void (*client_tell_fn)(enum wire_id id, guint32 serial, GVariant *body, void *data);
/*
 * An answer: each row that comes before the end (id is OPENED, QUEUED …, final
 * FALSE), then once with final TRUE: DONE, or `error` set (from FAIL, or RETRY when the
 * engine died before it answered). `body` is borrowed.
 */
typedef void (*client_answer_fn)(enum wire_id id, GVariant *body, gboolean final,
				 const GError *error, void *data);

/* Options are copied. Begins to connect at once; callbacks come from the context. */
struct client *client_new(const struct client_options *options, client_state_fn state,
			  client_tell_fn tell, void *data);
/* Pending requests are forgotten without a call. Not from within a callback of this client. */
void client_free(struct client *client);
DEFINE_AUTO(client, client_free)

enum client_state client_state(const struct client *client);
/* Why it is DOWN or REFUSED; NULL otherwise. Borrowed until the state changes. */
const GError *client_error(const struct client *client);

/*
 * Ask; `body` of the id's type (floating is consumed, NULL for "()"). `answer` may be
 * NULL. Asked while connecting, it is sent when READY; while DOWN, this also
 * tries to connect again. Returns the serial.
 */
guint32 client_ask(struct client *client, enum wire_id id, GVariant *body, client_answer_fn answer,
		   void *data);
/* Nobody waits for the answer any more. What was asked to be changed is asked all the same. */
void client_cancel(struct client *client, guint32 serial);
/* Changes (flags, moves, messages to send …) that the engine did not take or refuse yet. */
guint client_n_wishes(const struct client *client);

/*
 * Ask and run the context until the last answer, or until timeout_ms (-1: for ever) is over
 * (RETRY). Rows go to `row` (may be NULL). For programs without a screen.
 */
typedef void (*client_row_fn)(enum wire_id id, GVariant *body, void *data);
gboolean client_wait(struct client *client, enum wire_id id, GVariant *body, int timeout_ms,
		     client_row_fn row, void *data, GError **error);

/*
 * Start an engine for a data folder, detached from us, and do not wait. TRUE
 * when the process was made. `args` as in client_options.
 */
gboolean client_start_engine(const char *const *args, GError **error);
/* The engine's program: beside our own, else the one in PATH. Yours. */
char *client_engine_path(void);

#endif
