/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts count as attachments: the commands attachments and unattachments. */
#ifndef CUR_CONF_ATTACHMENTS_H
#define CUR_CONF_ATTACHMENTS_H

#include "cur/conf/conf.h"

enum attachment_category {
	ATTACHMENT_ATTACHED, /* Content-Disposition: attachment */
	ATTACHMENT_INLINE,
	ATTACHMENT_ROOT, /* the first part of a message or container, when it is inline */
	ATTACHMENT_CATEGORIES
};

/* Were any rules given? Without them everybody has an idea of his own of what counts. */
gboolean conf_attachments_ruled(const struct conf *conf);
/* Does a part of that type count? It does when a + rule matches and no - rule. */
gboolean conf_attachment_counts(const struct conf *conf, enum attachment_category category,
				const char *type, const char *subtype);

#endif
