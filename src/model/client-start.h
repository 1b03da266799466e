/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine that is starting: it tells by a pipe why it cannot, and closes it when it can. */
#ifndef CUR_MODEL_CLIENT_START_H
#define CUR_MODEL_CLIENT_START_H

#include <glib.h>

#include "cur/base/auto.h"

struct engine_start;

/* `args` and `shells` as in client_options, but borrowed and -1 for none. */
struct engine_start *engine_start_new(const char *const *args, int shells, GError **error);
void engine_start_free(struct engine_start *s);
DEFINE_AUTO(engine_start, engine_start_free)

enum engine_start_state {
	ENGINE_STARTING,
	ENGINE_STARTED, /* it listens, or is gone without a word */
	ENGINE_FAILED,	/* *error says why: BUSY when another engine was faster */
};
/* To be polled: it can be read, or ends, when there is something to look at. -1 after its end. */
int engine_start_fd(const struct engine_start *s);
/* Does not wait. */
enum engine_start_state engine_start_look(struct engine_start *s, GError **error);

#endif
