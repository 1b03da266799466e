/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header cache as a program with turns uses it: opened when it is there,
 * opened anew when the engine made another, held for one turn at a time.
 */
#ifndef CUR_MODEL_CACHE_H
#define CUR_MODEL_CACHE_H

#include <glib.h>

#include "cur/base/auto.h"

struct cache;
struct hcache;

/* Never fails: there may be no cache yet. */
struct cache *cache_new(void);
void cache_free(struct cache *cache);
DEFINE_AUTO(cache, cache_free)

/*
 * Begin a turn with the newest snapshot; NULL when there is none. *another is set
 * when it is not the one of the last turn: whoever kept that must take this.
 */
struct hcache *cache_begin(struct cache *cache, gboolean *another);
/* End the turn: before every sleep. */
void cache_end(struct cache *cache);
/* Between turns, now and then: has the engine put another file in its place? */
void cache_check(struct cache *cache);

#endif
