/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GnuPG asked for one thing: decrypt these bytes, check this signature. */
#ifndef CUR_CRYPT_OPS_H
#define CUR_CRYPT_OPS_H

#include "verdict.h"

/* What an operation is about, and what it leaves besides its result. */
struct op {
	struct crypt_session *session;
	enum crypt_protocol protocol;
	const GPtrArray *from; /* struct address *: who claims to have sent it */
	GArray *signatures;    /* notes about them are appended */
	GArray *recipients;    /* notes on the keys it is encrypted for; NULL: not wanted */
	enum verdict verdict;  /* of the signatures */
};

/* NULL with error; nothing is given out of what has no or a wrong integrity check. Yours. */
GBytes *op_decrypt(struct op *op, GBytes *cipher, GError **error);
/* A signature beside the text. FALSE: it could not be checked at all. */
gboolean op_verify(struct op *op, GBytes *text, GBytes *signature, GError **error);
/* A signature around the text: what was signed. Yours. */
GBytes *op_unwrap(struct op *op, GBytes *wrapped, GError **error);

#endif
