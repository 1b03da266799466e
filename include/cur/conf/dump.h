/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `cur -D` and `cur -Q` print. */
#ifndef CUR_CONF_DUMP_H
#define CUR_CONF_DUMP_H

#include <glib.h>

#include "cur/conf/conf.h"

enum dump_flags {
	DUMP_HIDE_SECRETS = 1 << 0, /* -S: passwords as *** */
	DUMP_HELP = 1 << 1,	    /* -O: a line of help before each */
	DUMP_CHANGED = 1 << 2,	    /* -D -D: only what is not the default */
};

/*
 * Every variable in muttrc syntax; a comment for those set that do not act, and for defaults that
 * are NeoMutt's. Yours.
 */
char *conf_dump(const struct conf *conf, enum dump_flags flags);
/* One variable. Fails with USAGE and the nearest name. Yours. */
char *conf_query(const struct conf *conf, const char *name, enum dump_flags flags, GError **error);

#endif
