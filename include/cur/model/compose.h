/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a message to be written starts from: new, an answer, a forward, an old one
 * again. No questions are asked here: the caller has the answers and puts them
 * into struct compose_choice. The order of a composition, as mutt has it:
 *
 *	compose_new / compose_reply / compose_forward
 *	compose_my_recipients		my_hdr: To, Cc, Bcc, Subject
 *	(To, Cc, Bcc, Subject are asked)
 *	compose_reply_hooks
 *	compose_send_hooks		these may change $from, $signature, my_hdr …
 *	compose_finish			From, other my_hdr, text, signature
 *	compose_send2_hooks, $editor, compose_send2_hooks
 *	security_choose, compose_choose_fcc, the compose menu, submit_draft()
 *
 * What was written before (compose_resend, a postponed draft) begins with $editor or the menu.
 */
#ifndef CUR_MODEL_COMPOSE_H
#define CUR_MODEL_COMPOSE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/base/patience.h"
#include "cur/mail/draft.h"
#include "cur/mail/message.h"
#include "cur/mail/reply.h"
#include "cur/mail/row.h"

struct conf;
struct unsealed;

/* A message that is answered, forwarded or sent again. */
struct original {
	struct message *message;
	struct unsealed *opened; /* owned: what its sealed parts hold; NULL: not opened */
	char *id;		 /* number.lid, "" for one that is no row of a mailbox */
	struct row row;
	struct envelope env;
	char *text; /* what env points into */
};
struct original *original_open(const struct conf *conf, const char *file, const char *id,
			       GError **error);
/* A message inside another (message/rfc822 part), or from memory. */
struct original *original_new(const struct conf *conf, GBytes *bytes, const char *id);
/* Its parts (struct part *), those in sealed ones when it was opened. Yours. */
GPtrArray *original_parts(const struct original *original);
/* What was sealed in it is known now; its Subject is the protected one from here on. Takes `u`. */
void original_take_opened(struct original *original, struct unsealed *u);
void original_free(struct original *original);
DEFINE_AUTO(original, original_free)

/* What was asked and answered. */
struct compose_choice {
	enum reply_kind kind;
	gboolean use_reply_to;
	gboolean use_followup_to;
	gboolean include;		 /* quote the originals */
	gboolean forward_as_attachment;	 /* $mime_forward */
	gboolean forward_attachments;	 /* carry them over */
	const struct patience *patience; /* who waits for the $signature command, or NULL */
};

/* An empty message. */
struct draft *compose_new(const struct conf *conf);
/* Does $reply_to matter for this one (mail/reply.h)? */
gboolean compose_asks_reply_to(const struct conf *conf, const struct original *original,
			       enum reply_kind kind);
/* Recipients, subject, ids; the text comes with compose_finish(). */
struct draft *compose_reply(const struct conf *conf, struct original *const originals[], guint n,
			    const struct compose_choice *choice, GError **error);
/* Subject by $forward_format; what is forwarded comes with compose_finish(). */
struct draft *compose_forward(const struct conf *conf, const struct original *original);
/* The message once more, to be changed and sent (resend-message). Nothing outside it is read. */
struct draft *compose_resend(const struct conf *conf, struct original *original, GError **error);

/* $resume_draft_files, $resume_edited_draft_files: a draft file that is gone on with as it is. */
gboolean compose_resumes(const struct conf *conf, const struct draft *draft);

/* A message from a mailto: link, `mailto_allow` in mind. */
struct draft *compose_mailto(const struct conf *conf, const char *url, GError **error);

/* my_hdr lines about recipients, and the subject when it is asked for; before they are asked for.
 */
void compose_my_recipients(const struct conf *conf, struct draft *draft, gboolean subject);

/*
 * reply-hooks that match the original, then send-hooks (~Q holds for a reply), then send2-hooks
 * that match the draft.
 */
gboolean compose_reply_hooks(struct conf *conf, const struct original *original, GError **error);
/* message-hooks that match a message which is about to be shown. */
gboolean compose_message_hooks(struct conf *conf, const struct row *row, const struct envelope *env,
			       GError **error);
gboolean compose_send_hooks(struct conf *conf, const struct draft *draft, gboolean reply,
			    GError **error);
gboolean compose_send2_hooks(struct conf *conf, const struct draft *draft, GError **error);

/* From as $from and $use_from say, unless it has one. */
void compose_choose_from(const struct conf *conf, struct draft *draft);
/*
 * From, my_hdr but for recipients and subject, and the body: signature, quoted or forwarded text,
 * in mutt's order, or forwarded parts.
 */
void compose_finish(struct conf *conf, struct draft *draft, struct original *const originals[],
		    guint n, gboolean forward, const struct compose_choice *choice);

/* A format of the index domain ($attribution, $forward_format …) for a message. Yours. */
char *compose_render(const struct conf *conf, const char *format, const struct original *original);

/*
 * The Fcc mutt would choose for these recipients (fcc-hooks, $save_name, $record), unless the draft
 * has one.
 */
void compose_choose_fcc(struct conf *conf, struct draft *draft);
/* The mailboxes of a text, $fcc_delimiter between them; canonical in draft->fcc. "" for none. */
gboolean compose_set_fcc(struct conf *conf, struct draft *draft, const char *text, GError **error);

/* $followup_to: when it goes to known lists, say where answers shall go. Before it is sent. */
void compose_followup_to(const struct conf *conf, struct draft *draft);

/* $abort_noattach: does the text (quoted lines aside) speak of an attachment that is not there? */
gboolean compose_forgot_attachment(const struct conf *conf, const struct draft *draft);

#endif
