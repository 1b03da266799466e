/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One round with a POP3 server: what the files of it share. The order is: files durable, UIDLs
 * and rows in one commit, only then DELE, and what was deleted is forgotten with QUIT's +OK (P75).
 */
#ifndef CUR_SYNC_POP_ROUND_H
#define CUR_SYNC_POP_ROUND_H

#include <glib.h>

#include "cur/imap/pop.h"
#include "worker.h"

/* A message that was fetched before. */
struct pop_known {
	guint32 lid;
	gint64 first_seen;
	guint64 size_bytes;
	gboolean deleted; /* as in struct state_uidl */
	gboolean here;
	gboolean header_only; /* the server has the only text */
	gboolean listed;      /* the server has it still */
	gboolean changed;     /* to be written */
};

struct pop_round {
	struct worker *w;
	struct pop *pop;
	const struct state_mailbox *inbox;
	GPtrArray *list;      /* struct pop_message of this session */
	GHashTable *known;    /* key -> struct pop_known */
	GHashTable *nameless; /* struct pop_message without a UIDL -> struct pop_prints */
	GHashTable *n_alike;  /* print without its number -> how many in this session */
};

void pop_round_init(struct pop_round *r);
void pop_round_clear(struct pop_round *r);

/* ---- pop-known.c ------------------------------------------------------------------------ */

/*
 * What a message without a usable UIDL is known by (P26). Each ends in a number that tells
 * messages alike apart. No UIDL has a blank, so none can be taken for one of these.
 */
struct pop_prints {
	char *header; /* size and what TOP gives; NULL: it was not asked */
	char *whole;  /* all of its bytes; NULL: they have not been seen in this session */
};
void pop_print_header(struct pop_round *r, const struct pop_message *m, const char *sum);
void pop_print_whole(struct pop_round *r, const struct pop_message *m, const char *sum);

gboolean pop_known_load(struct pop_round *r, GError **error);
/* By UIDL, else by its bytes, else by its header; NULL: it is new. */
struct pop_known *pop_known_of(struct pop_round *r, const struct pop_message *m);
/* The message's names are those of `k` from now on; written by pop_known_save. */
void pop_known_learn(struct pop_round *r, const struct pop_message *m, const struct pop_known *k);
/* Within a commit, on whatever thread: so is `key`. Nothing but state.db is touched. */
gboolean pop_known_write(struct worker *w, const char *key, const struct pop_known *k,
			 GError **error);
/* The names of a message, NULL where it has none: UIDL, whole, header. They live as long as `r`. */
enum { POP_KEYS = 3 };
void pop_keys(const struct pop_round *r, const struct pop_message *m, const char *keys[POP_KEYS]);
/* Within a commit: the server has removed it. */
gboolean pop_known_drop(struct pop_round *r, const struct pop_message *m, GError **error);
/* Write what changed, drop what was deleted and is listed no more. */
gboolean pop_known_save(struct pop_round *r, GError **error);

/* ---- pop-list.c, pop-pull.c, pop-prune.c ----------------------------------------------------- */

/* List what is there, and see what of it is known. */
gboolean pop_list(struct pop_round *r, GError **error);
/* List it, and fetch what is to be here. */
gboolean pop_pull(struct pop_round *r, GError **error);
/* The user, or the rule about old messages, wants it gone from the server. */
gboolean pop_may_go(const struct pop_round *r, const struct pop_known *k);
/* Delete at the server what may go, and end the session. */
gboolean pop_prune(struct pop_round *r, GError **error);

#endif
