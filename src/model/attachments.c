/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting attachments as mutt does: each part by its disposition and place, containers walked. */
#include "cur/model/attachments.h"

#include <string.h>

#include "cur/conf/attachments.h"

static enum attachment_category category_of(const struct part *part)
{
	gboolean leaf = !part_is(part, "multipart", NULL) && !part_is(part, "message", NULL);

	if (!strcmp(part->disposition, "attachment"))
		return ATTACHMENT_ATTACHED;
	return leaf && (!part->parent || part->parent->children[0] == part) ? ATTACHMENT_ROOT
									    : ATTACHMENT_INLINE;
}

gboolean attachment_qualifies(const struct conf *conf, const struct part *part)
{
	if (!conf_attachments_ruled(conf))
		return part_is_attachment(part);
	return conf_attachment_counts(conf, category_of(part), part->type, part->subtype);
}

static gboolean is_walked(const struct conf *conf, const struct part *part)
{
	return !part_is(part, "multipart", "alternative") ||
	       conf_settings(conf)->count_alternatives;
}

guint attachments_below(const struct conf *conf, const struct part *part)
{
	guint n = attachment_qualifies(conf, part);

	for (guint i = 0; is_walked(conf, part) && i < part->n_children; i++)
		n += attachments_below(conf, part->children[i]);
	return n;
}

guint attachments_count(const struct conf *conf, struct message *message)
{
	return attachments_below(conf, message_root(message));
}
