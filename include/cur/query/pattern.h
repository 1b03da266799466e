/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns: ~f ann !~D (limit, search, tag, color, hooks). Compiled once, then
 * asked of many messages; the cheapest parts (patterns.def, COST) are asked
 * first, so most messages are settled from their fixed record.
 *
 * Grammar as mutt's: terms side by side are AND, | is OR, both of one rank from
 * left to right.
 */
#ifndef CUR_QUERY_PATTERN_H
#define CUR_QUERY_PATTERN_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/row.h"

/* What a test has to look at. Rises with its price. */
enum pattern_cost { COST_ROW, COST_TEXT, COST_THREAD, COST_HEADER, COST_BODY };

/* Operators by table. */
enum pattern_op {
#define PATTERN(letter, ID, argument, cost, forms, origin, state, help) PATTERN_##ID,
#include "cur/patterns.def"
#undef PATTERN
	PATTERN_N_OPS
};

struct pattern;

/* How a text is compiled. All zero is good: now, no simple search rewriting. */
struct pattern_options {
	/* $simple_search or $default_hook: text without an operator becomes this, %s replaced. */
	const char *simple_search;
	gint64 now;	     /* Unix seconds for relative dates; 0: the clock */
	gboolean no_message; /* refuse ~b ~B ~h ~M (score, send-hook, fcc-hook) */
	/* ~m: numbers of the current and the last message, from 1; 0: none. */
	guint32 current;
	guint32 last;
};

/*
 * Fails with CUR_ERROR_USAGE; the message tells what and where:
 * "column 4: unknown operator '~j'".
 */
struct pattern *pattern_compile(const char *text, const struct pattern_options *options,
				GError **error);
void pattern_free(struct pattern *pattern);
DEFINE_AUTO(pattern, pattern_free)

/* The dearest test in it. */
enum pattern_cost pattern_cost(const struct pattern *pattern);
/* TRUE for the operator somewhere in it. */
gboolean pattern_uses(const struct pattern *pattern, enum pattern_op op);

/* What =/ asks the server, as it is written (char *, borrowed); yours, NULL for nothing. */
GPtrArray *pattern_server_queries(const struct pattern *pattern);

/* What can be asked of thread and body; all may be NULL, which means no. */
struct pattern_subject;
struct pattern_calls {
	/* Fill the envelope; called at most once a match. */
	void (*envelope)(guint32 msg, struct envelope *env, void *data);
	/* Text of ~h (header, unfolded and decoded), ~b (body, decoded), ~B; borrowed till the next
	 * call. */
	const char *(*text)(guint32 msg, enum pattern_op op, gsize *n, void *data);
	/* Content types of all parts, one "type/subtype" after another to `each` until it is TRUE.
	 */
	gboolean (*types)(guint32 msg, gboolean (*each)(const char *type, void *arg), void *arg,
			  void *data);
	/* Number of attachments when the row says "not counted yet". */
	guint (*attachments)(guint32 msg, void *data);

	gboolean (*is_me)(const char *address, void *data);
	gboolean (*is_list)(const char *address, void *data);
	gboolean (*is_subscribed)(const char *address, void *data);
	gboolean (*is_alias)(const char *address, void *data);
	gboolean (*in_group)(const char *group, const char *address, const char *name, void *data);

	gint32 (*score)(guint32 msg, void *data);
	const char *(*spam)(guint32 msg, void *data); /* ~H; borrowed */
	gboolean (*is_superseded)(guint32 msg, void *data);
	gboolean (*server_found)(guint32 msg, const char *query, void *data);

	/*
	 * Threads. FALSE: not in a threaded view, or no such message. thread_first gives
	 * the same message for all of a thread; thread_next goes on from it.
	 */
	gboolean (*thread_first)(guint32 msg, guint32 *first, void *data);
	gboolean (*thread_next)(guint32 first, guint32 msg, guint32 *next, void *data);
	gboolean (*parent)(guint32 msg, guint32 *parent, void *data);
	gboolean (*child_first)(guint32 msg, guint32 *child, void *data);
	gboolean (*child_next)(guint32 child, guint32 *next, void *data);
	/* Fill `out` for a message of the thread as for pattern_match() itself. */
	gboolean (*subject)(guint32 msg, struct pattern_subject *out, void *data);
	guint8 (*links)(guint32 msg, void *data); /* enum thread_link */
	gboolean (*is_unanswered)(guint32 msg, void *data);
};

/* One message. Fixed facts by value, the rest is fetched when a test needs it. */
struct pattern_subject {
	guint32 msg; /* row_id, or what the callbacks understand */
	const struct row *row;
	mark_t mark;
	guint32 number; /* place in the mailbox as the user counts, from 1 (~m) */
	gboolean tagged;
	gboolean collapsed;
	gboolean verified;		   /* its signature was found good in this session */
	gboolean deleted;		   /* marked in this session, beside MARK's TRASHED */
	const struct envelope *env;	   /* NULL: calls->envelope */
	const struct pattern_calls *calls; /* NULL: nothing beyond the facts above */
	/* One for a pass over many messages of threads, so that each thread is asked once; or NULL.
	 */
	struct pattern_memo *memo;
	void *data; /* for the calls */
};

/* What ~( ) found about whole threads; good while nothing changes. */
struct pattern_memo;
struct pattern_memo *pattern_memo_new(void);
void pattern_memo_free(struct pattern_memo *memo);
DEFINE_AUTO(pattern_memo, pattern_memo_free)

/* Does it match? Never fails: what cannot be known does not match. */
gboolean pattern_match(const struct pattern *pattern, const struct pattern_subject *subject);

/*
 * The fast path over many rows: for i in 0..n set out[i] to 0 (no), 1 (yes) or 2
 * (text is needed: ask pattern_match). marks[i] belongs to rows[i].
 */
enum { PATTERN_NO, PATTERN_YES, PATTERN_ASK };
void pattern_match_rows(const struct pattern *pattern, const struct row *rows, const mark_t *marks,
			guint32 n, guint8 *out);

/* Rewrite a simple search ($simple_search) without compiling. Yours. */
char *pattern_expand_simple(const char *text, const char *simple_search);

#endif
