/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message as the header cache keeps it: a fixed record (struct row), a mark
 * (flags, changed often) and a text (strings, never changed). All three lie in
 * pages that both programs map, so what is here is an on-disk format: see
 * doc/formats.md, and raise HCACHE_VERSION when it changes.
 */
#ifndef CUR_MAIL_ROW_H
#define CUR_MAIL_ROW_H

#include <glib.h>

/* Bits of row.kind: what the message is, known from its headers alone. */
enum row_kind {
	ROW_MULTIPART = 1 << 0,	 /* Content-Type is multipart/ anything */
	ROW_ATTACHMENT = 1 << 1, /* multipart/mixed: likely has an attachment */
	ROW_SIGNED = 1 << 2,	 /* multipart/signed or S/MIME signed-data */
	ROW_ENCRYPTED = 1 << 3,	 /* multipart/encrypted or S/MIME enveloped-data */
	ROW_PGP_KEY = 1 << 4,	 /* application/pgp-keys */
	ROW_LIST = 1 << 5,	 /* has List-Id or List-Post */
	ROW_BROKEN = 1 << 6,	 /* no header at all, or unreadable: shown, never hidden */
	ROW_PARTIAL = 1 << 7, /* its text is not here (mail/partial.h); the size is the server's */
	ROW_PARTS = 1 << 8,   /* it may have attachments: they are counted when asked for */
};

struct row {
	gint64 date_sent;     /* Unix seconds from Date:, or date_received when it is absurd */
	gint64 date_received; /* Unix seconds: INTERNALDATE, else the file's mtime */
	guint64 id_hash;      /* msgid_hash(Message-ID); synthetic when there is none, never 0 */
	guint64 parent_hash;  /* last of References, else first of In-Reply-To; 0: none */
	guint32 size_bytes;   /* of the file; G_MAXUINT32 when larger */
	guint32 lid;	      /* local id: the engine's number, never used twice in a mailbox */
	guint16 kind;	      /* enum row_kind */
	gint16 zone_minutes;  /* of Date:, east positive */
	guint16 lines;	      /* of the body, G_MAXUINT16 when more; from Lines: or counted */
	guint16 header_bytes; /* up to the body, G_MAXUINT16 when more */
};
G_STATIC_ASSERT(sizeof(struct row) == 48);

/* What mutt calls the size of a message: its body's. */
static inline guint32 row_body_bytes(const struct row *row)
{
	return row->size_bytes - MIN(row->size_bytes, row->header_bytes);
}

/* A mark: the FLAG_ bits of mail/flags.h (0..5) and these; 9..31: keywords (mail/keywords.h). */
typedef guint32 mark_t;
enum mark {
	MARK_NEW = 1 << 6,     /* lies in new/: no client has listed it yet (mutt's N against O) */
	MARK_DEAD = 1 << 7,    /* the row is a hole: skip it everywhere */
	MARK_PENDING = 1 << 8, /* a step for it waits for the server */
};

/*
 * The strings of a message, UTF-8, decoded, in this order, NUL after each. Not
 * yet safe for a terminal: text_safe() at the place that draws. Absent ones
 * are "". Addresses are as address_format() writes them: 'Name <a@b>, <c@d>'.
 * ENV_FILE is the Maildir base name up to ":2,": the mark gives the rest.
 */
enum envelope_field {
	ENV_FILE,
	ENV_SUBJECT,
	ENV_FROM,
	ENV_SENDER,
	ENV_REPLY_TO,
	ENV_TO,
	ENV_CC,
	ENV_BCC,
	ENV_MESSAGE_ID,	 /* with its angle brackets */
	ENV_IN_REPLY_TO, /* ids with brackets, blank between */
	ENV_REFERENCES,	 /* the same, oldest first, at most REFERENCES_MAX */
	ENV_FOLLOWUP_TO, /* Mail-Followup-To */
	ENV_LIST_ID,
	ENV_LIST_POST,
	ENV_LABEL,    /* X-Label, Keywords */
	ENV_KEYWORDS, /* names of the mark's keywords, blank between; not in the text: hcache_text()
		       */
	ENV_NEWSGROUPS,
	ENV_SUPERSEDES,
	ENV_EXPIRES,
	ENV_ORGANIZATION,
	ENV_DATE, /* Date: as written, cut at 100 bytes */
	ENV_N_FIELDS
};
enum { REFERENCES_MAX = 1000 };

/* Borrowed pointers, one per field, never NULL; they live as long as the text. */
struct envelope {
	const char *field[ENV_N_FIELDS];
};

/*
 * Point `env` into `text` (n bytes). Short, overlong or unterminated text gives
 * "" for what is missing: never reads past n.
 */
void envelope_init(struct envelope *env, const char *text, gsize n);

/* Write `fields` as one text. The result is yours; *n is its length in bytes. */
char *envelope_pack(const char *const fields[ENV_N_FIELDS], gsize *n);

#endif
