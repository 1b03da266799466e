/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of which nobody knows what became (P60, P61): the mailboxes in which a sent one turns
 * up are looked at, for a while, before the user is asked. From any thread.
 */
#ifndef CUR_SYNC_DOUBT_H
#define CUR_SYNC_DOUBT_H

#include <glib.h>

#include "cur/net/waker.h"
#include "hub.h"
#include "submit.h"

struct doubts;
/* `host` is borrowed; `waker` is poked when the servers have told what they have. */
struct doubts *doubts_new(struct hub *hub, const struct submit_host *host, struct waker *waker);
void doubts_free(struct doubts *all);

/* `words`: why nobody knows. */
void doubt_begin(struct doubts *all, const char *id, const char *words);
/* The words of a doubt that is over, yours; NULL while the look goes on. */
char *doubt_end(struct doubts *all, const char *id, gboolean proved);

#endif
