/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of struct mailbox, shared by mailbox.c (turns, accessors),
 * mailbox-order.c (what is shown, in which order), mailbox-fold.c (threads),
 * mailbox-match.c (patterns), mailbox-virtual.c (where rows lie) and mailbox-wish.c (what the
 * engine is asked).
 *
 * Arrays are indexed by row: the row_id, or in a virtual mailbox the index of the member. A row
 * costs 18 bytes, 40 more when threaded.
 */
#ifndef MODEL_MAILBOX_PRIVATE_H
#define MODEL_MAILBOX_PRIVATE_H

#include "cur/conf/conf.h"
#include "cur/mail/thread.h"
#include "cur/model/client.h"
#include "cur/model/mailbox.h"
#include "cur/query/pattern.h"
#include "cur/store/hcache.h"

/* Bits of mailbox.state beside SESSION_*. */
enum row_state {
	STATE_SESSION = 0x07,
	STATE_DEAD = 1 << 3,
	STATE_JUDGED = 1 << 4, /* the limit was asked */
	STATE_INSIDE = 1 << 5, /* and said yes */
	STATE_FOLDED = 1 << 6, /* in a folded thread */
	STATE_BROKEN = 1 << 7, /* break-thread cut it off */
	STATE_HIDDEN = 1 << 8, /* quasi-delete: out of sight until the mailbox is opened again */
	STATE_SCORED = 1 << 9, /* $score_threshold_… were asked */
	STATE_MET = 1 << 10,   /* $auto_subscribe was */
	STATE_KEPT = STATE_SESSION | STATE_FOLDED | STATE_BROKEN | STATE_JUDGED | STATE_INSIDE |
		     STATE_HIDDEN | STATE_SCORED | STATE_MET,
};

/* Wishes on their way, laid over a mark. */
struct overlay {
	mark_t add, remove;
	guint waiting; /* requests without an answer */
};

struct threads {
	struct thread_tree *tree;
	struct thread_view *view;
	guint32 *inside; /* by root: messages of the thread that the limit shows */
	gboolean upside_down;
};

struct mailbox {
	struct mailbox_source source;
	char *name, *account, *folder, *path;
	guint32 number;
	gboolean read_only, writable;
	gboolean in_turn;	 /* a snapshot is held */
	gboolean stale;		 /* order again at the next update, whatever the cache says */
	guint32 opening;	 /* OPEN or SEARCH that waits for its answer, 0: none */
	struct members *members; /* of a virtual mailbox, else NULL */
	guint32 gathering;	 /* SEARCH for the rest of a thread, 0: none */

	struct hcache_head head; /* as of the last update */
	gboolean loaded;	 /* rows were read at least once */
	guint32 n_rows;
	guint32 n_live;
	guint32 *lid;	/* by row */
	guint16 *state; /* enum row_state by row */
	guint32 *all;	/* live rows in order; n_live of them */
	guint32 *place; /* by row: its index in all */
	guint32 *shown; /* rows after limit and folds */
	guint32 n_shown;
	guint32 *pos;		/* by row: its index in shown, G_MAXUINT32 when hidden */
	struct threads threads; /* tree NULL: flat */
	GHashTable *links;	/* child lid -> parent lid, by link-threads */

	char *limit_text;
	struct pattern *limit;
	guint64 bytes, inside_bytes;
	guint32 n_inside;

	GHashTable *overlays; /* lid -> struct overlay */
	GHashTable *opened;   /* lid -> what opening its message told */
	GHashTable *found;    /* query to a server -> set of lids */
	GHashTable *requests; /* struct request *, to be cancelled at close */
	guint n_tagged, n_deleted;
	guint n_unsearched; /* texts that patterns asked for in vain */

	GHashTable *spam;	/* lid -> tags, "" for none; of those asked about */
	guint64 spam_of;	/* conf_generation() they are of */
	GHashTable *superseded; /* set of hashes of Message-IDs; NULL: not asked for */
	guint64 superseded_of;	/* generation it is of */
	GPtrArray *scores;	/* struct score_rule * */
	guint64 scores_of;	/* conf_generation() they were compiled at */

	GHashTable *types;	 /* lid -> what was said of its parts; NULL: nothing */
	GHashTable *comments;	 /* lid -> X-Comment-To or NULL; of those asked about */
	GHashTable *attachments; /* lid -> how many, of files that were read */
	guint64 attachments_of;

	/* one page of rows at hand */
	guint32 page;
	const struct row *page_rows;
	guint32 page_n;
};

/* ---- mailbox.c ---- */
const struct row *mailbox_row_at(struct mailbox *mb, guint32 row);
void mailbox_envelope_at(const struct mailbox *mb, guint32 row, struct envelope *env);
mark_t mailbox_mark_at(const struct mailbox *mb, guint32 row);
gboolean mailbox_row_of(const struct mailbox *mb, guint32 lid, guint32 *row);

/* ---- mailbox-virtual.c ---- */
/* Where a row lies in the cache. */
struct place {
	guint32 mailbox, row;
};
/* FALSE: nowhere any more. */
gboolean mailbox_place(const struct mailbox *mb, guint32 row, struct place *place);
void mailbox_text_at(const struct mailbox *mb, guint32 row, struct envelope *env);
/* Follow the members, and say what a real mailbox's head would say. */
void mailbox_virtual_head(struct mailbox *mb, struct hcache_head *head);

/* ---- mailbox-order.c ---- */
/* Sort, thread, limit and fold everything anew. */
void mailbox_order(struct mailbox *mb);
/* Only limit and folds changed. */
void mailbox_show(struct mailbox *mb);
/* Does the limit let it through? */
gboolean mailbox_is_inside(const struct mailbox *mb, guint32 row);
void mailbox_threads_clear(struct threads *threads);

/* ---- mailbox-match.c ---- */
/* Ask the limit about the rows that it was not asked about. FALSE: stopped on the way. */
gboolean mailbox_judge(struct mailbox *mb, const struct patience *patience);
gint32 mailbox_row_score(struct mailbox *mb, guint32 row);
void mailbox_scores_clear(struct mailbox *mb);
/* Does it match? */
gboolean mailbox_row_matches(struct mailbox *mb, guint32 row, const struct pattern *pattern);

/* ---- mailbox-score.c ---- */
/* $score_threshold_…: once for each message, as it is first seen here. */
void mailbox_apply_scores(struct mailbox *mb);

/* ---- mailbox-lists.c ---- */
/* $auto_subscribe, for messages that are new here. */
void mailbox_meet_lists(struct mailbox *mb);

/* ---- mailbox-spam.c ---- */
/* "" without one; borrowed until the configuration changes. */
const char *mailbox_row_spam(struct mailbox *mb, guint32 row);
gboolean mailbox_row_superseded(struct mailbox *mb, guint32 row);
void mailbox_spam_clear(struct mailbox *mb);

/* ---- mailbox-opened.c ---- */
void mailbox_opened_free(void *opened);
/* NULL: as in the header. */
const char *mailbox_opened_subject(const struct mailbox *mb, guint32 lid);

/* ---- mailbox-attachments.c ---- */
guint mailbox_row_attachments(struct mailbox *mb, guint32 row);
void mailbox_counts_clear(struct mailbox *mb);

/* ---- mailbox-comment.c ---- */
void mailbox_comments_clear(struct mailbox *mb);

/* ---- mailbox-types.c ---- */
void mailbox_types_clear(struct mailbox *mb);

/* ---- mailbox-wish.c ---- */
void mailbox_requests_cancel(struct mailbox *mb);

#endif
