/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags that travel with a message (flags.def) and their four spellings: bits
 * of a mark, letters of a Maildir name, IMAP names, words for scripts.
 */
#ifndef CUR_MAIL_FLAGS_H
#define CUR_MAIL_FLAGS_H

#include <glib.h>

#include "cur/mail/row.h"

enum flag {
#define FLAG(ID, bit, letter, imap, json) FLAG_##ID = 1 << (bit),
#include "cur/flags.def"
#undef FLAG
	FLAG_ALL = 0x3f /* every bit of the table, none of enum mark */
};

/*
 * Maildir letters (what follows ":2,") to bits. Letters that are not ours are
 * appended to `rest` (may be NULL), so that a rename can keep them.
 */
mark_t flags_split(const char *letters, GString *rest);
/* Bits and the letters of others back to one sorted string without doubles. Yours. */
char *flags_join(mark_t flags, const char *rest);

/* An IMAP flag or keyword, any case ("$Forwarded" and "Forwarded" too); 0 when it is none of ours.
 */
mark_t flags_from_imap(const char *name);
/* All of them, blank between: "\Answered \Seen". Yours. */
char *flags_to_imap(mark_t flags);

/* The word for exactly one bit as `cur list --json` writes it; NULL otherwise. */
const char *flags_word(mark_t one);

/* The character of the index for a state: 'D' 'r' 'O' 'N' or ' ' (first column of mutt's %Z). */
char flags_index_char(mark_t mark);

#endif
