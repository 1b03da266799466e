/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message whose text is not here is a file all the same: its header as the server gave it, one
 * field of ours that says where the text is, and a notice for the readers of other programs. Such
 * a file is never sent anywhere: a message is told by its whole body being that notice, so that
 * nobody gains anything by a forged one.
 */
#ifndef CUR_MAIL_PARTIAL_H
#define CUR_MAIL_PARTIAL_H

#include <glib.h>

#include "cur/base/auto.h"

enum { PARTIAL_HEADER_MAX = 256 << 10 }; /* bytes of a header that come without its text */

/* Where the text is. */
struct partial {
	guint64 size_bytes;	  /* of the whole message, as the server says */
	guint32 uidvalidity, uid; /* 0: a server without such numbers */
	char *mailbox;		  /* canonical name */
};
void partial_clear(struct partial *p);

/*
 * The file of a message of which only `header` is here (LF line ends, with or without its empty
 * line; cut in it a line that is not whole). Fields that say how the text is built get "X-Cur-" in
 * front, for the notice is plain text, and an attachment, so that indexers pass its words by.
 * Yours.
 */
GByteArray *partial_make(const char *header, gsize n, const struct partial *p);

/* The same of the header of a whole message's file; NULL when it cannot be read. */
GByteArray *partial_make_of(const char *path, const struct partial *p);

/* FALSE when the file is a whole message, or cannot be read; `p` may be NULL, else clear it. */
gboolean partial_read(const char *path, struct partial *p);

#endif
