/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message written anew: as plain text, or with another label. */
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

#endif
