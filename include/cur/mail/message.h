/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message in memory: its bytes, its header and its tree of parts (RFC 2046).
 * Opening it splits it into parts and decodes nothing. Never fails on what the
 * bytes are; parts deeper than PART_DEPTH_MAX or past PART_COUNT_MAX stay
 * inside their last container as one raw part.
 */
#ifndef CUR_MAIL_MESSAGE_H
#define CUR_MAIL_MESSAGE_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/headers.h"

enum { PART_DEPTH_MAX = 100, PART_COUNT_MAX = 5000 };

enum part_encoding { /* Content-Transfer-Encoding, RFC 2045 6 */
		     PART_7BIT,
		     PART_8BIT,
		     PART_BINARY,
		     PART_QUOTED_PRINTABLE,
		     PART_BASE64,
		     PART_UUENCODE,
		     PART_UNKNOWN /* bytes are taken as they are */
};

struct message;

/*
 * A part. Read only for all but message.c; lives as long as its message.
 * Strings are valid UTF-8 and never NULL unless said.
 */
struct part {
	struct part *parent;	/* NULL: the root */
	struct part **children; /* of multipart/… and of message/rfc822 (exactly one there) */
	guint n_children;
	guint index;	      /* place in the order of message_part(), the root is 0 */
	guint depth;	      /* 0: the root */
	char *number;	      /* IMAP section: "1", "1.2"; "" for the root of a multipart */
	char *type, *subtype; /* lower case: "text", "plain" */
	char *charset;	      /* as named, "" when not */
	char *disposition;    /* "inline", "attachment", "form-data" or "" */
	char *file_name;   /* as the sender wrote it, decoded; "" when none. Never a path to use */
	char *description; /* Content-Description, decoded */
	char *content_id;  /* without brackets */
	enum part_encoding encoding;
	gboolean too_deep;   /* a container not opened, or not wholly, because of a cap */
	gboolean damaged;    /* known once decoded: base64 with what does not belong there */
	gboolean is_message; /* a header of a message (root, or child of message/rfc822) */
	const char *head;    /* raw header block, with its empty line */
	gsize head_n;
	const char *body; /* raw body, still encoded, without the line end before the boundary */
	gsize body_n;
	const char *type_value; /* raw Content-Type value, borrowed from the bytes; NULL: none */
	gsize type_value_n;
	struct message *message;
	struct headers *headers; /* made by part_headers() */
};

/* Read the file (not mapped: it may be truncated under us). */
struct message *message_open(const char *path, GError **error);
/* Keeps a reference to the bytes. Never NULL. */
struct message *message_new(GBytes *bytes);
void message_free(struct message *m);
DEFINE_AUTO(message, message_free)

/* $assumed_charset for texts without one; copied. A change takes back all headers given out. */
void message_set_assumed(struct message *m, const char *const *assumed);

const char *message_bytes(const struct message *m, gsize *n);
/* The root part; never NULL. Its head is the message's header. */
struct part *message_root(struct message *m);
struct headers *message_headers(struct message *m);
/* Every part in order of appearance (depth first); NULL past the end. */
guint message_n_parts(const struct message *m);
struct part *message_part(struct message *m, guint index);
/* By IMAP section number ("1.2"); NULL when there is none. */
struct part *message_find_part(struct message *m, const char *number);

/* The part's own header fields. Borrowed. */
struct headers *part_headers(struct part *p);
/* A parameter of Content-Type (RFC 2231 decoded), any case; NULL when absent. Yours. */
char *part_param(struct part *p, const char *name);
/* Is it type/subtype? "text/" + NULL tests the type alone. */
gboolean part_is(const struct part *p, const char *type, const char *subtype);
/* "text/plain". Yours. */
char *part_type_name(const struct part *p);
/* "7bit", "base64" … Static. */
const char *part_encoding_name(const struct part *p);
/* Would a mutt user call it an attachment: not a container, and a disposition of attachment, a file
 * name, or not text. */
gboolean part_is_attachment(const struct part *p);
/* Size of the content once decoded, estimated without decoding. */
gsize part_size(const struct part *p);

/* Content without its transfer encoding; damaged encodings give what can be decoded. Yours. */
GBytes *part_decode(struct part *p);
/* A text part as UTF-8 with LF line ends. *n may be NULL. Yours. */
char *part_text(struct part *p, gsize *n);
/* Write the decoded content to fd without holding all of it. */
gboolean part_save_fd(struct part *p, int fd, GError **error);

/*
 * A name the content can be saved under: last component, no control
 * characters, no leading '.' or '-', at most 200 bytes, never empty
 * ("part-1.2.png" when the sender gave none). Yours.
 */
char *part_filename_safe(const struct part *p);

#endif
