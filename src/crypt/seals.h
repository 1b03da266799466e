/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts are signed or encrypted, by their types alone. */
#ifndef CUR_CRYPT_SEALS_H
#define CUR_CRYPT_SEALS_H

#include "cur/crypt/open.h"

enum seal {
	SEAL_NONE,
	SEAL_PGP_ENCRYPTED,   /* a multipart with an OpenPGP message */
	SEAL_PGP_SIGNED,      /* multipart/signed */
	SEAL_SMIME_SIGNED,    /* multipart/signed */
	SEAL_SMIME_OPAQUE,    /* CMS signed-data */
	SEAL_SMIME_ENCRYPTED, /* CMS enveloped-data */
	SEAL_PGP_INLINE,      /* a text with blocks in it */
};

enum seal seal_of(struct part *p, const struct unseal_options *options);
/* The part of a SEAL_PGP_ENCRYPTED that is the OpenPGP message. */
struct part *seal_cipher(const struct part *p);

#endif
