/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many attachments a message has: %X, ~X and %Q, by the rules of `attachments`. */
#ifndef CUR_MODEL_ATTACHMENTS_H
#define CUR_MODEL_ATTACHMENTS_H

#include "cur/conf/conf.h"
#include "cur/mail/message.h"

/* Does the part count? Without rules it does when a mutt user would call it an attachment. */
gboolean attachment_qualifies(const struct conf *conf, const struct part *part);
/* The part itself and those in it that count; not inside alternatives unless $count_alternatives.
 */
guint attachments_below(const struct conf *conf, const struct part *part);
/* The same of a whole message. */
guint attachments_count(const struct conf *conf, struct message *message);

#endif
