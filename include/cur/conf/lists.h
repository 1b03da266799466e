/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists a muttrc builds up: aliases, mailing lists, headers, types, scores, mailboxes. */
#ifndef CUR_CONF_LISTS_H
#define CUR_CONF_LISTS_H

#include <glib.h>

#include "cur/base/regex.h"
#include "cur/conf/conf.h"

struct alias {
	char *key;
	char *addresses; /* as written, with their quotes: text for an address parser */
	char *comment;	 /* after an unquoted #, or NULL */
};
/* struct alias * in order of definition. */
const GPtrArray *conf_aliases(const struct conf *conf);
/* Case of the key is ignored. NULL when there is none. */
const struct alias *conf_alias(const struct conf *conf, const char *key);
/* Add or replace, as the command does, without a file. */
void conf_add_alias(struct conf *conf, const char *key, const char *addresses);
/* As unalias does. */
void conf_remove_alias(struct conf *conf, const char *key);

/* Addresses by their lists; the bare address is asked. */
gboolean conf_is_alternate(const struct conf *conf, const char *address);
gboolean conf_is_list(const struct conf *conf, const char *address);
gboolean conf_is_subscribed(const struct conf *conf, const char *address);
/* A list and a subscribed one from now on, unless unlists or unsubscribe name it. */
void conf_meet_list(struct conf *conf, const char *address);
gboolean conf_in_group(const struct conf *conf, const char *group, const char *address);

/* Header names and types. The arrays hold char *, in order. */
gboolean conf_is_ignored(const struct conf *conf, const char *header); /* ignore, unignore */
const GPtrArray *conf_header_order(const struct conf *conf);
const GPtrArray *conf_my_headers(const struct conf *conf);	      /* "Name: text" */
gboolean conf_auto_view(const struct conf *conf, const char *type);   /* "text/html" */
gboolean conf_mime_lookup(const struct conf *conf, const char *type); /* is a name better? */
const GPtrArray *conf_alternative_order(const struct conf *conf);
const GPtrArray *conf_mailto_allow(const struct conf *conf); /* "*": every header */
const GPtrArray *conf_sidebar_pins(const struct conf *conf);

/* A row of `mailboxes`. */
struct mailbox_entry {
	char *text;  /* as written, $variables expanded */
	char *label; /* -label, named-mailboxes; or NULL */
	gboolean poll, notify;
};
/* struct mailbox_entry * in order of definition. */
const GPtrArray *conf_mailboxes(const struct conf *conf);
/* What the row with this label has as its text, or NULL. Borrowed until a command runs. */
const char *conf_mailbox_labelled(const struct conf *conf, const char *label);

struct score_entry {
	char *pattern;
	int value;
	gboolean final; /* "=": sets the score and stops */
	char *place;	/* "file:line" that said it; NULL at the prompt and for the system's */
};
const GPtrArray *conf_scores(const struct conf *conf);

/* The tag that spam rules give a header line ("Name: text"), yours; NULL: none. */
char *conf_spam_tag(const struct conf *conf, const char *line);
gboolean conf_has_spam_rules(const struct conf *conf);
/* A tag as tag-transforms shows it. Borrowed until a command runs. */
const char *conf_tag_text(const struct conf *conf, const char *tag);

/* A subject as subjectrx shows it, yours; NULL when no rule matches. */
char *conf_rewrite_subject(const struct conf *conf, const char *subject);

#endif
