/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that are here already, though the name by which the server offers them is new. */
#ifndef CUR_SYNC_POP_TWINS_H
#define CUR_SYNC_POP_TWINS_H

#include "pop-round.h"

struct pop_twins;

/* When it is known what the server lists; it lives no longer than `r`. */
struct pop_twins *pop_twins_load(struct pop_round *r, GError **error);
void pop_twins_free(struct pop_twins *t);

/* An incoming_twin_fn; `data` is a struct pop_twins. A row is found once. */
guint32 pop_twins_find(const struct row *row, const char *path, void *data);

#endif
