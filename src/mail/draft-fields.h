/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header fields that a draft keeps as fields of its own. */
#ifndef MAIL_DRAFT_FIELDS_H
#define MAIL_DRAFT_FIELDS_H

#include "cur/mail/draft.h"

struct draft_field {
	const char *name;
	gsize offset;	  /* of the string in struct draft */
	gboolean is_list; /* a second line adds to the first */
	gboolean is_address;
};

const struct draft_field *draft_fields(gsize *n);
/* NULL when the draft has no such field. */
const struct draft_field *draft_find_field(const char *name, gsize n);
char **draft_field_of(const struct draft *draft, const struct draft_field *field);

#endif
