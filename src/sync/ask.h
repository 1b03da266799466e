/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request of a program in the making: what the files of requests share. Main loop only. */
#ifndef CUR_SYNC_ASK_H
#define CUR_SYNC_ASK_H

#include "core.h"

struct request {
	struct engine *e;
	struct client *c;
	guint32 serial;
	GVariant *body;
};

/* A request whose answer comes later, of a client that may be gone by then. */
struct pending {
	struct engine *e;
	guint client;
	guint32 serial;
	char *name; /* what it is about, or NULL */
};
/* `name` may be NULL. */
struct pending *pending_new(struct request *r, const char *name);
/* FAIL, or DONE without an error; frees it. */
void pending_answer(struct pending *p, const GError *error);
/* The same as a ticket_done_fn. */
void pending_answered(const GError *error, void *pending);

/* The account of a mailbox has something to tell its server. */
void request_push(struct engine *e, guint32 mailbox);
/* Any account may have. */
void request_push_all(struct engine *e);

/* TRUE: DONE is due. FALSE with *error: FAIL. FALSE without: answered later, or already. */
typedef gboolean (*request_fn)(struct request *r, GError **error);

/* ---- ask-mailbox.c ---- */

gboolean ask_open(struct request *r, GError **error);
gboolean ask_close(struct request *r, GError **error);
gboolean ask_sync(struct request *r, GError **error);
gboolean ask_confirm(struct request *r, GError **error);
gboolean ask_give_up(struct request *r, GError **error);
gboolean ask_create(struct request *r, GError **error);
gboolean ask_delete(struct request *r, GError **error);
gboolean ask_rename(struct request *r, GError **error);
gboolean ask_subscribe(struct request *r, GError **error);

/* ---- ask-message.c ---- */

gboolean ask_mark(struct request *r, GError **error);
gboolean ask_tag(struct request *r, GError **error);
gboolean ask_move(struct request *r, GError **error);
gboolean ask_copy(struct request *r, GError **error);
gboolean ask_remove(struct request *r, GError **error);
gboolean ask_text(struct request *r, GError **error);
gboolean ask_append(struct request *r, GError **error);
gboolean ask_search(struct request *r, GError **error);

gboolean ask_shown(struct request *r, GError **error);

/* ---- ask-undo.c ---- */

gboolean ask_undo(struct request *r, GError **error);
gboolean ask_acts(struct request *r, GError **error);

/* ---- ask-outbox.c ---- */

gboolean ask_submitted(struct request *r, GError **error);
gboolean ask_queue(struct request *r, GError **error);
gboolean ask_flush(struct request *r, GError **error);
gboolean ask_hold(struct request *r, GError **error);
gboolean ask_drop(struct request *r, GError **error);
gboolean ask_resend(struct request *r, GError **error);

#endif
