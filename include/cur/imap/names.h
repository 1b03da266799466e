/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailbox names of a server and folder names of ours: UTF-8, '/' between levels. What
 * has no such form (bad UTF-7, raw 8-bit, control bytes, '/' inside a level) becomes
 * %XX, so that the way back gives the server its own bytes again; a '%' of the name
 * itself is %25 only where two hex digits follow. Folder names are for people and the
 * canonical mailbox name; as paths they still go through path_safe_name, level by level.
 */
#ifndef CUR_IMAP_NAMES_H
#define CUR_IMAP_NAMES_H

#include <glib.h>

enum { FOLDER_NAME_MAX = 1000, FOLDER_LEVELS_MAX = 50 };

/*
 * `delimiter` 0: the server has no levels. INBOX in any case becomes "INBOX". NULL when the
 * name is empty or over the limits: skip that mailbox with a note. Yours.
 */
char *folder_from_imap(const char *name, char delimiter);
/* The other way; NULL when it is not UTF-8 or holds a NUL-escape (%00). Yours. */
char *folder_to_imap(const char *folder, char delimiter);

#endif
