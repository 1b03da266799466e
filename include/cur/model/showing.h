/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the configuration wants messages shown: the display_options that pager,
 * quoting, decoded pipes and `cur show` share.
 */
#ifndef CUR_MODEL_SHOWING_H
#define CUR_MODEL_SHOWING_H

#include <glib.h>

#include "cur/mail/display.h"

struct conf;
struct unsealed;

/* Lists behind the options; both live until showing_clear(), and no longer than `conf`. */
struct showing {
	struct display_options options;
	const struct conf *conf;
	void *owner; /* options.data is the struct showing; this is for callbacks of the caller */
	GPtrArray *hdr_order, *alternative_order;
	char **assumed_charset;
	char **languages; /* NULL: any */
};
/* Set as the pager wants it: $weed, markers, every part. Change the options as needed. */
void showing_init(struct showing *showing, const struct conf *conf);
void showing_clear(struct showing *showing);

/*
 * A message as plain text: its header as `header` says, with what `opened` (NULL: nothing) found in
 * its sealed parts. Yours.
 */
enum showing_header { SHOWING_NO_HEADER, SHOWING_WEEDED, SHOWING_FULL };
enum showing_use {
	SHOWING_READ,  /* with lines that say where parts begin */
	SHOWING_KEPT,  /* all texts and nothing else */
	SHOWING_QUOTED /* $include_onlyfirst; nothing that was encrypted in part
			  ($include_encrypted) */
};
char *showing_text(const struct conf *conf, struct message *message, const struct unsealed *opened,
		   enum showing_header header, enum showing_use use);
/* Show what `opened` found; its message is the one to be shown then. */
void showing_open(struct showing *showing, const struct unsealed *opened);

#endif
