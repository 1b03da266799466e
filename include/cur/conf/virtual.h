/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual mailboxes, whose messages a notmuch query finds in others: their names are
 * notmuch://[FOLDER]?query=QUERY[&type=messages|threads][&limit=N], as NeoMutt has them.
 */
#ifndef CUR_CONF_VIRTUAL_H
#define CUR_CONF_VIRTUAL_H

#include "cur/base/auto.h"
#include "cur/conf/conf.h"

/* Such a name taken apart, what it leaves out filled in from the nm_ variables. */
struct virtual_query {
	char *database;	  /* folder of a notmuch database; "": the usual one */
	char *query;	  /* in notmuch's language, the window of $nm_query_window_* put in */
	char *asked;	  /* the same without the window */
	char *exclude;	  /* tags that are left out unless the query names them, blank between */
	gboolean threads; /* the whole threads of what is found */
	guint limit;	  /* most messages (or threads); 0: all */
};
void virtual_query_free(struct virtual_query *query);
DEFINE_AUTO(virtual_query, virtual_query_free)

gboolean conf_is_virtual(const char *name);
/* FALSE with USAGE when it names no query. Yours. */
struct virtual_query *conf_virtual_query(const struct conf *conf, const char *name, GError **error);
/* The name of a query's mailbox. `threads`: of whole threads, else as $nm_query_type says. Yours.
 */
char *conf_virtual_name(const char *query, gboolean threads);
/* How it is shown: its label, else its query. Yours. */
char *conf_virtual_display(const struct conf *conf, const char *name);

#endif
