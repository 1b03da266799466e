/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is shown in the place of a signed or encrypted part once it was opened: pieces of content
 * between lines of our own. Pieces are never joined: what was encrypted and what was not, what is
 * signed and what is not, stay apart (EFAIL). Signatures and keys are the business of crypt/.
 */
#ifndef CUR_MAIL_OPENED_H
#define CUR_MAIL_OPENED_H

#include <glib.h>

struct part;

enum opened_tone {
	OPENED_FRAME,	/* [-- … --] */
	OPENED_VERDICT, /* what is known of a signature */
	OPENED_BAD	/* … when it is nothing good; what could not be opened */
};

/* A line of ours. Valid UTF-8 without line ends. */
struct opened_note {
	enum opened_tone tone;
	char *text;
};

struct opened_piece {
	GArray *before;	      /* of struct opened_note; never NULL */
	GPtrArray *fields;    /* char *: "Subject: x" of the protected header; never NULL */
	struct part *content; /* borrowed; NULL: there is nothing to show */
	GArray *after;	      /* of struct opened_note; never NULL */
	gboolean secret_part; /* was encrypted, and is not the whole message */
};

/* GPtrArray of struct opened_piece, which it frees. */
GPtrArray *opened_new(void);
/* Begin a piece; borrowed. */
struct opened_piece *opened_add(GPtrArray *opened);
void opened_note(GArray *notes, enum opened_tone tone, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
