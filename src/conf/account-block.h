/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of an `account` command (account-block.c), and the lines of muttrc that they
 * stand for (account-lines.c). cmd-account.c runs them.
 */
#ifndef CUR_CONF_ACCOUNT_BLOCK_H
#define CUR_CONF_ACCOUNT_BLOCK_H

#include <glib.h>

#include "inside.h"

enum block_key {
	BLOCK_IMAP,
	BLOCK_POP,
	BLOCK_FOLDER,
	BLOCK_SMTP,
	BLOCK_SENDMAIL,
	BLOCK_USER,
	BLOCK_PASS,
	BLOCK_PASS_COMMAND,
	BLOCK_OAUTH_COMMAND,
	BLOCK_FROM,
	BLOCK_REALNAME,
	BLOCK_IDENTITIES,
	BLOCK_SIGNATURE,
	BLOCK_INBOX,
	BLOCK_SENT,
	BLOCK_DRAFTS,
	BLOCK_TRASH,
	BLOCK_ARCHIVE,
	BLOCK_SPAM,
	BLOCK_MAILBOXES,
	BLOCK_KEYS
};

struct account_block {
	char *name;
	char *value[BLOCK_KEYS]; /* as written; NULL: not given */
	GPtrArray *set;		 /* struct block_set *: what holds while one is in it */
	GPtrArray *lines;	 /* char *: the commands that were run for it, in order */
};
/* A variable and the value it has in an account. */
struct block_set {
	const char *name; /* static */
	char *value;
};

struct account_block *account_block_new(const char *name);
void account_block_free(struct account_block *block);
DEFINE_AUTO(account_block, account_block_free)

/* BLOCK_KEYS when there is no such key; other names of a key give it, too. */
enum block_key account_block_key(const char *word);
/* " (did you mean 'x'?)" or "". Yours. */
char *account_block_hint(const char *word);

/* Take a value over. USAGE when it cannot be one, or is the second for its key. */
gboolean account_block_take(struct account_block *block, enum block_key key, char *value,
			    GError **error);
/* USAGE when the values together make no account. */
gboolean account_block_check(const struct account_block *block, GError **error);
/* C05: USAGE when the mail of both lies in one place, or that of one inside the other's. */
gboolean account_block_is_apart(const struct account_block *b, const struct account_block *other,
				GError **error);
/* Make `set` and `lines` of the values. */
void account_block_write(struct account_block *block);
/* "set a=\"x\" b=\"y\"": what holds while one is in it. Yours. */
char *account_block_command(const struct account_block *block);
/* The value of a variable in `set`, or NULL. Borrowed. */
const char *account_block_set(const struct account_block *block, const char *variable);
/* A folder-hook that gives a variable this value in its mailboxes, added to `lines`. Borrowed. */
const char *account_block_add_hook(struct account_block *block, const char *variable,
				   const char *value);

#endif
