/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A MIME entity signed and encrypted: RFC 3156, RFC 8551, or OpenPGP within a text. What is given
 * out is an entity again, with LF, fit for 7-bit transport.
 */
#ifndef CUR_CRYPT_SEAL_H
#define CUR_CRYPT_SEAL_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/crypt/job.h"

struct seal_request {
	enum crypt_protocol protocol;
	gboolean sign, encrypt;
	gboolean inline_pgp;   /* the text itself instead of PGP/MIME; `entity` is one text part */
	gboolean nested;       /* $pgp_retainable_sigs: signed as if alone, then encrypted */
	char *signer;	       /* a fingerprint; "": GnuPG's default key */
	GPtrArray *recipients; /* char *: fingerprints */
	GPtrArray *hidden;     /* those of whom nobody else shall learn (Bcc) */
	GBytes *entity;	       /* header, empty line, body; LF */
};
/* A g_atomic_rc_box, for struct crypt_work.data; with its clear function. */
struct seal_request *seal_request_new(void);
void seal_request_clear(void *request);

struct sealed {
	GBytes *entity; /* NULL: error */
	GError *error;	/* AUTH: a passphrase has to be asked for */
};
/* struct crypt_work.run; the result is a struct sealed. */
void *seal_run(struct crypt_session *session, void *request);
void sealed_free(void *sealed);

#endif
