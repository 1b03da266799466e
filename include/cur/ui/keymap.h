/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From keys to functions: what was typed so far of a sequence, and the keys that
 * macros, push and exec still want typed. Knows no view: the app hands in the
 * menu and is told what to do.
 */
#ifndef CUR_UI_KEYMAP_H
#define CUR_UI_KEYMAP_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/conf.h"
#include "cur/conf/names.h"

struct keymap;

enum keymap_result {
	KEYMAP_FUNCTION, /* do *fn */
	KEYMAP_MORE,	 /* the start of a sequence, or a macro that was put into the queue */
	KEYMAP_UNBOUND,	 /* no such sequence; it is forgotten */
	KEYMAP_LOOP,	 /* a macro calls itself without end; the queue is emptied */
};

/* Asks `conf`, which must outlive it, at every key. Yours. */
struct keymap *keymap_new(const struct conf *conf);
void keymap_free(struct keymap *km);
DEFINE_AUTO(keymap, keymap_free)

/*
 * One more key in `menu`. `typed`: by the user, not from the queue. A code of
 * KEYCODE_FUNCTION gives that function.
 */
enum keymap_result keymap_feed(struct keymap *km, enum menu menu, int key, gboolean typed,
			       enum function *fn);
/* Forget a half-typed sequence. */
void keymap_reset(struct keymap *km);
/* A sequence is half typed. */
gboolean keymap_pending(const struct keymap *km);

/* Put keys (muttrc notation) before what waits already. */
void keymap_push(struct keymap *km, const char *keys);
/* The next waiting key; FALSE when there is none. */
gboolean keymap_next(struct keymap *km, int *key);
/* Drop what waits: an error or the abort key ends macros; also up to <end-cond>. */
void keymap_flush(struct keymap *km);
void keymap_flush_to(struct keymap *km, enum function fn);

#endif
