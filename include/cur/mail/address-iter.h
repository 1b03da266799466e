/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The addresses of an envelope field, as slices of the text that
 * address_format_list() wrote it: asking a million rows, or drawing one, makes no copy.
 */
#ifndef CUR_MAIL_ADDRESS_ITER_H
#define CUR_MAIL_ADDRESS_ITER_H

#include <glib.h>

struct address_iter {
	const char *name; /* without its outer quotes; backslashes stay */
	gsize name_n;
	const char *spec;
	gsize spec_n;
	const char *next_;
};

/* Begin with `list`, which must stay as it is; _next() is FALSE at the end. */
void address_iter_init(struct address_iter *it, const char *list);
gboolean address_iter_next(struct address_iter *it);

#endif
