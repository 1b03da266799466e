/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a message's header block to a row of the cache, in one pass: what the
 * engine does for each new file. It cannot fail on what a message holds; a
 * broken message gives ROW_BROKEN and what could be read of it.
 */
#ifndef CUR_MAIL_SCAN_H
#define CUR_MAIL_SCAN_H

#include <glib.h>

#include "cur/mail/row.h"

/* What the header does not say. All may be 0 or NULL. */
struct scan_hints {
	const char *file;     /* Maildir base name up to ":2," */
	const char *keywords; /* IMAP keywords, blank between */
	gint64 date_received; /* Unix seconds; scan_file() takes the mtime when 0 */
	guint64 size_bytes;   /* of the file; scan_file() fills it */
	guint32 lid;
	const char *const *assumed; /* $assumed_charset */
};

enum {
	SCAN_HEADER_MAX = 1 << 20, /* bytes of a header block that are looked at */
	SCAN_FIELD_MAX = 64 << 10  /* bytes of one field that are kept */
};

/*
 * Scan `n` bytes: a header block, or any message (reading ends at the empty
 * line). Fills *row; *text is the packed text of mail/row.h, yours.
 */
void scan_header(const char *bytes, gsize n, const struct scan_hints *hints, struct row *row,
		 char **text, gsize *text_n);

/*
 * The same of a file; only its header is read. ROW_PARTIAL is proved here, while above it only says
 * that the header has the field. Fails only when the file cannot be read.
 */
gboolean scan_file(const char *path, const struct scan_hints *hints, struct row *row, char **text,
		   gsize *text_n, GError **error);

/* msgid_hash of the Message-ID in a header block, as row.id_hash has it; 0: there is none. */
guint64 scan_message_id(const char *bytes, gsize n);
/* The Message-ID of a file, yours; NULL when it has none or cannot be read. */
char *scan_file_id(const char *path);

#endif
