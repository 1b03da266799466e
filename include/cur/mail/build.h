/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A draft made into the bytes to send: RFC 5322, MIME (RFC 2045-2049, 2231),
 * format=flowed (RFC 3676). Lines end with LF; the submitter turns them into
 * CRLF. There is never a bare CR, a NUL, a line above 998 bytes or a raw 8-bit
 * header in them.
 */
#ifndef CUR_MAIL_BUILD_H
#define CUR_MAIL_BUILD_H

#include <glib.h>

#include "cur/mail/draft.h"

/* Variables and facts that shape the bytes. Zeroes and NULLs are good defaults. */
struct build_options {
	const char *const *send_charset; /* NULL-terminated; NULL: us-ascii, utf-8 */
	const char *const
	    *attach_charset; /* of attached texts that name none; NULL: kept as they are */
	/* The type of a file, yours; NULL: by its name and content. */
	char *(*file_type)(const char *path, const void *data);
	const void *file_type_data;
	const char *hostname;	   /* right side of Message-ID; NULL: of From */
	const char *user_agent;	   /* value of User-Agent; NULL: none */
	const char *default_from;  /* when the draft has no From; may be NULL */
	const char *envelope_from; /* $envelope_from_address; NULL: address of From */
	const char *message_id;	   /* rendered $message_id_format with brackets; NULL: ours */
	gint64 now;		   /* Unix seconds; 0: the clock */
	gboolean no_from;	   /* $use_from unset: no From field but the draft's own */
	gboolean allow_8bit;	   /* $allow_8bit and the server has 8BITMIME */
	gboolean utc_date;	   /* $local_date_header unset: Date: in +0000 */
	gboolean keep_bcc_in_fcc;  /* the Fcc copy shows Bcc */
	gboolean write_bcc;	   /* $write_bcc: in the sent bytes too (sendmail -t) */
	gboolean encode_from;	   /* $encode_from: quote "From " at line starts by QP */
	GBytes *sealed;		   /* draft_entity() signed or encrypted, to go instead of it */
	const char *subject;	   /* outside, when the true one is sealed; NULL: the draft's */
	gboolean keep_blanks;	   /* no blank at a line's end may get lost: quote it by QP */
	gboolean wrap_flowed;	   /* break lines of flowed text at 72 columns */
};

/* Free with built_message_clear(). */
struct built_message {
	GBytes *message;       /* as sent: no Bcc unless write_bcc */
	GBytes *fcc;	       /* as filed; the same bytes when nothing differs */
	char *message_id;      /* with brackets */
	char *envelope_from;   /* bare address */
	GPtrArray *recipients; /* char *: bare addresses of To, Cc, Bcc, each once */
};

/*
 * Fails with CUR_ERROR_USAGE when there is no valid recipient, a header holds a
 * line break or NUL, or a file cannot be read (GONE, DENIED, IO). Nothing is
 * changed by a failure.
 */
gboolean draft_build(const struct draft *draft, const struct build_options *options,
		     struct built_message *out, GError **error);
void built_message_clear(struct built_message *built);

/* One part (or container, or the text) of a draft as a message of its own, to be looked at. Yours.
 */
GBytes *build_part(const struct draft *draft, const struct draft_part *part, GError **error);

/*
 * The MIME entity alone, as it is signed and encrypted: header without MIME-Version, empty line,
 * body; 7 bits, and no line that a server could change. `protect`: with the Subject in it, too
 * (RFC 9788's predecessor, which all know). NULL as draft_build() fails. Yours.
 */
GBytes *draft_entity(const struct draft *draft, const struct build_options *options,
		     gboolean protect, GError **error);

/* "image/png" for "png"; NULL: unknown. Static. */
const char *build_type_of_ending(const char *ending);

/* The media type of a file by its name, then by its first bytes. Yours: "text/plain" … */
char *build_media_type(const char *name, const guint8 *head, gsize n);
/* Can this be written as a Content-Type: "text/csv; header=present"? */
gboolean build_is_media_type(const char *text);

/* TRUE when "Name: value" can stand in a header: token, colon, no CR, LF or NUL (RFC 5322 2.2). */
gboolean build_header_is_safe(const char *line);

#endif
