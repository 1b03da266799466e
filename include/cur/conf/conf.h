/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole configuration: what a muttrc, `-e` and the ':' prompt made. It knows
 * names and values, no screen. One thread uses it.
 *
 * The lists it holds are in headers of their own: bindings.h, colors.h,
 * hooks.h, lists.h, accounts.h.
 */
#ifndef CUR_CONF_CONF_H
#define CUR_CONF_CONF_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/conf/settings.h"

enum conf_flags {
	CONF_NO_SHELL = 1 << 0, /* backticks, `source "cmd|"` give nothing, files are not read */
	/* From now on nothing is run: backticks stand for 0, `source "cmd|"` for nothing. */
	CONF_DRY = 1 << 1,
	CONF_CHECK = 1 << 2, /* warn of local mailboxes that are not there */
};

struct conf;
/* With the defaults of the tables; nothing is read. Yours. */
struct conf *conf_new(enum conf_flags flags);
void conf_free(struct conf *conf);
void conf_set_flags(struct conf *conf, enum conf_flags flags);
DEFINE_AUTO(conf, conf_free)

/* Borrowed; fields change when commands run. */
const struct settings *conf_settings(const struct conf *conf);
/* Rises with every command that changed something. */
guint64 conf_generation(const struct conf *conf);

enum conf_severity {
	CONF_ERROR,   /* the rest of the line was dropped */
	CONF_WARNING, /* done, but hardly what was meant */
	CONF_NOTE,    /* kept, but nothing acts on it yet, or something else does */
};
struct conf_problem {
	char *file; /* NULL for -e and the prompt */
	int line;   /* from 1; 0 without a file */
	int column; /* from 1, in characters */
	enum conf_severity severity;
	gboolean of_system; /* in the system's file, or what it sources */
	gboolean missing;   /* a WARNING: what the line names is not there, a file or a program */
	gboolean lacks;	    /* missing, and more of the configuration was to come from it */
	char *text;
};
/* All since conf_new, as struct conf_problem *. Borrowed. */
const GPtrArray *conf_problems(const struct conf *conf);
guint conf_n_errors(const struct conf *conf);
/* "file:line:column: text", with "warning: " or "note: " before the text. Yours. */
char *conf_problem_format(const struct conf_problem *problem);

/*
 * Read the usual files: the system file unless no_system, then the personal one,
 * or instead of it each of `files` (NULL, or a NULL-terminated list from -F). FALSE when one of
 * `files` cannot be read; problems inside files are in conf_problems().
 */
gboolean conf_load(struct conf *conf, const char *const *files, gboolean no_system, GError **error);
/* Where conf_load looks for it, in order. Yours: g_strfreev. */
char **conf_search_path(void);

/* Read one file or the output of "command|", as `source` does. */
gboolean conf_source(struct conf *conf, const char *name, GError **error);

/*
 * A line of the ':' prompt, of -e or of a hook. *message (may be NULL) is what it says to the
 * user, NULL for nothing; yours. FALSE with USAGE at the first error, also added to no list.
 */
gboolean conf_command(struct conf *conf, const char *line, char **message, GError **error);

/* A `my_` variable, NULL when unset. Borrowed. */
const char *conf_my_variable(const struct conf *conf, const char *name);
/* Names of all my_ variables; g_free() the array. */
char **conf_my_names(const struct conf *conf);
/* What $name is in a muttrc: variable, my_ or environment; NULL when none. Yours. */
char *conf_lookup(const struct conf *conf, const char *name);

/*
 * Keys that `push` and `exec` want typed, oldest first, each in muttrc notation; the list is
 * emptied. Yours; NULL when there are none.
 */
GPtrArray *conf_take_pushed(struct conf *conf);

/* The row of commands.def. */
struct conf_command_info {
	const char *name;
	const char *arguments;
	enum conf_origin origin;
	enum conf_state state;
	const char *help;
};
/* NULL from the end on. */
const struct conf_command_info *conf_command_at(guint i);

#endif
