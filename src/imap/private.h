/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of an IMAP session share: its state, commands and responses. */
#ifndef CUR_IMAP_PRIVATE_H
#define CUR_IMAP_PRIVATE_H

#include <glib.h>

#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/imap/mailbox.h"
#include "cur/imap/notify.h"
#include "cur/imap/session.h"
#include "lex.h"

enum {
	IMAP_COMMAND_S = 300,  /* for all of a command, as link_allow counts */
	IMAP_PATIENCE_S = 120, /* of silence: a search in a large mailbox thinks long */
	IMAP_GREETING_S = 30,
	IMAP_LOGOUT_S = 5,
	IMAP_KEEPALIVE_S = 300,
	IMAP_KEEPALIVE_MIN_S = 30,
	IMAP_KEEPALIVE_MAX_S = 29 * 60, /* servers end a session after 30 minutes */
	IMAP_BYE_S = 1,			/* after BYE: what is still on its way */
	IMAP_SET_BYTES = 4000,		/* of a UID set in one command line */
	IMAP_CAPABILITIES_MAX = 1000,
	IMAP_UNTAGGED_MAX = 2000000, /* responses to one command */
};

/* What a running FETCH wants; what does not belong to it is news. */
struct fetch_handler {
	const struct seqset *asked;
	struct seqset *got;   /* texts that came whole; or NULL */
	struct seqset *twice; /* … and again */
	imap_info_fn each;
	void (*anew)(void *data); /* SELECT: as imap_question has it */
	const struct imap_message_ops *ops;
	gboolean headers; /* ops are for headers, not for texts */
	void *data;
};

/* Who listens to untagged responses while a command runs; NULL: nobody. */
struct listeners {
	struct fetch_handler *fetch;
	struct imap_list *list;
	GArray *search;			/* struct seqset_range */
	GArray *vanished;		/* struct seqset_range: UIDs that are gone */
	void (*closed)(struct imap *s); /* what was heard until now was about another mailbox */
	struct imap_copied *copied;
	struct seqset *modified;
};

struct imap {
	struct link *link;
	struct lexer lx;
	gboolean alive;
	guint patience_s; /* 0 until logged in: as the link has it */
	guint keepalive_s;
	guint64 max_literal;

	gboolean capabilities_known;
	gboolean has[IMAP_N_CAPABILITIES];
	GString *mechanisms; /* AUTH=…, blank between */
	/* ID, ENABLE and COMPRESS, or NULL: answered before what is said next. */
	struct command *introduction, *enable, *compress;
	gboolean may_compress;
	gboolean wants[IMAP_N_CAPABILITIES], enabled[IMAP_N_CAPABILITIES];

	guint last_tag;
	GPtrArray *running; /* struct command, borrowed, in the order sent */
	gboolean ready;	    /* the server has said "+" */
	char *ready_text;
	char *bye; /* its words, safe */

	char *selected_name;
	char *permanent_keywords; /* of PERMANENTFLAGS, blank between; NULL: none */
	struct imap_selected selected;
	guint news, odd_uids;
	gboolean vanished_cut; /* more UIDs were said to be gone than are kept */
	guint32 limited_at; /* MESSAGELIMIT (RFC 9738): the lowest UID that was answered; 0: all */
	char delimiter;
	GPtrArray *namespaces; /* char *prefix, the user's own first; NULL: not known */

	struct notify *notify; /* NULL: never asked for */
	struct listeners listeners;
	imap_alert_fn alert;
	void *alert_data;
};

/* ---- commands ---- */

enum command_status { COMMAND_RUNNING, COMMAND_OK, COMMAND_NO, COMMAND_BAD };

struct command {
	guint tag;
	enum command_status status;
	char *code; /* of its tagged answer, "TRYCREATE"; or NULL */
	char *text; /* the words, safe to show */
	/* [APPENDUID] of the tagged answer: struct seqset_range in the order sent, or NULL */
	guint32 append_uidvalidity;
	GArray *appended;
};
void command_clear(struct command *c);
/* The same of one that was allocated. */
void command_free(void *command);

/* Write "tag format\r\n"; several may run at once. */
gboolean command_send(struct imap *s, struct command *c, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* The same in pieces: the tag and a blank; the caller writes the rest to s->link. */
gboolean command_begin(struct imap *s, struct command *c, GError **error);
/* Read until its tagged answer. FALSE only when the connection is gone. */
gboolean command_await(struct imap *s, struct command *c, GError **error);
/* Read until "+": FALSE when the connection is gone; c->status tells whether it was refused
 * instead. */
gboolean command_await_ready(struct imap *s, struct command *c, GError **error);
/* FALSE and *error from a NO or BAD: "what: the server says: words". */
gboolean command_check(struct imap *s, const struct command *c, const char *what, GError **error);
/* send, await and check. */
gboolean command_run(struct imap *s, const char *what, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/*
 * `format` has one %s for a piece of the set: as many commands as its length asks
 * for, all sent before the first answer is awaited.
 */
gboolean command_run_sets(struct imap *s, const char *what, const struct seqset *uids,
			  const char *before, const char *after, GError **error);
/* Its halves: `commands` frees with command_free, and lives until they are answered. */
gboolean command_send_sets(struct imap *s, GPtrArray *commands, const struct seqset *uids,
			   const char *before, const char *after, GError **error);
gboolean command_await_sets(struct imap *s, const GPtrArray *commands, const char *what,
			    GError **error);

/* A mailbox name, or any string, as an argument: atom-like ones quoted, others as literals that
 * need no waiting where LITERAL+ is there. Sent to the link. */
gboolean command_string(struct imap *s, struct command *c, const char *text, gboolean secret,
			GError **error);
/* A mailbox's name, as the server spells it. */
gboolean command_name(struct imap *s, struct command *c, const char *name, GError **error);
/* In place: a name as the server gives it to what all others see. */
void spelling_from_wire(const struct imap *s, GString *name);
gboolean command_end(struct imap *s, GError **error);
/* A literal of n bytes needs no "+" (RFC 7888). */
gboolean command_literal_at_once(const struct imap *s, guint64 n);

/* "verb name rest": a command about one mailbox. */
gboolean command_mailbox(struct imap *s, struct command *c, const char *verb, const char *name,
			 const char *rest, GError **error);

/* The session cannot go on. */
gboolean session_lost(struct imap *s);
/* The same for a failure of the link (taken): a BYE that was heard tells more than "closed". */
gboolean session_explain(struct imap *s, GError *cause, GError **error);
/* The same when the server has said BYE: nothing more will come. */
gboolean session_bye(struct imap *s, GError **error);

/* ---- responses ---- */

/* Read one response and act on it. FALSE when the connection is gone. */
gboolean response_read(struct imap *s, GError **error);
/* Act on "[CODE …] text" of a greeting or answer; *code and *text are yours. */
void response_text(struct imap *s, const char *p, const char *end, struct command *c);
/* A list of capabilities, behind the word. */
void response_capabilities(struct imap *s, const char *p, const char *end);
/* What imap_fetch_info asks for, as FETCH wants it. Yours. */
char *fetch_info_items(gboolean sizes, gboolean modseq, guint64 changed_since);
/* A FETCH response, behind the number and the word; `uid` is that of a UIDFETCH (RFC 9586), or 0.
 */
gboolean response_fetch(struct imap *s, guint32 uid, GError **error);
/* A flag list "(\Seen $x)". */
gboolean response_flags(struct lexer *lx, guint32 *flags, GString *keywords, gboolean *any);
/* LIST and LSUB, STATUS, behind the word. */
gboolean response_list(struct imap *s, gboolean lsub, GError **error);
gboolean response_status(struct imap *s, GError **error);
/* NAMESPACE, behind the word. */
gboolean response_namespace(struct imap *s, GError **error);

/* notify.c: a LIST that nobody asked for, the STATUS of a mailbox, [NOTIFICATIONOVERFLOW]. */
void notify_list(struct imap *s);
void notify_status(struct imap *s, const char *name, const struct imap_status *status);
void notify_overflow(struct imap *s);
/* There is something to take. */
gboolean notify_has_told(const struct imap *s);
/* A LIST of all mailboxes with their STATUS is about to tell more than what was told. */
void notify_forget(struct imap *s);
void notify_free(struct notify *n);

/*
 * COMPRESS (RFC 4978), once a session and where it helps: the first behind other commands, the
 * second when those are answered and before anything else is said.
 */
gboolean session_compress(struct imap *s, GError **error);
gboolean session_compressed(struct imap *s, GError **error);

/* ENABLE has asked for it, and was not refused. */
gboolean session_enabled(const struct imap *s, enum imap_capability capability);

gboolean session_login(struct imap *s, const struct imap_account *account, GError **error);

/* FLAG_ bits and keywords as "(\Seen $x)"; keywords that are no atoms are left out. Yours. */
char *flag_list(guint32 flags, const char *keywords);

#endif
