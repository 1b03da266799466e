/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hooks as they were written; who matches patterns runs them by conf_command. */
#ifndef CUR_CONF_HOOKS_H
#define CUR_CONF_HOOKS_H

#include <glib.h>

#include "cur/base/regex.h"
#include "cur/conf/conf.h"

enum hook_type {
	HOOK_FOLDER,
	HOOK_ACCOUNT,
	HOOK_SEND,
	HOOK_SEND2,
	HOOK_REPLY,
	HOOK_MESSAGE,
	HOOK_SAVE,
	HOOK_FCC, /* fcc-save-hook adds one of each */
	HOOK_MBOX,
	HOOK_TIMEOUT,
	HOOK_STARTUP,
	HOOK_SHUTDOWN,
	HOOK_CHARSET,
	HOOK_ICONV,
	HOOK_CRYPT,
	HOOK_INDEX_FORMAT,
	HOOK_OPEN,
	HOOK_CLOSE,
	HOOK_APPEND,
	HOOK_N
};

struct hook {
	enum hook_type type;
	gboolean negated;
	char *name;	/* of index-format-hook, else NULL */
	char *pattern;	/* regex, pattern (with $default_hook put in) or, with plain, a path; "" for
			   the global ones */
	gboolean plain; /* -noregex */
	struct regex *re; /* of the regex kinds */
	char *command;	  /* command line, mailbox, charset, key id */
	char *place;	  /* "file:line" that defined it; NULL at the prompt and for the system's */
};

/* "folder-hook" … Static. */
const char *hook_name(enum hook_type type);
/* struct hook * in order of definition. Borrowed until a command runs. */
const GPtrArray *conf_hooks(const struct conf *conf, enum hook_type type);

/*
 * Would a regex hook (HOOK_FOLDER, HOOK_ACCOUNT, HOOK_MBOX …) hold for this mailbox or URL? The
 * spellings are tried that are tried when it is opened.
 */
gboolean conf_hook_holds(const struct conf *conf, const struct hook *hook, const char *name);

/*
 * Run folder-hooks for a mailbox, by its canonical name. Stops at the first error. The list may
 * be changed by the commands it runs.
 */
gboolean conf_run_folder_hooks(struct conf *conf, const char *mailbox, GError **error);
/*
 * What the first hook of a mailbox says (MBOX: the mailbox for read mail; OPEN …: a shell
 * command), as written; NULL: there is none. By its canonical name. Borrowed until a command runs.
 */
const char *conf_hook_for(const struct conf *conf, enum hook_type type, const char *mailbox);
/* Run the hooks without a pattern: TIMEOUT, STARTUP, SHUTDOWN. */
gboolean conf_run_hooks(struct conf *conf, enum hook_type type, GError **error);

#endif
