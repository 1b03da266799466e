/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one door between worker threads and the main loop, where the programs
 * are. Every function here may be called from every thread.
 */
#ifndef CUR_SYNC_HUB_H
#define CUR_SYNC_HUB_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/store/store.h"
#include "cur/wire/codec.h"

struct hub;
struct forecast;

/* On the main loop: pass a message to the programs. For a PROMPT, FALSE when none is there. */
typedef gboolean (*hub_tell_fn)(enum wire_id id, GVariant *body, void *data);

struct hub *hub_new(struct store *store, hub_tell_fn tell, void *data);
void hub_free(struct hub *hub);
DEFINE_AUTO(hub, hub_free)

/* Borrowed for the life of the hub. */
struct store *hub_store(struct hub *hub);

/* `body` floating or not, consumed; NULL for "()". */
void hub_tell(struct hub *hub, enum wire_id id, GVariant *body);

enum hub_level { HUB_INFO, HUB_WARNING, HUB_ERROR };
/* Shown to the user once and logged; `account` is a name or "". */
void hub_note(struct hub *hub, enum hub_level level, const char *account, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void hub_progress(struct hub *hub, const char *what, const char *doing, guint64 done,
		  guint64 total);

/*
 * Ask the user through a program and wait for the answer, which is yours. AUTH when no
 * program is there to ask or the user declined, CANCELLED by hub_cancel_prompts().
 */
char *hub_prompt(struct hub *hub, const char *question, gboolean secret, GError **error);
/* Main loop: the user's answer, NULL when declined. FALSE when nobody waits for that serial. */
gboolean hub_answer(struct hub *hub, guint32 serial, const char *text);
/* Main loop: does somebody still wait for the answer? */
gboolean hub_is_asking(struct hub *hub, guint32 serial);
/* All prompts end now, and so do those to come. */
void hub_cancel_prompts(struct hub *hub);

/* What went wrong since the start, for the exit status of a run without programs. */
void hub_count_failure(struct hub *hub, const GError *error);
guint hub_n_failures(struct hub *hub, gboolean *all_temporary);

/*
 * What a dry run notes instead of doing it (forecast.h), else NULL; borrowed. Set before the
 * first worker starts.
 */
void hub_rehearse(struct hub *hub, struct forecast *forecast);
struct forecast *hub_forecast(const struct hub *hub);

/* Run `call` on the main loop. */
void hub_call(struct hub *hub, void (*call)(void *data), void *data);
/* Main loop: are there calls still to be run? What a worker that rests has left to do is among
 * them. */
gboolean hub_has_errands(struct hub *hub);

#endif
