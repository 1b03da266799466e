/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $send_multipart_alternative: a second form of the text, made by a filter. */
#ifndef CUR_MODEL_ALTERNATIVE_H
#define CUR_MODEL_ALTERNATIVE_H

#include "cur/base/patience.h"
#include "cur/mail/draft.h"

struct conf;

/*
 * What $send_multipart_alternative_filter makes of the text: it prints a media type, an empty
 * line, and the text in that form. NULL with USAGE when no filter is set or it printed something
 * else, REFUSED when it failed. Yours.
 */
struct draft_part *alternative_new(const struct conf *conf, const struct draft *draft,
				   const struct patience *patience, GError **error);
/* The text and its alternative as a group in the text's place. Takes `part`. */
gboolean alternative_add(struct draft *draft, struct draft_part *part, GError **error);

#endif
