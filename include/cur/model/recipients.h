/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses as people write them at a prompt: aliases are opened, bare names get
 * the host name ($use_domain). And the addresses that are mine.
 */
#ifndef CUR_MODEL_RECIPIENTS_H
#define CUR_MODEL_RECIPIENTS_H

#include <glib.h>

struct conf;

enum { RECIPIENTS_ALIAS_DEPTH = 16 };

/*
 * Header text with every alias opened (aliases in aliases too, each once, at
 * most RECIPIENTS_ALIAS_DEPTH deep), doubles taken out. "" for NULL. Yours.
 */
char *recipients_expand(const struct conf *conf, const char *typed);

/* How many addresses header text holds. */
guint recipients_count(const char *text);

/* Is it one of mine: $from, `alternates`, user name at $hostname. For reply_options.is_me: data is
 * the conf. */
gboolean recipients_is_me(const char *address, void *conf);
gboolean recipients_is_list(const char *address, void *conf);
gboolean recipients_is_subscribed(const char *address, void *conf);

/* The key of the alias that stands for this bare address ($reverse_alias); NULL: none. Borrowed. */
const char *recipients_alias_of(const char *address, void *conf);

/*
 * What $reverse_alias shows: the names that aliases for one person give, by the address in
 * lower case. NULL when $reverse_alias is off. Yours; good until the configuration changes.
 */
GHashTable *recipients_alias_names(const struct conf *conf);
/* From that table (may be NULL). Borrowed; NULL: none. */
const char *recipients_alias_name(GHashTable *names, const char *address);

/* $hostname or this machine's name, with the domain when it is known. Yours. */
char *recipients_hostname(const struct conf *conf);
/* $from with $realname, or user@host. Yours. */
char *recipients_default_from(const struct conf *conf);

/* "=anna": the mailbox named after a user or an address, as mutt does. Yours. */
char *mailbox_of_person(const char *name);

#endif
