/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine as its own parts see it: engine*.c, clients.c, the requests. Main loop only. */
#ifndef CUR_SYNC_CORE_H
#define CUR_SYNC_CORE_H

#include <glib.h>

#include "cur/conf/accounts.h"
#include "cur/sync/engine.h"
#include "cur/wire/socket.h"
#include "hub.h"
#include "index.h"
#include "network.h"
#include "submit.h"
#include "watch.h"
#include "worker.h"

struct engine {
	const struct engine_options *options;
	char **args;	      /* of the command line, or of the last HELLO that brought others */
	GThread *preparation; /* loads what connections need */
	struct conf *conf;
	struct store *store;
	struct hub *hub;
	GMainLoop *loop;
	struct wire_listener *listener;
	GPtrArray *clients;  /* struct client * */
	GPtrArray *waiting;  /* ask-outbox.c: SUBMITTED that wait for the server's word */
	GHashTable *workers; /* account name -> struct worker * */
	struct worker *local;
	struct submit *submit;
	struct index *index;
	struct network *network;
	struct watch *watch;
	guint tick, rewatch;
	gint64 idle_since_s; /* monotonic; 0: not idle */
	gint64 sweep_s;	     /* monotonic: when departed/ is swept next … */
	guint n_sweeps;	     /* … and how often it was */
	GMutex accounts_lock;
	GPtrArray *accounts; /* struct account *; read by other threads under the lock */
	gboolean once_synced;
	gboolean interrupted;	   /* by a signal */
	char *rehearsal;	   /* a dry run: the copy it works on … */
	struct forecast *forecast; /* … and what it finds */
	gboolean lost;		   /* the data folder is not where it was */
};

/* ---- engine.c ---- */

void engine_quit(struct engine *e);

/* ---- engine-conf.c ---- */

/* What the command line says, as a program says it in HELLO. Yours: g_strfreev. */
char **engine_args(const struct engine_options *o);
/*
 * A line with a mistake does not stop the mail: it is logged, and the program shows it. `shells`
 * as in engine_options. Yours.
 */
struct conf *engine_load_conf(const char *const *args, int shells, GError **error);
/* Takes the configuration; what works by an older one ends. */
void engine_use_conf(struct engine *e, struct conf *conf);
/* Read the configuration again, with `args` ("-F", file, "-e", command …) when not NULL. */
gboolean engine_configure(struct engine *e, const char *const *args, GError **error);
void engine_stop_workers(struct engine *e);

/* ---- engine-mailbox.c ---- */

/* The worker of a mailbox, the local one for plain Maildirs; NULL for an account that went. */
struct worker *engine_worker_of(struct engine *e, const struct state_mailbox *mb);
/* By its number; NULL when there is no such mailbox. */
struct worker *engine_worker_for(struct engine *e, guint32 mailbox);
/* A copy of the account a canonical name belongs to, yours; NULL for a path or a stranger. */
const struct account *engine_account_of(struct engine *e, const char *name);
/* The mailbox of that name; a local Maildir or an account's INBOX is taken in. Yours. */
struct state_mailbox *engine_mailbox(struct engine *e, const char *name, GError **error);
struct transport *engine_resolve_transport(const char *line, void *engine, GError **error);
/* submit_mailbox_fn: for Fcc, on the outbox's thread: made when it is not there. */
guint32 engine_mailbox_for_copy(const char *name, void *data, GError **error);
/* struct submit_host: not where a password is missing or the server is known to be away. */
void engine_refresh(guint32 mailbox, struct ticket *t, void *data);

/* ---- engine-events.c ---- */

/* Watch the Maildirs of all accounts, those that were made since, too. */
void engine_rewatch(struct engine *e);
/* Callbacks of store, hub, watch and network. That of the store: on whatever thread committed. */
void engine_on_changed(guint32 mailbox, guint64 generation, gboolean directory, void *data);
gboolean engine_on_tell(enum wire_id id, GVariant *body, void *data);
void engine_on_touched(guint32 mailbox, void *data);
void engine_on_network(void *data);

/* ---- ask-mailbox.c ---- */

/* Have an account or a mailbox synced; GONE for neither. */
gboolean engine_want(struct engine *e, const char *name, struct ticket *t, GError **error);

/* ---- clients.c ---- */

struct client {
	struct engine *engine;
	struct wire *wire;
	gboolean greeted;
	GHashTable *opened; /* mailbox -> how often, of this client */
	GPtrArray *asked;   /* bodies of the PROMPTs it was asked to answer */
	guint id;	    /* a closed client is not answered */
};

void clients_accept(int fd, void *engine);
void clients_free(struct engine *e);
/* To all that said HELLO; FALSE when there is none. */
gboolean clients_tell(enum wire_id id, GVariant *body, void *engine);
struct client *clients_find(struct engine *e, guint id);
void client_done(struct client *c, guint32 serial);
void client_fail(struct client *c, guint32 serial, const GError *error);
/* The mailboxes programs look at, to the workers. */
void clients_watch(struct engine *e);

/* ---- requests.c ---- */

void request_handle(struct client *c, enum wire_id id, guint32 serial, GVariant *body);
/* What became of a message, to whoever waits for it (submit_outcome_fn). */
void request_outcome(const char *id, enum outbox_state state, guint code, const char *words,
		     void *engine);

#endif
