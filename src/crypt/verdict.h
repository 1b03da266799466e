/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the signatures of one text are worth, and the lines that say so. */
#ifndef CUR_CRYPT_VERDICT_H
#define CUR_CRYPT_VERDICT_H

#include "session.h"

/* From the worst on: several signatures are worth as much as the worst of them. */
enum verdict {
	VERDICT_BAD,	  /* text and signature do not belong together, or it cannot be checked */
	VERDICT_DOUBTFUL, /* they do, but not surely as the sender's: whose key is it? */
	VERDICT_GOOD,
	VERDICT_NONE /* no signature */
};

/*
 * Judge what the last operation of `ctx` found and append lines about it to `notes`. `from` (struct
 * address *) is who claims to have sent it. `ctx` is used to look up the keys, so its results are
 * gone afterwards.
 */
enum verdict verdict_of(gpgme_ctx_t ctx, enum crypt_protocol protocol, const GPtrArray *from,
			GArray *notes);

#endif
