/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message written anew: as plain text, with another label, or without some of its parts. */
#ifndef CUR_MAIL_REWRITE_H
#define CUR_MAIL_REWRITE_H

#include <glib.h>

#include "cur/mail/message.h"

/*
 * As text/plain in UTF-8: `text` in place of its body, its header without what was said of the
 * body, and without fields that is_ignored() names (NULL: none). Yours.
 */
GBytes *rewrite_as_text(struct message *m, const char *text,
			gboolean (*is_ignored)(const char *name, void *data), void *data);

/* With this X-Label in place of any it has; "": with none. The rest byte by byte. Yours. */
GBytes *rewrite_label(struct message *m, const char *label);

/*
 * With this Content-Type of a part in place of any it has, the rest byte by byte. Yours; NULL for a
 * part in the code of another's content.
 */
GBytes *rewrite_type(struct message *m, const struct part *part, const char *type);

/*
 * Without the content of these parts (a set of struct part *, each in a multipart): in its place
 * stands a message/external-body that has the part's header and says when it went, as mutt leaves
 * it. The rest byte by byte. Yours.
 */
GBytes *rewrite_without(struct message *m, GHashTable *parts, gint64 now);

#endif
