/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of an adoption share: messages here and UIDs there that may be the same. */
#ifndef CUR_SYNC_ADOPT_PRIVATE_H
#define CUR_SYNC_ADOPT_PRIVATE_H

#include "adopt.h"
#include "cur/mail/row.h"
#include "cur/store/maildir.h"

/* What the server says of a fresh UID. */
struct offer {
	guint32 uid;
	mark_t flags; /* and keywords */
	guint64 modseq, size;
	gint64 date;
	guint64 id; /* msgid_hash; 0: it has no Message-ID */
	gboolean taken;
};

/* A message that is here and wants a UID. */
struct candidate {
	guint32 lid; /* 0: an orphan file without a row */
	char *base;
	mark_t mark;
	guint32 named_uid; /* of the name, orphans only */
	gboolean gone;	   /* orphans: it came from the server, which has it no more */
	guint64 wire_bytes;
	guint64 other_bytes; /* without mbsync's line, or with it; 0: a row */
	guint64 id;	     /* row.id_hash */
	gint64 date_received;
	struct offer *offer;	 /* what it was matched with */
	gboolean partial;	 /* a header: its file says where its text is … */
	struct delivery *header; /* … and has to say it anew */
};

struct adoption {
	struct round *r;
	const struct state_mailbox *mb;
	struct vocabulary *words;
	struct maildir *md;
	GPtrArray *candidates;
	GArray *offers; /* struct offer, ascending UID */
};

/* ---- adopt.c ---- */

/* What the header of a file says; NULL when it cannot be read. The packed text is yours. */
char *adoption_read_header(struct adoption *a, const struct candidate *c, struct row *row,
			   gsize *text_n);

/* ---- adopt-match.c ---- */

/* Each candidate that is an offer has it then. */
void adoption_match(struct adoption *a);

/* ---- adopt-bind.c ---- */

/* Files, rows and steps of the candidates that have an offer. */
gboolean adoption_bind(struct adoption *a, GError **error);

#endif
