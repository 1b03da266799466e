/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Message-IDs: 64-bit hashes for the cache's rows, walking a References text,
 * making new ones. An id is always written with its angle brackets.
 */
#ifndef CUR_MAIL_MSGID_H
#define CUR_MAIL_MSGID_H

#include <glib.h>

/* FNV-1a over the bytes between the brackets (brackets themselves left out); never 0. */
guint64 msgid_hash(const char *id);
guint64 msgid_hash_n(const char *id, gsize n);

/*
 * The next <id> at or after *text: returns its start ('<') and sets *n to its
 * length with brackets, and moves *text behind it; NULL when there is none.
 * Each byte is looked at once, whatever the text. An id longer than
 * MSGID_BYTES_MAX or with a control character is skipped.
 */
const char *msgid_next(const char **text, gsize *n);
enum { MSGID_BYTES_MAX = 998 };

/* A new "<…@hostname>", unique in time, process and chance. Yours. */
char *msgid_make(const char *hostname);

#endif
