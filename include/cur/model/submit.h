/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a draft to the outbox. When these return an id, the message is durable:
 * it will be sent though every program and the machine stop now.
 */
#ifndef CUR_MODEL_SUBMIT_H
#define CUR_MODEL_SUBMIT_H

#include <glib.h>

#include "cur/mail/build.h"

struct client;
struct conf;
struct manuscript;

/* A draft's entity as it was sealed. */
struct submit_sealed {
	GBytes *entity;
	const char *subject; /* outside; NULL: the draft's */
};
/* What of the draft is to be signed and encrypted (mail/build.h). Yours. */
GBytes *submit_entity(struct conf *conf, const struct draft *draft, GError **error);

/*
 * Build `draft` (with `sealed` in place of its text and parts, unless NULL) and put it into the
 * outbox; tell the engine when `client` is not NULL (it also finds the message by itself at its
 * start). The result is the outbox id, yours. USAGE when nobody would receive it or no way to send
 * is set
 * ($smtp_url, $sendmail); nothing is left behind on failure.
 */
char *submit_draft(struct conf *conf, struct client *client, const struct draft *draft,
		   const struct submit_sealed *sealed, GError **error);

/*
 * The same for a message in the making. On failure it is as before. On success follows
 * submit_finish(), which a crash in between leaves to the next program (ui/send.h).
 */
char *submit_manuscript(struct conf *conf, struct client *client, struct manuscript *ms,
			const struct submit_sealed *sealed, GError **error);
/* It has left: remove the postponed message it was recalled from, and what was kept of it. Takes
 * `ms`. */
void submit_finish(struct client *client, struct manuscript *ms);

/*
 * The same for bytes that are complete (a bounce, sendmail mode): `built` has the
 * message, envelope sender and recipients. `fcc` (canonical names) may be NULL.
 */
char *submit_built(struct conf *conf, struct client *client, const struct built_message *built,
		   const GPtrArray *fcc, const char *subject, GError **error);

/* "3.1207" in its two numbers; FALSE, and they are left alone, for anything else. */
gboolean submit_parse_id(const char *id, guint32 *mailbox, guint32 *lid);

/* Messages in the outbox: waiting, being sent, held or refused. */
guint submit_n_unsent(void);

/*
 * The message of an outbox entry, and as a draft again, with its Bcc: `bytes` is that message,
 * opened where it was sealed. The entry stays. Yours.
 */
GBytes *submit_recall_bytes(const char *id, GError **error);
struct draft *submit_recall(const char *id, GBytes *bytes, GError **error);

/* Bounce a message to `to` (header text, aliases expanded). */
char *submit_bounce(struct conf *conf, struct client *client, GBytes *original, const char *to,
		    GError **error);

/*
 * File it in the mailbox `target` (canonical) as a draft to be resumed, flags seen and
 * draft; with `sealed` (may be NULL) in place of its text and parts. The engine takes it over;
 * `done` is called with what it says, error NULL when it is durable. submit_copy() leaves the draft
 * where it is; after submit_postpone(), whose `ms` must live until then, follows submit_finish().
 */
typedef void (*submit_done_fn)(const GError *error, void *data);
void submit_postpone(struct client *client, struct manuscript *ms, const char *target,
		     const struct submit_sealed *sealed, submit_done_fn done, void *data);
void submit_copy(struct client *client, const struct draft *draft, const char *target,
		 submit_done_fn done, void *data);

/* Where a complete message goes, and as what. */
struct submit_place {
	const char *target; /* canonical name, borrowed */
	guint32 flags;	    /* FLAG_ bits */
	gint64 received;    /* Unix seconds; 0: now */
};
/* Put it into a mailbox; `done` as above. */
void submit_message(struct client *client, const struct submit_place *place, GBytes *bytes,
		    submit_done_fn done, void *data);

#endif
