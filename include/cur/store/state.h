/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state.db: what must not be lost besides the mail itself. SQLite, WAL,
 * synchronous=FULL; opened by the engine only. Not thread-safe: callers hold the
 * store's lock (store/store.h). The tables stand in src/store/schema.c.
 *
 * Strings in structs are borrowed: in a callback until it returns, as an argument
 * until the call returns. Reading functions that give a struct allocated for you
 * say so. "each" callbacks return FALSE to stop and must not write.
 */
#ifndef CUR_STORE_STATE_H
#define CUR_STORE_STATE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"

struct state;

/*
 * Open or make it. An older schema is migrated after a copy is put beside it
 * (state.db.v<N>); a newer one, or a broken file, fails with CORRUPT untouched.
 */
struct state *state_open(const char *path, GError **error);
void state_close(struct state *st);
DEFINE_AUTO(state, state_close)

/*
 * One transaction at a time; a failed commit is rolled back. Errors: FULL, CORRUPT, BUSY, IO. A
 * commit fails, too, when something could not be read since the last one that was only answered
 * with "there is none".
 */
gboolean state_begin(struct state *st, GError **error);
gboolean state_commit(struct state *st, GError **error);
void state_rollback(struct state *st);

/* Asks without a commit for what would make one fail so; forgotten when somebody was told. */
gboolean state_read_well(struct state *st, GError **error);

/* Small values by name, for the engine's own use. NULL when unset; yours. */
char *state_get(struct state *st, const char *name);
gboolean state_set(struct state *st, const char *name, const char *value, GError **error);

/* ---- mailboxes -------------------------------------------------------------- */

struct state_mailbox {
	guint32 number;		 /* 0 for a new one: state_put_mailbox gives it */
	const char *name;	 /* canonical, unique */
	const char *account;	 /* "" for a plain local Maildir */
	const char *folder;	 /* UTF-8, '/' between levels */
	const char *server_name; /* as the server spells it (modified UTF-7 or UTF-8), "" none */
	char delimiter;		 /* the server's, 0: none */
	const char *path;	 /* absolute path of the Maildir, unique */
	const char *role;	 /* SPECIAL-USE without backslash, or "" */
	gboolean subscribed;
	guint32 uidvalidity;   /* 0: never selected */
	guint32 uidnext;       /* UIDs below are known here */
	guint64 highestmodseq; /* state up to which all is known; 0: none */
	guint32 n_server;      /* messages there, as last told */
	guint64 change;	       /* rises with every commit that touches the mailbox; read only */
	guint32 next_lid;      /* read only */
	gint64 last_sync;      /* Unix seconds of the last complete sync, 0: never */
	gint64 last_scan;      /* Unix seconds of the last complete scan of the Maildir, 0: never */
	gboolean gone;	       /* the server has it no more; the files are still here */
	const char *keywords;  /* names of the letters, see mail/keywords.h; read only */
};

/* Insert (number 0, which is then set) or update all but change, next_lid and keywords. */
gboolean state_put_mailbox(struct state *st, struct state_mailbox *mb, GError **error);
gboolean state_set_keywords(struct state *st, guint32 number, const char *names, GError **error);
/* With its messages and steps; the files are the caller's. */
gboolean state_drop_mailbox(struct state *st, guint32 number, GError **error);
/* One allocation, yours, g_free(); NULL when there is none. */
struct state_mailbox *state_mailbox(struct state *st, guint32 number);
struct state_mailbox *state_mailbox_by_name(struct state *st, const char *name);
struct state_mailbox *state_mailbox_by_path(struct state *st, const char *path);
typedef gboolean (*state_mailbox_fn)(const struct state_mailbox *mb, void *data);
/* account NULL: all. In order of account, folder. */
gboolean state_mailboxes(struct state *st, const char *account, state_mailbox_fn each, void *data,
			 GError **error);
/* Raise the change number; *change is the new one. Called by store_commit(). */
gboolean state_touch(struct state *st, guint32 number, guint64 *change, GError **error);

/* ---- messages ------------------------------------------------------------------ */

struct state_message {
	guint32 mailbox;
	guint32 lid;	 /* 0 for a new one: state_add_message gives it */
	guint32 uid;	 /* 0: not on the server (yet) */
	mark_t agreed;	 /* flags that server and we had in common at the last sync */
	mark_t mark;	 /* as the file is named now, and MARK_PENDING */
	guint64 modseq;	 /* CONDSTORE, 0: none */
	guint64 id_hash; /* msgid_hash(Message-ID) */
	guint32 size_bytes;
	gint64 date_received;
	const char *base; /* Maildir base name */
	guint32 misses;	  /* scans in a row that did not find the file */
	gboolean partial; /* the file has no text (mail/partial.h): size_bytes is the server's */
};

/* EXISTS when the base name or uid is there already. */
gboolean state_add_message(struct state *st, struct state_message *msg, GError **error);
/* All but mailbox and lid; GONE when there is none. */
gboolean state_put_message(struct state *st, const struct state_message *msg, GError **error);
gboolean state_set_message_mark(struct state *st, guint32 mailbox, guint32 lid, mark_t mark,
				GError **error);
gboolean state_drop_message(struct state *st, guint32 mailbox, guint32 lid, GError **error);
/* One allocation, yours, g_free(); NULL when there is none. */
struct state_message *state_message(struct state *st, guint32 mailbox, guint32 lid);
struct state_message *state_message_by_uid(struct state *st, guint32 mailbox, guint32 uid);
struct state_message *state_message_by_base(struct state *st, guint32 mailbox, const char *base);
/* The same, or of that name with another uid in it or none, for who knows an old name. */
struct state_message *state_message_named(struct state *st, guint32 mailbox, const char *base);
typedef gboolean (*state_message_fn)(const struct state_message *msg, void *data);
/* Ascending lid, from `after` (not included); `limit` 0: all. */
gboolean state_messages(struct state *st, guint32 mailbox, guint32 after, guint limit,
			state_message_fn each, void *data, GError **error);
/* Their lids alone (guint32), yours; NULL on error. */
GArray *state_lids(struct state *st, guint32 mailbox, guint32 after, guint limit, GError **error);
/* Ascending uid, those that have one; first and last included. */
gboolean state_messages_by_uid(struct state *st, guint32 mailbox, guint32 first, guint32 last,
			       state_message_fn each, void *data, GError **error);
/* Ascending uid, those that have one and no text. */
gboolean state_messages_partial(struct state *st, guint32 mailbox, state_message_fn each,
				void *data, GError **error);
/* Ascending lid, those that have no uid. */
gboolean state_messages_unbound(struct state *st, guint32 mailbox, state_message_fn each,
				void *data, GError **error);
/* The server's id (EMAILID, X-GM-MSGID) of a message. */
gboolean state_set_object(struct state *st, guint32 mailbox, guint32 uid, const char *object,
			  GError **error);
/* Yours; NULL when it has none. */
char *state_object(struct state *st, guint32 mailbox, guint32 lid);
/* A whole message of that id in a mailbox of the account other than `but`; yours, g_free(), or
 * NULL.
 */
struct state_message *state_message_of_object(struct state *st, const char *account, guint32 but,
					      const char *object);
/* All of one Message-ID, every mailbox. */
gboolean state_messages_by_id(struct state *st, guint64 id_hash, state_message_fn each, void *data,
			      GError **error);
/* Keyword bits that any message of the mailbox has, here or as agreed. */
mark_t state_keyword_bits(struct state *st, guint32 mailbox);
guint32 state_count_messages(struct state *st, guint32 mailbox);
/* Those that have a uid. */
guint32 state_count_bound(struct state *st, guint32 mailbox);
/* Those whose uid is one of first to last. */
guint32 state_count_uids(struct state *st, guint32 mailbox, guint32 first, guint32 last);
/* That UID is not this message's: forget its uid, agreed flags and modseq. */
gboolean state_forget_uid(struct state *st, guint32 mailbox, guint32 uid, GError **error);
/* UIDVALIDITY changed: forget all uids, agreed flags and modseqs of a mailbox. */
gboolean state_forget_uids(struct state *st, guint32 mailbox, GError **error);

/* ---- what is gone at the server ----------------------------------------------------- */

/*
 * Messages that a server has no more, and what the user said: sets of UIDs as in IMAP, ""
 * none. An answer is for exactly those of its set.
 */
struct state_vanished {
	guint32 mailbox;
	guint32 uidvalidity; /* of the UIDs */
	guint32 n_known;     /* messages it had when they were gone */
	gboolean told;	     /* the user was asked */
	const char *asked;   /* kept until there is an answer; "*": the mailbox itself is gone */
	const char *allowed; /* may go here, too */
	const char *kept;    /* shall stay; "*": the mailbox itself */
};
/* All three empty: nothing of it is kept. */
gboolean state_put_vanished(struct state *st, const struct state_vanished *v, GError **error);
/* One allocation, yours, g_free(); NULL when there is none. */
struct state_vanished *state_vanished(struct state *st, guint32 mailbox);
/* Numbers (guint32) of an account's mailboxes with an open question, ascending. Yours. */
GArray *state_vanished_asked(struct state *st, const char *account);

/* ---- keywords and texts that the full-text index lacks ----------------------------- */

struct state_retag {
	gint64 id; /* ascending; a message is here once for each change */
	guint32 mailbox, lid;
	gboolean text; /* its text came or went, too */
};
/* The oldest of them, struct state_retag, yours. */
GArray *state_retags(struct state *st, guint limit);
/* All messages are among them from now on. */
gboolean state_retag_all(struct state *st, GError **error);
/* Up to and with this one. */
gboolean state_drop_retags(struct state *st, gint64 last, GError **error);

/* ---- steps: intents towards a server --------------------------------------------- */

enum step_state {
	STEP_WAITING, /* nothing was said to the server */
	STEP_SENT,    /* the command may have reached it: look before doing it again */
	STEP_STUCK,   /* refused for good: waits for the user */
};

struct state_step {
	guint64 id; /* 0 for a new one; ascending in order of creation */
	const char *account;
	guint32 mailbox;  /* 0: none */
	guint32 lid;	  /* 0: the mailbox itself */
	const char *kind; /* the engine's word: flags, move, copy, append, expunge, create … */
	const char *data; /* the engine's, UTF-8 text */
	enum step_state state;
	guint32 tries;
	gint64 next_try;   /* Unix seconds */
	const char *error; /* words of the server at the last try, or "" */
};

gboolean state_add_step(struct state *st, struct state_step *step, GError **error);
/* state, data, tries, next_try, error by id; GONE when there is none. */
gboolean state_put_step(struct state *st, const struct state_step *step, GError **error);
gboolean state_drop_step(struct state *st, guint64 id, GError **error);
typedef gboolean (*state_step_fn)(const struct state_step *step, void *data);
/* In order of id. account NULL: every account. mailbox 0: all; lid 0: all of the mailbox. */
gboolean state_steps(struct state *st, const char *account, guint32 mailbox, guint32 lid,
		     state_step_fn each, void *data, GError **error);
guint32 state_count_steps(struct state *st, const char *account);
/* TRUE when a step names this message; those of the kind `but` (may be NULL) do not count. */
gboolean state_has_step(struct state *st, guint32 mailbox, guint32 lid, const char *but);

/* ---- acts: what the user did, newest last ------------------------------------------ */

struct state_act {
	guint64 id;	  /* 0 for a new one; ascending */
	gint64 made;	  /* Unix seconds */
	const char *kind; /* the engine's word, see src/sync/journal.h */
	guint32 mailbox, target;
	const char *words; /* the engine's */
	guint32 n;	   /* messages */
};
struct state_act_item {
	guint32 mailbox, lid;		/* where the message is since */
	guint32 from_mailbox, from_lid; /* where it was */
	mark_t was, became;
	guint32 uidvalidity, uid; /* of where it was */
	mark_t agreed;
	gint64 date_received;
	const char *kept; /* base name of the file among those deleted, or "" */
};
gboolean state_add_act(struct state *st, struct state_act *act, GError **error);
gboolean state_add_act_item(struct state *st, guint64 act, const struct state_act_item *item,
			    GError **error);
/* With its items. */
gboolean state_drop_act(struct state *st, guint64 id, GError **error);
/* The newest, one allocation, yours, g_free(); NULL when there is none. */
struct state_act *state_last_act(struct state *st);
typedef gboolean (*state_act_fn)(const struct state_act *act, void *data);
/* Newest first. */
gboolean state_acts(struct state *st, state_act_fn each, void *data, GError **error);
typedef gboolean (*state_act_item_fn)(const struct state_act_item *item, void *data);
gboolean state_act_items(struct state *st, guint64 act, state_act_item_fn each, void *data,
			 GError **error);
/* Where an act found the message that it put there; both are left alone when it put none. */
void state_act_origin(struct state *st, guint64 act, guint32 *mailbox, guint32 *lid);
/* A message has another place: whatever act knows it by the old one. */
gboolean state_move_act_items(struct state *st, guint32 mailbox, guint32 lid, guint32 to_mailbox,
			      guint32 to_lid, GError **error);
/* Only the newest `acts`, none older than `since`, and at most `items` messages but for the newest
 * act. */
gboolean state_trim_acts(struct state *st, guint32 acts, guint32 items, gint64 since,
			 GError **error);

/* ---- outbox rows ------------------------------------------------------------------- */

enum outbox_state {
	OUTBOX_QUEUED,
	OUTBOX_SENDING, /* begun; found at start: look, then UNKNOWN */
	OUTBOX_RETRY,	/* 4xx or no network */
	OUTBOX_HOLD,	/* by the user */
	OUTBOX_REFUSED, /* 5xx; the file stays */
	OUTBOX_UNKNOWN, /* the answer to the final dot was lost */
	OUTBOX_SENT,	/* accepted; what follows (Fcc, \Answered) is still to do */
	OUTBOX_N_STATES
};
/* The word of the wire: "queued" … */
const char *outbox_state_word(enum outbox_state state);

struct state_outbox {
	const char *id; /* file name in outbox/work/ */
	const char *account;
	enum outbox_state state;
	guint32 tries;
	gint64 queued; /* Unix seconds */
	gint64 next_try;
	const char *words; /* last words of the server, or "" */
};

/* EXISTS when the id is there: it was adopted before. */
gboolean state_add_outbox(struct state *st, const struct state_outbox *row, GError **error);
/* state, tries, next_try, words by id; GONE when there is none. */
gboolean state_put_outbox(struct state *st, const struct state_outbox *row, GError **error);
gboolean state_drop_outbox(struct state *st, const char *id, GError **error);
struct state_outbox *state_outbox(struct state *st, const char *id); /* yours, g_free() */
typedef gboolean (*state_outbox_fn)(const struct state_outbox *row, void *data);
/* In order of `queued`. */
gboolean state_outbox_rows(struct state *st, state_outbox_fn each, void *data, GError **error);

/* ---- POP3: which UIDLs were fetched (RFC 1939, section 7) ---------------------------- */

struct state_uidl {
	const char *uidl;
	guint32 lid;	    /* of the copy here */
	gint64 first_seen;  /* Unix seconds, for "delete after N days" */
	guint64 size_bytes; /* as LIST said; 0: not known */
	gboolean deleted; /* DELE and QUIT were sent: forget it when the server lists it no more */
	gboolean header_only;	/* its text was not fetched */
	gboolean here, partial; /* only in answers: it is in the mailbox, and has no text there */
};
gboolean state_put_uidl(struct state *st, const char *account, const struct state_uidl *u,
			GError **error);
/* The user is done with a message of which the server has the only text. */
gboolean state_release_uidl(struct state *st, const char *account, guint32 lid, GError **error);
gboolean state_drop_uidl(struct state *st, const char *account, const char *uidl, GError **error);
typedef gboolean (*state_uidl_fn)(const struct state_uidl *u, void *data);
/* Those of an account; `mailbox` is the one that its messages go to. */
gboolean state_uidls(struct state *st, const char *account, guint32 mailbox, state_uidl_fn each,
		     void *data, GError **error);

#endif
