/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The open mailbox as the user sees it: the cache's rows in the user's order,
 * narrowed by a limit, with folded threads, tags, and marks that wait for `$`.
 *
 * What it shows comes from the cache. Every change is a wish to the engine, which
 * answers later; until then the wish is laid over the cache's mark (MARK_PENDING),
 * and dropped when the answer is there. Nothing here waits.
 *
 * A pos counts the messages shown, 0..mailbox_count()-1, and is good until the
 * next mailbox_update(). A lid is good for ever. Borrowed pointers live until
 * mailbox_release(), that is at most one turn of the event loop.
 */
#ifndef CUR_MODEL_MAILBOX_H
#define CUR_MODEL_MAILBOX_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/base/patience.h"
#include "cur/mail/row.h"

struct client;
struct conf;
struct hcache;
struct mailbox;
struct pattern;
struct thread_tree;

struct mailbox_source {
	struct hcache *cache;  /* borrowed; NULL: nothing is shown until there is one */
	struct client *client; /* borrowed; wishes go there */
	struct conf *conf;     /* borrowed: order, threads, scores; it gets the lists met here */
	/* The engine cannot open it (may be NULL). */
	void (*refused)(const GError *error, void *data);
	/* Its messages are others though the cache is the same: begin a new turn (may be NULL). */
	void (*changed)(void *data);
	void *data;
};

/*
 * Open a mailbox by its canonical name. Never fails for want of a cache or an
 * engine: then it is empty, and mailbox_update() fills it once they are there.
 * The engine is asked to index it and to keep it fresh.
 */
struct mailbox *mailbox_open(const struct mailbox_source *source, const char *name,
			     gboolean read_only);
/*
 * Ask the engine to open it. Done by mailbox_open(); again after the client came
 * back from being DOWN.
 */
void mailbox_announce(struct mailbox *mb);
/* Tell the engine that it is no longer shown, and free it. Session marks are lost. */
void mailbox_close(struct mailbox *mb);
DEFINE_AUTO(mailbox, mailbox_close)

/*
 * A virtual mailbox (conf/virtual.h) shows what a query finds in others. Its lids are good for
 * this session alone; mailbox_origin() says which message of which mailbox is meant.
 */
gboolean mailbox_is_virtual(const struct mailbox *mb);
/* Ask its query again; nothing for others. */
void mailbox_search(struct mailbox *mb);
/* Show the rest of a message's thread, too, wherever it lies. FALSE: it has no Message-ID. */
gboolean mailbox_gather_thread(struct mailbox *mb, guint32 lid);
/* The name of the virtual mailbox of a message's thread; NULL: it has no Message-ID. Yours. */
char *mailbox_thread_name(const struct mailbox *mb, guint32 lid);
/* The number of the mailbox that a message lies in, and its lid there; FALSE: not known. */
gboolean mailbox_origin(const struct mailbox *mb, guint32 lid, guint32 *mailbox,
			guint32 *lid_there);

/* The cache was opened or replaced. */
void mailbox_set_cache(struct mailbox *mb, struct hcache *cache);

/* ---- turns ---- */

struct mailbox_change {
	/*
	 * In: the message the cursor is on (0: none). Out: the same, or when it is not
	 * shown any more the next one that is, else the one before; 0 when nothing is.
	 */
	guint32 anchor;
	gboolean any;	/* redraw */
	gboolean order; /* a pos may mean another message */
	guint arrived;	/* messages not there before (0 for the first update) */
	guint gone;
};

/*
 * Take the newest snapshot and merge what it brought. O(1) when nothing changed,
 * O(what arrived) for new rows in a flat order at its end, else O(n). Call it at the start of
 * a turn; accessors may be used until mailbox_release().
 */
void mailbox_update(struct mailbox *mb, struct mailbox_change *change);
/* Before the loop sleeps: let go of the snapshot. */
void mailbox_release(struct mailbox *mb);

/* ---- what it is ---- */

const char *mailbox_name(const struct mailbox *mb); /* canonical */
guint32 mailbox_number(const struct mailbox *mb);   /* 0: not given yet, or virtual */
const char *
mailbox_folder(const struct mailbox *mb); /* name to show: folder in its account, or the path */

/* Writing is allowed: not -R, and not switched off by toggle-write. */
gboolean mailbox_writable(const struct mailbox *mb);
void mailbox_set_writable(struct mailbox *mb, gboolean writable);
gboolean mailbox_read_only(const struct mailbox *mb); /* for good: opened with -R */

struct mailbox_counts {
	guint messages, unread, fresh, flagged; /* all rows; fresh: new, never listed before */
	guint old;				/* unread and not fresh */
	guint deleted, tagged;			/* session marks */
	guint shown;				/* mailbox_count() plus what folds hide */
	guint64 bytes, shown_bytes;
	guint total; /* as the server says; more than messages while a first sync runs */
};
void mailbox_counts(struct mailbox *mb, struct mailbox_counts *out);

/* ---- messages ---- */

guint mailbox_count(const struct mailbox *mb);
guint32 mailbox_lid(const struct mailbox *mb, guint pos);
/* FALSE when it is gone, hidden by the limit, or folded away. */
gboolean mailbox_find(const struct mailbox *mb, guint32 lid, guint *pos);
/*
 * The same, but of a hidden one gives the nearest shown: the top of its fold, or
 * where it would stand. FALSE when it is gone or nothing is shown.
 */
gboolean mailbox_near(const struct mailbox *mb, guint32 lid, guint *pos);

const struct row *mailbox_row(const struct mailbox *mb, guint pos);
void mailbox_envelope(const struct mailbox *mb, guint pos, struct envelope *env);
/* Cache's mark with pending wishes laid over it. */
mark_t mailbox_flags(const struct mailbox *mb, guint pos);
/* Number of a message as the user counts (%C, ~m): its place among all, from 1. */
guint mailbox_message_number(const struct mailbox *mb, guint pos);
int mailbox_score(const struct mailbox *mb, guint pos);
/* %X: reads the file when its row cannot tell, once. */
guint mailbox_attachments(struct mailbox *mb, guint pos);
/* What `spam` rules make of its headers, "" for nothing. Borrowed for the turn. Reads the file. */
const char *mailbox_spam(struct mailbox *mb, guint pos);
/* %x: its X-Comment-To, NULL for none. Borrowed while the mailbox is open. Reads the file, once. */
const char *mailbox_comment_to(struct mailbox *mb, guint pos);

/* The same by lid, for a message that may be hidden. FALSE when it is gone. */
gboolean mailbox_lid_row(const struct mailbox *mb, guint32 lid, const struct row **row,
			 mark_t *flags, struct envelope *env);

/*
 * The file of a message, as an absolute path; yours. Looks for it again by its
 * base name when another program renamed it. NULL with CUR_ERROR_GONE when it is
 * not there (removed, or only on the server so far).
 */
char *mailbox_file(struct mailbox *mb, guint32 lid, GError **error);
/*
 * The message as the user wants it read, with the types that mailbox_set_type() gave parts (by
 * struct part.index). Yours; NULL as of mailbox_file() and message_open().
 */
struct message *mailbox_message(struct mailbox *mb, guint32 lid, GError **error);
void mailbox_set_type(struct mailbox *mb, guint32 lid, guint part, const char *type);

/* ---- session marks ---- */

enum mailbox_session {
	SESSION_TAGGED = 1 << 0,
	SESSION_DELETED = 1 << 1, /* waits for mailbox_sync() */
	SESSION_PURGE = 1 << 2,	  /* with DELETED: past the trash */
};
unsigned mailbox_session(const struct mailbox *mb, guint32 lid);
void mailbox_set_session(struct mailbox *mb, guint32 lid, unsigned set, unsigned clear);
/* lids with all of `bits`, in shown order first; yours (guint32). */
GArray *mailbox_session_lids(struct mailbox *mb, unsigned bits);

/*
 * What opening a signed or encrypted message told: its signature is good, its sealed Subject (NULL:
 * none). Shown instead of what the header says, until the mailbox is closed; never written.
 */
void mailbox_set_opened(struct mailbox *mb, guint32 lid, gboolean verified, const char *subject);
gboolean mailbox_is_verified(const struct mailbox *mb, guint32 lid);
/* check-traditional-pgp found OpenPGP in its text: it is opened as if the header said so. */
void mailbox_set_inline_pgp(struct mailbox *mb, guint32 lid);
gboolean mailbox_has_inline_pgp(const struct mailbox *mb, guint32 lid);

/* ---- wishes: answered through `done`, which may be NULL; error is NULL on success ---- */

typedef void (*mailbox_done_fn)(struct mailbox *mb, const GError *error, void *data);

/* Add and remove FLAG_ bits. */
void mailbox_mark(struct mailbox *mb, const GArray *lids, guint32 add, guint32 remove,
		  mailbox_done_fn done, void *data);
/* They were read: \\Seen, which no undo takes back. */
void mailbox_shown(struct mailbox *mb, const GArray *lids);
/* New messages that nobody read are old from now on ($mark_old); no undo takes it back. */
void mailbox_age(struct mailbox *mb);
/* Add and remove keywords by name, blank between; shown once the engine has done it. */
void mailbox_tag(struct mailbox *mb, const GArray *lids, const char *add, const char *remove,
		 mailbox_done_fn done, void *data);
/* The names of all its keywords, sorted, blank between. Yours. */
char *mailbox_keyword_names(struct mailbox *mb);
/* Into another mailbox (canonical name). Moved ones leave when the engine says so. */
void mailbox_move(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data);
void mailbox_copy(struct mailbox *mb, const GArray *lids, const char *target, mailbox_done_fn done,
		  void *data);
/*
 * Carry out the session's deletions: to `trash` (canonical name; NULL: for good),
 * purged ones for good. The messages leave when the engine has made it durable.
 */
void mailbox_sync(struct mailbox *mb, const char *trash, mailbox_done_fn done, void *data);

/* ---- order, limit, threads ---- */

/* $sort, $sort_aux, threads or colours changed: order again. */
void mailbox_resort(struct mailbox *mb);

/*
 * What the server found for a query of =/: a set of GUINT_TO_POINTER(lid), taken. Patterns match
 * these until another answer comes.
 */
void mailbox_set_found(struct mailbox *mb, const char *query, GHashTable *lids);

/*
 * Show only what matches; NULL or "all": everything. The text is remembered
 * ($status_format %V) and applied to new mail too. On error nothing changes; CANCELLED when
 * `patience` (may be NULL) is at its end.
 */
gboolean mailbox_limit(struct mailbox *mb, const char *pattern, const struct patience *patience,
		       GError **error);
const char *mailbox_limit_text(const struct mailbox *mb); /* NULL: no limit */

/* Leave messages out of what is shown until the mailbox is opened again; nothing is done to them.
 */
void mailbox_hide(struct mailbox *mb, const GArray *lids);

/* Does the message at pos match? `pattern` is compiled (query/pattern.h). */
gboolean mailbox_matches(struct mailbox *mb, guint pos, const struct pattern *pattern);
/* lids of everything shown (and folded) that matches; yours. NULL: stopped, see `patience`. */
GArray *mailbox_matching(struct mailbox *mb, const struct pattern *pattern,
			 const struct patience *patience);

/* Messages that a pattern asked in vain for a text that is not here, since last asked. */
guint mailbox_take_unsearched(struct mailbox *mb);

/* Whether $sort or $use_threads shows it as threads now. */
gboolean mailbox_threaded(const struct mailbox *mb);

/* Whole thread, or the part below a message. */
enum mailbox_scope { SCOPE_MESSAGE, SCOPE_SUBTHREAD, SCOPE_THREAD };
/* lids of the scope around pos, folded ones too, those outside the limit not; yours. */
GArray *mailbox_scope(struct mailbox *mb, guint pos, enum mailbox_scope scope);
/* First message of the next (or previous) thread or subthread; FALSE when there is none. */
gboolean mailbox_step_thread(const struct mailbox *mb, guint pos, enum mailbox_scope scope,
			     gboolean forward, guint *to);
/* The parent or the root of a message, when it is shown. */
gboolean mailbox_parent(const struct mailbox *mb, guint pos, guint *to);
gboolean mailbox_root(const struct mailbox *mb, guint pos, guint *to);

enum mailbox_fold { FOLD_OPEN, FOLD_CLOSE, FOLD_TOGGLE };
/* Fold the thread of pos, or all ($collapse_unread, $uncollapse_… by the caller's choice). */
gboolean mailbox_fold(struct mailbox *mb, guint pos, enum mailbox_fold how);
void mailbox_fold_all(struct mailbox *mb, enum mailbox_fold how);
/* Messages hidden behind pos by its fold, not counting itself. */
guint mailbox_hidden(const struct mailbox *mb, guint pos);
/* Messages in the thread of pos that the limit shows. */
guint mailbox_thread_size(const struct mailbox *mb, guint pos);
/* The how manieth of these pos is, from 1. Walks to the first. */
guint mailbox_thread_place(const struct mailbox *mb, guint pos);
/* The tree left of the subject: UTF-8 line drawing, or ASCII. "" when not threaded. Yours. */
char *mailbox_tree(const struct mailbox *mb, guint pos, gboolean ascii);

/*
 * This session's threads only: hang messages under another, or cut one off. The
 * headers are not changed.
 */
void mailbox_break_thread(struct mailbox *mb, guint pos);
void mailbox_link_threads(struct mailbox *mb, const GArray *children, guint parent_pos);

#endif
