/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox's worker, as the parts of it that send see it. Its thread alone. */
#ifndef CUR_SYNC_SUBMIT_PRIVATE_H
#define CUR_SYNC_SUBMIT_PRIVATE_H

#include "cur/net/waker.h"
#include "deliver.h"
#include "doubt.h"
#include "letter.h"
#include "submit.h"

/* What became of a message, as long as it is not recorded. */
struct fate {
	struct letter_change change; /* its id and words belong to it */
	const char *point;	     /* the step point behind the commit */
	guint code;
};

struct submit {
	struct hub *hub;
	struct store *store;
	const char *dir;
	guint connect_s;
	struct submit_host host;
	struct waker *waker; /* of the thread … */
	struct waker *line;  /* … and of its connection, which ends a message first */
	GThread *thread;
	struct doubts *doubts;
	gint n_unknown;	       /* atomic: rows that a new message may explain */
	gint n_failed;	       /* atomic: turns in a row in which our own disk failed */
	gboolean unrecorded;   /* this and the next eight, of the thread alone: stop this turn */
	gboolean failed;       /* … something could not be written in it */
	GArray *fates;	       /* struct fate */
	gint64 linger_until;   /* monotonic us */
	GPtrArray *filed;      /* ids of sent messages whose file and row can go */
	struct parcel *ahead;  /* what the server was offered with the last message */
	GHashTable *unreached; /* ids: there was nobody to give them to */
	guint network;	       /* as the waker counted when last looked */
	gboolean network_is_new;
	GHashTable
	    *untaken; /* of the main loop: ids in new/ that failed; told of once, tried again */
	GMutex lock;  /* what follows */
	GHashTable *transports; /* Transport: line -> struct transport, struct deliver uses it */
	GHashTable *blocked; /* lines whose password was refused (P55), with the server's words */
	GQueue *sent;	     /* ids, the latest first */
	GPtrArray *retired;  /* transports of an older configuration */
	gboolean sending;
	gboolean in_flight; /* a server has some of a message */
	GCond landed;	    /* … or has no more */
};

/* ---- submit.c ---- */

/* Queued or to be tried again, and its time has come. */
gboolean submit_is_due(const struct submit *s, const struct letter *l);

/* ---- submit-fate.c ---- */

/* The user hears of it on the main loop; `words` may be NULL. */
void submit_tell(struct submit *s, const char *id, enum outbox_state state, guint code,
		 const char *words);
/* G4: the user is told, and the exit status of a single run. */
void submit_fall_short(struct submit *s, const char *what, const GError *error);

/* Of struct fate, yours. */
GArray *submit_fates_new(void);
/*
 * One commit for the fates of messages before, and for those that begin. How many of these may be
 * sent: the others are not in the state "sending". Fates that cannot be recorded are kept, and
 * nothing is begun before they are: s->unrecorded.
 */
guint submit_record(struct submit *s, struct letter **begin, guint n_begin);
/* What becomes of a message, recorded with the next that begins. `words` may be NULL. */
void submit_decide(struct submit *s, const struct letter *l, enum outbox_state to, guint code,
		   const char *words);
/* The same for what the server, or the way to it, said. */
void submit_settle(struct submit *s, const struct letter *l, const struct deliver_result *result);
/* A row that was "sending" when the connection broke, or at a kill. */
void submit_settle_doubt(struct submit *s, const struct letter *l);
/* The user was told already; a copy that comes in later is good news. */
void submit_settle_unknown(struct submit *s, const struct letter *l);

/* Fcc and the parent's mark of a sent message; `again`: a kill may have left a part. */
void submit_finish_sent(struct submit *s, const char *id, gboolean again);
/* Files and rows of those that are done with, many at once. */
void submit_drop_filed(struct submit *s);

/* ---- submit-send.c ---- */

/* NULL when there is none or its password was refused; *why is yours. Borrowed. */
const struct transport *submit_transport(struct submit *s, const char *line, char **why);
/* `next` (or NULL) stands behind it in the queue. */
void submit_send_one(struct submit *s, struct deliver *d, struct letter *l,
		     const struct letter *next);
/* The server has said what it did with a message. */
void submit_answered(struct submit *s, const struct letter *l, const struct deliver_result *result);
/* When the engine stops now, it waits for the server's answer for a while. */
void submit_set_in_flight(struct submit *s, gboolean in_flight);

/* ---- flight.c ---- */

/*
 * Send letters from letters[from] on, as long as the open session takes them in flight. The index
 * of the first that is left: `from` itself, when it is for submit.c.
 */
guint flight_send(struct submit *s, struct deliver *d, const GPtrArray *letters, guint from);

#endif
