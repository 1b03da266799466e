/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outbox's worker: takes files out of outbox/new, submits them, and carries out
 * what follows (Fcc, \Answered on the parent) before a row goes. Sent once or
 * asked about, never twice (G2).
 */
#ifndef CUR_SYNC_SUBMIT_H
#define CUR_SYNC_SUBMIT_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/accounts.h"
#include "hub.h"
#include "ticket.h"

struct submit;

/* A mailbox by its canonical name, made when it is not there; 0 with *error. From any thread. */
typedef guint32 (*submit_mailbox_fn)(const char *name, void *data, GError **error);

/* What the outbox needs of the engine around it. */
struct submit_host {
	/*
	 * What became of a message; on the main loop. `state` SENT, REFUSED, UNKNOWN, or RETRY
	 * after each try that failed.
	 */
	void (*outcome)(const char *id, enum outbox_state state, guint code, const char *words,
			void *data);
	submit_mailbox_fn mailbox;
	/* Bring a mailbox up to date with its server, when that can be done now; main loop. */
	void (*refresh)(guint32 mailbox, struct ticket *t, void *data);
	void *data;
};

struct submit *submit_start(struct hub *hub, guint connect_s, const struct submit_host *host);
void submit_free(struct submit *s); /* finishes the message it is at */
DEFINE_AUTO(submit, submit_free)

/*
 * Take over what lies in outbox/new (and in work/ without a row), on the main loop. `resolve`
 * turns a Transport: line into a transport of the configuration.
 */
typedef struct transport *(*submit_resolve_fn)(const char *line, void *data, GError **error);
gboolean submit_adopt(struct submit *s, submit_resolve_fn resolve, void *data, GError **error);
/* Those in new/ alone: a program may have died before it could tell of its message. */
gboolean submit_adopt_new(struct submit *s, submit_resolve_fn resolve, void *data, GError **error);
/* The same for one file of outbox/new. */
void submit_take(struct submit *s, const char *id, submit_resolve_fn resolve, void *data);
/* The configuration changed: transports are resolved anew. */
void submit_forget_transports(struct submit *s);

/* Try now; `insist`: also where a password was refused. */
void submit_wake(struct submit *s, gboolean insist);
/* What nobody could be reached for is tried again at once. */
void submit_network_changed(struct submit *s);
/* There may be news of messages of which it is not known whether they were sent. */
void submit_mailbox_changed(struct submit *s);
/* Was it sent of late? Its row may be gone. */
gboolean submit_was_sent(struct submit *s, const char *id);
/* TRUE while something is being sent or due before `seconds` are over. */
gboolean submit_is_busy(struct submit *s, gint64 seconds);

/* What a user asks for a row: letter_wish(). */
enum submit_wish { SUBMIT_FLUSH, SUBMIT_HOLD, SUBMIT_RELEASE, SUBMIT_DROP, SUBMIT_RESEND };

#endif
