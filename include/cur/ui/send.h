/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing a message, from the key to the compose menu: which questions are asked
 * ($fast_reply, $askcc, $include, $abort_nosubject …), the editor, then the menu.
 */
#ifndef CUR_UI_SEND_H
#define CUR_UI_SEND_H

#include <glib.h>

#include "cur/mail/draft.h"
#include "cur/mail/reply.h"
#include "cur/model/compose.h"

struct app;
struct manuscript;

/* A new message; takes `draft` (mailto:, command line, alias menu; NULL: an empty one). */
void send_new(struct app *app, struct draft *draft);

/* These take `originals` (struct original *, freed with it). */
void send_reply(struct app *app, GPtrArray *originals, enum reply_kind kind);
void send_forward(struct app *app, GPtrArray *originals);
void send_resend(struct app *app, GPtrArray *originals);
void send_bounce(struct app *app, GPtrArray *originals);

/* Straight into the compose menu: a recalled or recovered message. Takes `ms`. */
void send_resume(struct app *app, struct manuscript *ms);

/* The same for a draft of the command line. Takes `draft`. */
void send_resume_draft(struct app *app, struct draft *draft);

/* Offer the messages a crash left behind, one after the other. Call once at the start. */
void send_recover(struct app *app);

/* The server refused an outbox entry for good: offer to edit it again. */
void send_refused(struct app *app, const char *id, const char *words);

/* A composition ended, whatever became of it: `cur address` quits then. */
void send_ended(struct app *app);

/* The menu of postponed messages ($postponed); says so when there are none. */
void postponed_open(struct app *app);

/* The compose menu itself. Takes `ms`. */
void compose_menu_open(struct app *app, struct manuscript *ms);

#endif
