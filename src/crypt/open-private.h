/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What walks the message (open.c), opens one part (open-part.c) and words the outcome share. */
#ifndef CUR_CRYPT_OPEN_PRIVATE_H
#define CUR_CRYPT_OPEN_PRIVATE_H

#include "cur/crypt/open.h"
#include "cur/mail/opened.h"
#include "ops.h"
#include "seals.h"

struct unsealed {
	gatomicrefcount refs;
	struct message *message;
	GPtrArray *inner;  /* struct message *: what was decrypted */
	GHashTable *table; /* struct part * to GPtrArray of struct opened_piece */

	gboolean needs_passphrase;
	gboolean decrypted;
	gboolean any_signature, part_signed; /* … of a part that is not the whole message */
	enum crypt_protocol protocol;	     /* of what was found last */
	enum verdict verdict;		     /* of all signatures */
	gboolean whole_verdict;		     /* one of them covers the whole message */
	char *failure;		    /* why something could not be decrypted; NULL: nothing */
	struct part *whole_content; /* what the whole message was encrypted of */
	char *subject;		    /* protected */
	char *summary;
};

/* The part that is looked at, and where. */
struct scope {
	struct part *header;   /* whose header says who sent it */
	const GPtrArray *from; /* struct address * of that */
	gboolean whole;	       /* the part is all there is of the message */
	guint depth;
};

struct opening {
	struct unsealed *u;
	struct crypt_session *session; /* NULL: nothing is opened */
	const struct unseal_options *options;
	guint n_layers;
};

/* Open `p` and put its pieces into the table. The content that is to be walked further, or NULL. */
struct part *open_part(struct opening *o, struct part *p, enum seal seal,
		       const struct scope *scope);

/* Keep what was decrypted; its root. Takes `bytes`. */
struct part *opening_keep(struct opening *o, GBytes *bytes);

#endif
