/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread that keeps one account (or all plain local mailboxes) in step. It sleeps
 * until somebody wishes something or a time comes; what it does then is its
 * protocol's matter (struct worker_ops).
 */
#ifndef CUR_SYNC_WORKER_H
#define CUR_SYNC_WORKER_H

#include <glib.h>

#include "crew.h"
#include "cur/base/auto.h"
#include "cur/conf/accounts.h"
#include "cur/net/waker.h"
#include "hub.h"
#include "login.h"
#include "texts.h"
#include "ticket.h"

/* What the configuration says, for every worker; copied. */
struct worker_settings {
	gint64 check_s;	    /* between looks at all mailboxes */
	guint connect_s;    /* $connect_timeout */
	guint connections;  /* $imap_connections */
	gboolean send_id;   /* $imap_send_id */
	gboolean deflate;   /* $imap_deflate */
	gboolean noise;	    /* $imap_servernoise */
	gboolean once;	    /* the engine ends when all is done */
	guint keepalive_s;  /* $imap_keepalive */
	gboolean pop_leave; /* not $pop_delete */
	gint64 pop_keep_days;
	guint64 pop_keep_bytes; /* greater ones come as headers; 0: none is */
	char **assumed;		/* $assumed_charset, or NULL */
	GPtrArray *keep;	/* conf/keep.h; a reference of their own */
};

enum worker_state {
	WORKER_IDLE,
	WORKER_CONNECTING,
	WORKER_SYNCING,
	WORKER_OFFLINE, /* tried in vain; again later by itself */
	WORKER_ERROR,	/* wants the user: password, certificate */
};
const char *worker_state_word(enum worker_state state);

/* What was wished since the last round. */
struct wishes {
	gboolean all;	 /* every mailbox */
	gboolean push;	 /* steps wait */
	gboolean insist; /* a user asks: do not wait for back-off or a password refused before */
	GHashTable *mailboxes; /* number -> ask the server, too (else only the scan) */
	GPtrArray *tickets;
};

struct worker;

/* On the worker's thread. FALSE ends the connection; the code decides what is next. */
struct worker_ops {
	gboolean (*connect)(struct worker *w, GError **error);
	gboolean (*round)(struct worker *w, const struct wishes *wishes, GError **error);
	/* Sleep until there is news, a poke, or `milliseconds` are over. News become wishes. */
	gboolean (*rest)(struct worker *w, gint64 milliseconds, GError **error);
	void (*disconnect)(struct worker *w);
};

/* For the ops. */
struct worker {
	struct hub *hub;
	const struct worker_ops *ops;
	struct account *account; /* NULL: local mailboxes */
	const char *name;	 /* of the account, or "" */
	struct worker_settings settings;
	struct waker *waker;
	struct login login;
	struct texts *texts;   /* what somebody waits for */
	void *session;	       /* the ops' connection */
	struct crew *crew;     /* of more connections */
	struct sentry *sentry; /* of the ops, or NULL */
	gboolean told_of_all;  /* by the ops: the server tells of every mailbox by itself */
	GError *shortfall;     /* of this round: what could not be done, though the rest was */
	gint look_again;       /* atomic: a scan wants to be repeated … */
	gint64 look_again_s;   /* … at this monotonic time; the thread's own */
	/* private to worker.c and worker-wishes.c */
	GThread *thread;
	GMutex lock; /* what follows */
	struct wishes wishes;
	guint32 watched; /* mailbox a program looks at, 0: none */
	enum worker_state state;
	gint64 last_sync;		 /* Unix seconds */
	struct link_meter before, round; /* the meter when the round began; what it moved */
	gint64 next_try_us;		 /* monotonic, 0: now */
	gint64 next_check_s;		 /* monotonic: all mailboxes are looked at ($mail_check) */
	gint64 network_us;		 /* monotonic: when the network last changed */
	guint tries;
	char *last_error;
	gboolean portal;     /* the last failure was perhaps one's */
	gint64 connected_us; /* monotonic, the thread's own */
};

/* Takes `account`. `name` as in the struct. */
struct worker *worker_start(struct hub *hub, const struct worker_ops *ops, struct account *account,
			    const struct worker_settings *settings);
/* Ask it to end after its current step; worker_free waits for that. */
void worker_stop(struct worker *w);
void worker_free(struct worker *w);
DEFINE_AUTO(worker, worker_free)

/* Wishes, from the main loop. `t` may be NULL; the worker takes a share. */
void worker_want_all(struct worker *w, gboolean insist, struct ticket *t);
void worker_want_mailbox(struct worker *w, guint32 mailbox, gboolean insist, struct ticket *t);
/* The texts of some messages, at once; `t` is told when they are here. */
void worker_want_texts(struct worker *w, guint32 mailbox, const guint32 *lids, gsize n,
		       struct ticket *t);
/* A search at its server (texts_want_search). */
void worker_want_search(struct worker *w, guint32 mailbox, const char *query, GArray *lids,
			struct ticket *t);
/* Only its Maildir: something moved there. */
void worker_want_look(struct worker *w, guint32 mailbox);
void worker_want_push(struct worker *w);
/* It may be back, or gone: try again within a second, and distrust the connection there is. */
void worker_network_changed(struct worker *w);
/* INBOX as it is known here, yours (g_free); NULL before the first LIST. */
struct state_mailbox *worker_inbox(struct worker *w);
/* By the ops: a file was missed once; have a round in two seconds. */
void worker_look_again(struct worker *w);
/* By the ops: something could not be done, though the rest goes on: no success is told (G4). */
void worker_fall_short(struct worker *w, const GError *failed);
/*
 * For the ops: take in what other programs did to the files of a mailbox. What is left for later or
 * could not be read is noted as above. *n_new (or NULL): how many messages came.
 */
gboolean worker_look(struct worker *w, guint32 mailbox, guint *n_new, GError **error);
/* worker_ops.rest where no news are to be had. */
gboolean worker_doze(struct worker *w, gint64 milliseconds, GError **error);
/* What a program looks at: the mailbox to wait in; 0: INBOX. */
void worker_watch(struct worker *w, guint32 mailbox);
guint32 worker_watched(struct worker *w);

struct worker_status {
	enum worker_state state;
	gint64 last_sync, next_try;	  /* Unix seconds, 0: none */
	char *last_error;		  /* yours */
	struct link_meter traffic, round; /* since the start, and of the last round */
};
void worker_status(struct worker *w, struct worker_status *out);
gboolean worker_is_busy(struct worker *w);

extern const struct worker_ops worker_imap_ops;
extern const struct worker_ops worker_pop_ops;
extern const struct worker_ops worker_local_ops;

#endif
