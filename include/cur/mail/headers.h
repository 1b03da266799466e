/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A header block as a list of fields in the order of the message, broken lines
 * included: nothing is dropped, everything can be shown.
 */
#ifndef CUR_MAIL_HEADERS_H
#define CUR_MAIL_HEADERS_H

#include <glib.h>

#include "cur/base/auto.h"

struct headers;

/*
 * Split a block (n bytes that must outlive the result). *body gets the offset
 * behind the empty line that ends it; n when there is none.
 */
struct headers *headers_parse(const char *bytes, gsize n, const char *const *assumed, gsize *body);
void headers_free(struct headers *h);
DEFINE_AUTO(headers, headers_free)

/* Is the field that begins at `line` called so, in any case, a blank before its colon or not? */
gboolean header_is_named(const char *line, gsize n, const char *name);

guint headers_count(const struct headers *h);
/* Field i. Valid UTF-8, borrowed from `h`; the name is "" for a line that is no field. */
const char *headers_name(struct headers *h, guint i);
/* Value as written, folds kept as LF + blank, charset guessed, nothing decoded. */
const char *headers_raw(struct headers *h, guint i);
/* Value for a person: unfolded and decoded. */
const char *headers_text(struct headers *h, guint i);

/* Index of the first field of that name (any case) at or after `from`; -1: none. */
int headers_index(const struct headers *h, const char *name, guint from);
/* Decoded value of the first field of that name; NULL: none. */
const char *headers_get(struct headers *h, const char *name);
/* The same as written (for ids, addresses, content types). */
const char *headers_get_raw(struct headers *h, const char *name);

#endif
