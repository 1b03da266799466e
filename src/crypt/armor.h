/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP blocks within a text (RFC 9580 6.2 and 7): where each begins and ends. */
#ifndef CUR_CRYPT_ARMOR_H
#define CUR_CRYPT_ARMOR_H

#include <glib.h>

enum armor_kind {
	ARMOR_NONE,    /* text between blocks */
	ARMOR_MESSAGE, /* encrypted, or signed and packed */
	ARMOR_SIGNED,  /* readable, with a signature behind it */
	ARMOR_KEY
};

struct armor {
	enum armor_kind kind;
	gsize start, n;
};

/*
 * What comes at `from`: a block from its first line to behind its last, or the text before the next
 * one. A block without an end is text. FALSE at the end of the text.
 */
gboolean armor_next(const char *text, gsize n, gsize from, struct armor *out);
/* Is there a block that armor_next() would find? */
gboolean armor_has_block(const char *text, gsize n);

#endif
