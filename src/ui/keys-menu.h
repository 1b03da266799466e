/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu of keys: one is chosen, looked at closely, or none of them is the right one. */
#ifndef UI_KEYS_MENU_H
#define UI_KEYS_MENU_H

#include "cur/crypt/key.h"

struct app;

/* `key` is NULL when the menu was left; borrowed for the call. Called exactly once. */
typedef void (*keys_menu_fn)(struct app *app, const struct crypt_key *key, void *data);

/*
 * Choose among `keys` (struct crypt_key *, copied), unusable ones only as $pgp_show_unusable says.
 * One that cannot be used is not taken; one that is not surely its owner's after a question, unless
 * they are `own` keys.
 */
void keys_menu_open(struct app *app, const GPtrArray *keys, gboolean own, const char *title,
		    keys_menu_fn done, void *data);

#endif
