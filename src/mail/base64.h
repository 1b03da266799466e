/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Base64 as it arrives: foreign characters are skipped, padding in the middle
 * (two encodings one after the other) ends a group and no more.
 */
#ifndef CUR_MAIL_BASE64_H
#define CUR_MAIL_BASE64_H

#include <glib.h>

struct base64 {
	guint32 bits;
	guint n;	  /* characters of the group that is open */
	gboolean damaged; /* foreign characters were met, or bits are missing at the end */
};

/* Decode n bytes into out (room for n bytes): how many were written. Start with a zeroed state. */
gsize base64_step(struct base64 *b, const char *in, gsize n, char *out);
/* What the open group still holds: at most 2 bytes. */
gsize base64_end(struct base64 *b, char *out);

#endif
