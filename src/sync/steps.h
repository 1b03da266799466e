/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps (store/state.h) as the engine words them: intents towards a server, made
 * in the same commit as the local change they go with.
 *
 *	kind       mailbox   lid            data
 *	flags      its own   the message    -
 *	append     target    the new row    UIDNEXT seen before it was sent, once it was
 *	move copy  target    the new row    source mailbox, its UIDVALIDITY, UID, agreed flags,
 *	                                    "after" a step or "id" a Message-ID (onward.h)
 *	text       its own   the message    source as above; of the account that has the text
 *	expunge    its own   0              UIDVALIDITY, UID, agreed flags, how, mailbox, lid
 *	left       its own   0              the same, see left.h
 *	create delete rename subscribe  the mailbox, 0, see folder-push.c
 */
#ifndef CUR_SYNC_STEPS_H
#define CUR_SYNC_STEPS_H

#include <glib.h>

#include "cur/store/store.h"

#define STEP_FLAGS "flags"
#define STEP_APPEND "append"
#define STEP_MOVE "move"
#define STEP_COPY "copy"
#define STEP_TEXT "text"
#define STEP_EXPUNGE "expunge"
#define STEP_LEFT "left"
#define STEP_CREATE "create"
#define STEP_DELETE "delete"
#define STEP_RENAME "rename"
#define STEP_SUBSCRIBE "subscribe"

/* A step of our own memory. */
struct step {
	guint64 id;
	guint32 mailbox, lid;
	char *kind, *data;
	char *words; /* of the server, at the last try */
	enum step_state state;
	guint32 tries;
	gint64 next_try;
};
/* All of an account (mailbox 0) or of one mailbox, in order; yours, elements freed with it. */
GPtrArray *steps_load(struct store *store, const char *account, guint32 mailbox, GError **error);

/* End a change: commit it and pass the durable step `point` when `ok`, else roll it back. */
gboolean steps_commit(struct store *store, gboolean ok, const char *point, GError **error);

/* Within a change. */
gboolean steps_add(struct store *store, const char *account, const char *kind, guint32 mailbox,
		   guint32 lid, const char *data, GError **error);
gboolean steps_set(struct store *store, const struct step *step, enum step_state state,
		   const char *data, const char *words, GError **error);

/* FALSE: it was taken back meanwhile. Within a change. */
gboolean steps_is_there(struct store *store, const struct step *step);
/*
 * The server is about to hear of these: SENT, in a change of its own. Those that were taken
 * back meanwhile are taken out of the array, too.
 */
gboolean steps_claim(struct store *store, GPtrArray *steps, const char *point, GError **error);

/* The message that a move or copy takes from another mailbox. */
struct step_source {
	guint32 mailbox, uidvalidity, uid;
	mark_t agreed;
	guint64 after; /* onward.h: the step whose outcome it waits for, or 0 */
	const char
	    *id; /* onward.h: a Message-ID, or NULL. From step_source_parse: part of the data */
};
char *step_source_format(const struct step_source *s);
gboolean step_source_parse(const char *data, struct step_source *s);

enum doom {
	DOOM_USER,   /* the user named it */
	DOOM_ABSENT, /* its file went: FLAGGED at the server since wins */
	DOOM_AFTER,  /* it was moved to another account: only when it is there */
};
struct step_doom {
	guint32 uidvalidity, uid;
	mark_t agreed;
	enum doom how;
	guint32 mailbox, lid; /* DOOM_AFTER: the row that must have a UID first */
	/* Base name of the file that goes with it, if one was there when it was doomed; else "" or
	 * NULL. From step_doom_parse: part of the data. */
	const char *base;
};
char *step_doom_format(const struct step_doom *d);
gboolean step_doom_parse(const char *data, struct step_doom *d);

/* UIDs of a mailbox that waiting steps copy or fetch from there: not to be expunged before. */
GHashTable *steps_copied(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity);

/*
 * Within a change: the server gives UIDs of a mailbox out once more though UIDVALIDITY is what it
 * was. What waiting steps say of them means nothing any more.
 */
gboolean steps_void_uids(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity, GError **error);

/* Its messages have UIDs at a server: not a local folder, and none of POP3. */
gboolean steps_has_server(const struct state_mailbox *mb);

/*
 * UIDs of a mailbox that waiting steps take away: not to be fetched, nor taken for
 * anything else. Those of another UIDVALIDITY mean nothing any more. A table of
 * GUINT_TO_POINTER(uid) to the `base` above, never NULL; yours. Under the store's lock.
 */
GHashTable *steps_doomed(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity);

#endif
