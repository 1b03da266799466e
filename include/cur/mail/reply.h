/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a reply is: who receives it, its subject and ids, and the quoted text.
 * Pure: what must be asked ($reply_to, $honor_followup_to) is asked by the
 * caller first. Addresses go in and out as header text (address_format()).
 */
#ifndef CUR_MAIL_REPLY_H
#define CUR_MAIL_REPLY_H

#include <glib.h>

#include "cur/mail/row.h"

struct regex;

enum reply_kind {
	REPLY_SENDER,	  /* reply */
	REPLY_GROUP,	  /* group-reply: the others to Cc */
	REPLY_GROUP_CHAT, /* group-chat-reply: the others to To */
	REPLY_LIST,	  /* list-reply */
	REPLY_TO_AUTHOR,  /* compose-to-sender: the author, a new message */
};

/* Asked with a bare address, a@b. */
typedef gboolean (*address_test_fn)(const char *address, void *data);

struct reply_options {
	address_test_fn is_me;	       /* my addresses: `alternates`, $from, user@host */
	address_test_fn is_list;       /* `lists` and `subscribe` */
	address_test_fn is_subscribed; /* `subscribe` */
	void *data;
	gboolean use_reply_to;	  /* $reply_to, as answered; see reply_asks_reply_to() */
	gboolean use_followup_to; /* $honor_followup_to, as answered */
	gboolean reply_self;
	gboolean metoo;
	gboolean ignore_list_reply_to;
};

/* Where the message goes. Free with reply_recipients_clear(). */
struct reply_recipients {
	char *to;
	char *cc;
	guint n; /* addresses in to and cc: ask when there are very many */
};
enum { REPLY_ASK_ABOVE = 100 };

/*
 * TRUE when Reply-To differs from From in a way that makes $reply_to matter: the
 * caller then asks "Reply to ADDRESS?" unless the quad is yes or no.
 */
gboolean reply_asks_reply_to(const struct envelope *env, enum reply_kind kind,
			     const struct reply_options *options);
/* TRUE when $honor_followup_to matters: a group or list reply and the header is there. */
gboolean reply_asks_followup_to(const struct envelope *env, enum reply_kind kind);

/*
 * Recipients of a reply to `envs` (one message, or the tagged ones). FALSE with
 * CUR_ERROR_USAGE when there is nobody to write to (list-reply and no list found).
 */
gboolean reply_recipients(const struct envelope *const envs[], guint n_envs, enum reply_kind kind,
			  const struct reply_options *options, struct reply_recipients *out,
			  GError **error);
void reply_recipients_clear(struct reply_recipients *r);

/*
 * Mail-Followup-To of a message that goes to known lists ($followup_to), made when
 * it is sent: its recipients without me when I am subscribed, with `from` when not.
 * NULL: no list is among them. Yours.
 */
char *reply_mail_followup_to(const char *to, const char *cc, const char *from,
			     const struct reply_options *options);

/* "Re: " and the subject without its reply prefix; $empty_subject when there is none. Yours. */
char *reply_subject(const char *subject, const struct regex *reply_regexp,
		    const char *empty_subject);

/* In-Reply-To and References of a reply (RFC 5322 3.6.4), trimmed to REFERENCES_MAX. Yours. */
void reply_ids(const struct envelope *const envs[], guint n_envs, char **in_reply_to,
	       char **references);

/*
 * $reverse_name: the address of mine that the message went to, with its name
 * when reverse_realname; NULL when none of its recipients is me. Yours.
 */
char *reply_from(const struct envelope *env, address_test_fn is_me, void *data,
		 gboolean reverse_realname);

struct quote_options {
	const char *indent_string;	/* "> ", already rendered */
	const char *attribution;	/* first line, rendered; NULL: none */
	const char *post_indent_string; /* last line, rendered; NULL or "": none */
	const char *header;		/* header block to quote first ($header); NULL: none */
	gboolean text_flowed;		/* ">" without a blank in front of quoted lines */
	gboolean indent_empty;		/* put the indent on empty lines too */
	gboolean strip_signature;	/* cut from "-- " on */
};

/* Append `text` (UTF-8, LF) quoted to `out`. Linear. */
void reply_quote(const char *text, gsize n, const struct quote_options *options, GString *out);

/* Length of `text` without its signature: up to the last line that is "-- ". */
gsize reply_text_end(const char *text, gsize n);

#endif
