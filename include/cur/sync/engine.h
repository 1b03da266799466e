/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine: the only writer of the mail store. It listens for programs on the
 * socket of the data folder, keeps each account in step with its server, sends
 * what lies in the outbox and indexes what came.
 */
#ifndef CUR_SYNC_ENGINE_H
#define CUR_SYNC_ENGINE_H

#include <glib.h>

#include "cur/base/auto.h"

/* How it was called. Strings and arrays are borrowed for the life of the engine. */
struct engine_options {
	const char *muttrc;	     /* -F, or NULL for the usual search */
	gboolean no_system;	     /* -n: not the system's muttrc */
	const char *const *commands; /* -e, in order, NULL at the end; may be NULL */
	guint idle_exit_seconds;     /* leave after so long without clients and work; 0: never */
	gboolean once;		     /* one full sync, the outbox, then leave; no socket */
	gboolean dry;		     /* once, but only print what it would do */
	int shells;   /* conf/shells.h: who has started us tells what backticks answer; -1: nobody.
			 Taken */
	char **names; /* dry: these mailboxes and accounts alone; NULL: all */
};

/* Exit status of a run (and of `cur sync`): see cur(1). */
enum engine_exit {
	ENGINE_DONE = 0,      /* everything asked for is durable */
	ENGINE_PARTIAL = 1,   /* some of it failed for good */
	ENGINE_USAGE = 2,     /* configuration or options are wrong */
	ENGINE_TEMPORARY = 75 /* nothing is spoilt, another try may do: no network, locked */
};

struct engine;

/*
 * Read the configuration, lock and open the data folder. Fails with USAGE
 * (every complaint of the configuration stands in the message), BUSY when
 * another engine has the folder, or what opening the store says.
 */
struct engine *engine_new(const struct engine_options *options, GError **error);
void engine_free(struct engine *e);
DEFINE_AUTO(engine, engine_free)

/* Keep a transcript of what goes over the network in wire.log of the data folder. */
gboolean engine_log_wire(const char *data_dir, GError **error);

/* Run until a signal, STOP, or the time to leave. Returns an enum engine_exit. */
int engine_run(struct engine *e);

#endif
