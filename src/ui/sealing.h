/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft signed and encrypted before it leaves: keys are found, the user chooses where he must. */
#ifndef UI_SEALING_H
#define UI_SEALING_H

#include "cur/mail/draft.h"

struct app;

/* `entity` (taken) goes in place of the text and parts; NULL: given up or failed, which is told. */
typedef void (*sealing_fn)(struct app *app, GBytes *entity, void *data);

/* The draft is copied as far as it is needed. `done` is called exactly once, maybe at once. */
void sealing_start(struct app *app, const struct draft *draft, sealing_fn done, void *data);

/* The same, encrypted for ourselves alone: a draft that is kept ($postpone_encrypt). */
void sealing_keep(struct app *app, const struct draft *draft, sealing_fn done, void *data);

/*
 * $crypt_opportunistic_encrypt: encrypt when there is a key for everybody, and not when there is
 * none, unless the user decided. TRUE: the draft was changed.
 */
gboolean sealing_opportune(struct app *app, struct draft *draft);

#endif
