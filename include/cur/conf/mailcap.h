/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which program shows a type: mailcap files (RFC 1524) of $mailcap_path. */
#ifndef CUR_CONF_MAILCAP_H
#define CUR_CONF_MAILCAP_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/conf.h"

enum mailcap_want {
	MAILCAP_VIEW,	  /* a viewer that may take the terminal */
	MAILCAP_AUTOVIEW, /* copiousoutput: its stdout is shown in the pager */
	MAILCAP_PRINT,	  /* print= */
	MAILCAP_EDIT,	  /* edit=: what changes a file of the type */
	MAILCAP_COMPOSE,  /* compose=: what makes a new one */
};

struct mailcap_entry {
	char *type;    /* major/minor, minor may be a star */
	char *command; /* what was wanted, with % escapes */
	char *name_template;
	gboolean needs_terminal;
	gboolean copious_output;
	gboolean uses_file; /* has %s: else the part goes to stdin */
	gboolean keep;	    /* x-neomutt-keep: the file stays */
	gboolean no_wrap;   /* x-neomutt-nowrap: $wrap is not for its output */
};
void mailcap_entry_free(struct mailcap_entry *entry);
DEFINE_AUTO(mailcap_entry, mailcap_entry_free)

/*
 * The first entry of the files for "text/html" whose test= succeeds. `file` is where the part
 * lies, for tests that look at %s. `parameter` gives a Content-Type parameter for %{name}: NULL
 * for none; may be NULL. NULL when there is no entry.
 */
typedef const char *(*mailcap_parameter_fn)(void *data, const char *name);
struct mailcap_entry *mailcap_find(const struct conf *conf, const char *type,
				   enum mailcap_want want, const char *file,
				   mailcap_parameter_fn parameter, void *data);

/*
 * The shell line of an entry. %s becomes "$1" whatever quotes the user set around it: run it with
 * child_shell and `file` as first value. %t and %{x} are cut to [A-Za-z0-9._/-]. Yours.
 */
char *mailcap_command(const struct mailcap_entry *entry, const char *type,
		      mailcap_parameter_fn parameter, void *data);

/* A file name for the part after nametemplate; `name` is only its text. One component. Yours. */
char *mailcap_file_name(const struct mailcap_entry *entry, const char *name);

#endif
