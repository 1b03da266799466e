/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which messages of servers are kept here whole: $imap_keep_days, $imap_keep_size, keep. */
#ifndef CUR_CONF_KEEP_H
#define CUR_CONF_KEEP_H

#include <glib.h>

#include "cur/conf/conf.h"

struct keep {
	int days;	    /* since the message arrived; 0: for ever */
	guint64 size_bytes; /* 0: of every size */
};

/* A row of `keep`; of several that match a folder the last one counts. */
struct keep_rule {
	char *pattern; /* with * and ?, of the folder's name in its account */
	struct keep keep;
};

/* The variables as a rule for "*", then the rows: struct keep_rule *, a copy of its own. Yours. */
GPtrArray *conf_keep_rules(const struct conf *conf);

/* What such rules say of a folder; everything without a rule (NULL, or no match). */
struct keep keep_for(const GPtrArray *rules, const char *folder);

#endif
