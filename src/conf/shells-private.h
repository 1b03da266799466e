/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end of a pair of shells.h. */
#ifndef CUR_CONF_SHELLS_PRIVATE_H
#define CUR_CONF_SHELLS_PRIVATE_H

#include <glib.h>

struct shells;

/* `fd` is taken. */
struct shells *shells_new(int fd, gboolean hears);
/* NULL is fine. */
void shells_free(struct shells *s);

/* `output` is NULL when it could not be run. Does not wait; nothing when this end hears. */
void shells_tell(struct shells *s, const char *command, const char *output);
/* Yours; waits until it is told, or NULL: run it. Each answer once, as each is run once. */
char *shells_hear(struct shells *s, const char *command, int timeout_ms);

#endif
