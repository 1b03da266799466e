/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message that is being written. Header fields are decoded UTF-8 text; the
 * body lies in a file (the editor's) or in memory. Bytes to send come from
 * mail/build.h.
 */
#ifndef CUR_MAIL_DRAFT_H
#define CUR_MAIL_DRAFT_H

#include <glib.h>

#include "cur/base/auto.h"

/*
 * A part: exactly one of path, bytes, children and is_text is set. Those of the text and of a
 * container say what its header holds beside the type.
 */
struct draft_part {
	char *path;	     /* file to read when the message is built */
	GBytes *bytes;	     /* or the content itself */
	GPtrArray *children; /* or the parts of a container, struct draft_part *, in order */
	gboolean is_text;    /* or the place of the text */
	char *type;	     /* "image/png"; NULL: found by name and content when built */
	char *name;	     /* name for the recipient; NULL: none */
	char *description;   /* Content-Description; NULL: none */
	char *disposition;   /* "attachment" or "inline"; NULL: attachment */
	char *encoding;	     /* "7bit" "8bit" "quoted-printable" "base64"; NULL: chosen */
	char *charset;	     /* of text parts; NULL: found */
	char *content_id;    /* without brackets; NULL: none */
	char *language;	     /* Content-Language; NULL: none */
	gboolean unlink;     /* `path` is ours: remove it once sent */
	gboolean recode;     /* a text that goes out in a charset of $send_charset */
};

/* How it is to be signed and encrypted; crypt/ does it. */
struct draft_security {
	gboolean sign, encrypt;
	gboolean smime;	     /* by S/MIME, else OpenPGP */
	gboolean inline_pgp; /* OpenPGP within the text instead of PGP/MIME */
	gboolean manual;     /* the user said so: not changed by $crypt_opportunistic_encrypt */
};

struct draft {
	char *from; /* header text, as all addresses here; NULL or "" where absent */
	char *to;
	char *cc;
	char *bcc;
	char *reply_to;
	char *subject;
	char *in_reply_to; /* ids with brackets */
	char *references;
	char *mail_followup_to;
	char *message_id;   /* with brackets; NULL: made when built */
	GPtrArray *fcc;	    /* char *: mailbox names */
	GPtrArray *headers; /* char *: "Name: value", of my_hdr and the user */
	char *body;	    /* UTF-8, LF; NULL when body_path is set */
	char *body_path;    /* the editor's file */
	char *body_type;    /* $content_type, "text/plain" */
	char *charset;	    /* NULL: chosen from $send_charset */
	gboolean text_flowed;
	GPtrArray *parts;   /* struct draft_part *, in order */
	gboolean placed;    /* the text is where a part says, or nowhere; else it goes first */
	gboolean text_copy; /* $fcc_attach: copies are without attachments */
	gboolean
	    edited; /* as read from a file: mutt has had it in its editor (X-Mutt-Resume-Draft) */
	char *answered;	 /* number.lid of the message answered; NULL: none */
	char *forwarded; /* number.lid of the message forwarded */
	char *transport; /* overrides the account's; NULL: none */
	char *account;	 /* account name; NULL: by From */
	struct draft_security security;
	char *sign_as;	 /* key to sign with; NULL: as the variables say */
	char *postponed; /* number.lid of the message it was resumed from; NULL: none */
};

struct draft *draft_new(void);
void draft_free(struct draft *draft);
DEFINE_AUTO(draft, draft_free)

/* Replace a string field: draft_set(&d->to, text) copies; NULL clears. */
void draft_set(char **field, const char *text);

/*
 * One "Name: value" line, of my_hdr, a template or an edited header: To, Cc, Bcc
 * are added to, From, Reply-To, Subject and the ids replaced, Fcc added, all else
 * becomes an extra header. FALSE with CUR_ERROR_USAGE when it is no header line or
 * holds a line break: nothing is taken then.
 */
gboolean draft_add_header(struct draft *draft, const char *line, GError **error);

struct draft_part *draft_part_new_file(const char *path, gboolean unlink_after);
/* A whole message as message/rfc822. Takes `bytes`. */
struct draft_part *draft_part_new_message(GBytes *bytes, const char *description);
struct draft_part *draft_part_new_bytes(GBytes *bytes, const char *type, const char *name);
void draft_part_free(struct draft_part *part);
/* A list for `parts` or `children`. */
GPtrArray *draft_parts_new(void);
/* A container (multipart/alternative …). Takes `children`. */
struct draft_part *draft_part_new_group(const char *type, GPtrArray *children);

/* ---- the parts as a tree (draft-tree.c) ---- */

/* Every part and container from the top down; pointers hold until the tree is changed. */
struct draft_entry {
	struct draft_part *part;
	GPtrArray *siblings; /* the list it is in */
	guint index;	     /* and where */
	guint depth;	     /* 0: of the message itself */
};
GArray *draft_entries(const struct draft *draft);
/* Files and contents: neither the text nor containers. */
guint draft_n_attachments(const struct draft *draft);
/* FALSE: it consists of attachments alone. */
gboolean draft_has_text(const struct draft *draft);
/* Give the text a part of its own, the first, unless it has one. */
void draft_place_text(struct draft *draft);
/* Siblings become the children of a new container, which stands where the first of them was.
 * USAGE when they are not siblings, or fewer than two. */
gboolean draft_group(struct draft *draft, const GPtrArray *members, const char *type,
		     GError **error);
/* The children take the container's place. */
void draft_ungroup(struct draft *draft, struct draft_part *group);
/* Away with it and what is in it; a container that is left with one part gives way to that. */
void draft_remove(struct draft *draft, struct draft_part *part);

/* The body as text, read from body_path when it lies there. Yours. */
char *draft_body(const struct draft *draft, gsize *n, GError **error);

/*
 * The editor's file: header lines (when `headers`, $edit_headers), an empty line
 * and the body. Written whole to a new file, fsynced and renamed, mode 0600.
 */
gboolean draft_edit_write(const struct draft *draft, gboolean headers, const char *path,
			  GError **error);
/*
 * Take over what the user wrote in `path`. With `headers` To, Cc, Bcc, Subject,
 * From, Reply-To, In-Reply-To, References, Fcc, Attach and others replace those of
 * `draft`; a broken header block is taken as text, never lost.
 */
gboolean draft_edit_read(struct draft *draft, gboolean headers, const char *path, GError **error);

/*
 * A draft file (`cur -H`, a postponed message): a complete RFC 5322 message whose
 * Bcc stands in it, and fields of our own:
 *
 *	X-Cur-Fcc: MAILBOX		(any number)
 *	X-Cur-Answered: NUMBER.LID	X-Cur-Forwarded: NUMBER.LID
 *	X-Cur-Transport: URL		X-Cur-Account: NAME
 *	X-Cur-Security: WORD...		X-Cur-Sign-As: KEY
 *
 * `trusted`: we wrote it ourselves or the user named the file. A draft that a
 * server handed out is not trusted: our fields, X-Mutt-*, Fcc: and Attach: are
 * then dropped and nothing outside the message is touched.
 */
struct draft *draft_read(GBytes *bytes, gboolean trusted, GError **error);
/* The draft as such a file. Content files are read now. */
GBytes *draft_write(const struct draft *draft, GError **error);
/* draft_write() into `path` by a new file, fsync and rename: the old one or the new one, whole. */
gboolean draft_save(const struct draft *draft, const char *path, GError **error);
/* The same with `entity` (mail/build.h) in place of text and parts; `subject` NULL: the draft's. */
gboolean draft_save_sealed(const struct draft *draft, GBytes *entity, const char *subject,
			   const char *path, GError **error);

#endif
